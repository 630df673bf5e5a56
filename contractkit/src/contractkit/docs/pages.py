"""Renders a contract's two pages. Each is one file with its styles and script; it loads nothing."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contractkit.docs.consuming import consuming, in_words
from contractkit.docs.example_request import streams
from contractkit.docs.http_page import HttpPage
from contractkit.docs.operation_links import OperationLinks, operation_links
from contractkit.docs.page_options import EVENTS_FILE, HTTP_FILE, PageOptions
from contractkit.docs.picture import picture
from contractkit.docs.prose import data, line, pretty, prose, slug
from contractkit.docs.schema_view import SchemaIndex
from contractkit.docs.workflows import read_workflows
from contractkit.model.contract import Contract
from contractkit.model.http import HttpContract
from contractkit.model.messaging import MessagingContract, MessagingOperation


def render_pages(contract: Contract, options: PageOptions | None = None) -> dict[str, str]:
    """Return the HTML of the pages by file name; a missing document has no page."""
    options = options or PageOptions()
    pages = {}
    if contract.http is not None:
        pages[HTTP_FILE] = _http(contract, contract.http, options)
    if contract.messaging is not None:
        pages[EVENTS_FILE] = _events(contract, contract.messaging, options)
    return pages


def write_pages(contract: Contract, folder: Path, options: PageOptions | None = None) -> list[Path]:
    """Write the pages into a folder. Return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in render_pages(contract, options).items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


@cache
def _environment() -> Environment:
    loader = PackageLoader("contractkit", "templates/docs")
    environment = Environment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    # Styles and scripts are no templates: braces mean something in them.
    environment.globals["asset"] = lambda name: Markup(loader.get_source(environment, name)[0])  # noqa: S704
    environment.filters.update(prose=prose, line=line, pretty=pretty, data=data, slug=slug)
    environment.filters["in_words"] = in_words
    return environment


def _common(contract: Contract, book: SchemaIndex, options: PageOptions) -> dict[str, Any]:
    links: OperationLinks = operation_links(
        contract, http_page=options.http_page, events_page=options.events_page
    )
    return {
        "book": book,
        "operation_links": links,
        "neighbours": {"http": options.http_page, "events": options.events_page},
        "has_neighbour": contract.http is not None and contract.messaging is not None,
    }


def _http(contract: Contract, http: HttpContract, options: PageOptions) -> str:
    book = SchemaIndex(contract.documents)
    called = [operation.operation_id for operation in http.operations]
    shown = HttpPage(http, book, typescript=options.typescript)
    return (
        _environment()
        .get_template("http.html.jinja")
        .render(
            **_common(contract, book, options),
            contract=http,
            standard="OpenAPI",
            groups=shown.groups(),
            descriptions=http.tags,
            problems=shown.problems(),
            codes=shown.codes(),
            samples=shown.samples(),
            answers=shown.answers(),
            requests=shown.requests() if options.try_it else {},
            environment=shown.environment(),
            needs_token=any(operation.security for operation in http.operations),
            streaming=streams,
            flows=read_workflows(contract.documents, options.workflows, called),
            titles={each.operation_id: each.summary or each.path for each in http.operations},
            downloads=options.http_documents,
            try_it=options.try_it,
            page=options.http_page,
        )
    )


def _events(contract: Contract, messaging: MessagingContract, options: PageOptions) -> str:
    book = SchemaIndex(contract.documents)
    ways = {each.operation_id: consuming(each, messaging, book) for each in messaging.operations}
    return (
        _environment()
        .get_template("events.html.jinja")
        .render(
            **_common(contract, book, options),
            contract=messaging,
            standard="AsyncAPI",
            apps=_apps(messaging, messaging.title),
            consuming=ways,
            picture=Markup(picture(messaging, messaging.title)),  # noqa: S704 - made and escaped there
            amqp=any(each.samples for each in ways.values()),
            environment=f'export AMQP_URL="{_broker(messaging)}"',
            downloads=options.events_documents,
            try_it=False,
            page=options.events_page,
        )
    )


def _apps(messaging: MessagingContract, default: str) -> Mapping[str, list[MessagingOperation]]:
    """Return the operations by the program that performs them, in the channels' order."""
    order = {channel.key: at for at, channel in enumerate(messaging.channels)}
    groups: dict[str, list[MessagingOperation]] = {}
    for operation in messaging.operations:
        groups.setdefault(operation.app or default, []).append(operation)
    for operations in groups.values():
        operations.sort(key=lambda each: order.get(each.channel.key, len(order)))
    return groups


def _broker(messaging: MessagingContract) -> str:
    for server in messaging.servers:
        if server.protocol in {"amqp", "amqps"}:
            return f"{server.protocol}://user:password@{server.host}{server.pathname or '/'}"
    return "amqp://user:password@localhost:5672/"
