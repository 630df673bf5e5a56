"""Renders a contract's two pages. Each is one file with its styles and script; it loads nothing."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from contractkit.docs import samples
from contractkit.docs.operation_links import OperationLinks, operation_links
from contractkit.docs.prose import line, pretty, prose
from contractkit.docs.schema_view import SchemaIndex
from contractkit.docs.workflows import Workflow, read_workflows
from contractkit.model.contract import Contract
from contractkit.model.http import HttpContract, HttpOperation, Response
from contractkit.model.messaging import MessagingContract

HTTP_FILE = "http.html"
EVENTS_FILE = "events.html"


def render_pages(
    contract: Contract,
    *,
    http_page: str = HTTP_FILE,
    events_page: str = EVENTS_FILE,
    workflows: Iterable[str] = (),
) -> dict[str, str]:
    """Return the HTML of the pages by file name; a missing document has no page.

    `http_page` and `events_page` are the URLs by which the pages link to each other, so that they
    can be served under other paths than their file names. `workflows` are Arazzo documents, whose
    workflows are shown on the page of the operations that they call.
    """
    found = operation_links(contract, http_page=http_page, events_page=events_page)
    neighbours = {"http": http_page, "events": events_page}
    pages = {}
    if contract.http is not None:
        called = [operation.operation_id for operation in contract.http.operations]
        flows = read_workflows(contract.documents, workflows, called)
        pages[HTTP_FILE] = _http(contract, contract.http, found, neighbours, flows)
    if contract.messaging is not None:
        pages[EVENTS_FILE] = _events(contract, contract.messaging, found, neighbours)
    return pages


def write_pages(
    contract: Contract,
    folder: Path,
    *,
    http_page: str = HTTP_FILE,
    events_page: str = EVENTS_FILE,
    workflows: Iterable[str] = (),
) -> list[Path]:
    """Write the pages into a folder. Return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    pages = render_pages(
        contract, http_page=http_page, events_page=events_page, workflows=workflows
    )
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("contractkit", "templates/docs"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    environment.filters.update(prose=prose, line=line, pretty=pretty)
    return environment


def _http(
    contract: Contract,
    http: HttpContract,
    found: OperationLinks,
    neighbours: Mapping[str, str],
    flows: tuple[Workflow, ...],
) -> str:
    book = SchemaIndex(contract.documents)
    groups: dict[str, list[HttpOperation]] = {tag: [] for tag in http.tags}
    for operation in http.operations:
        groups.setdefault(operation.tags[0] if operation.tags else "other", []).append(operation)
    return (
        _environment()
        .get_template("http.html.jinja")
        .render(
            contract=http,
            groups={tag: operations for tag, operations in groups.items() if operations},
            descriptions=http.tags,
            problems=_problems(contract, http),
            bodies={each.operation_id: _body(each, book) for each in http.operations},
            samples=samples,
            book=book,
            operation_links=found,
            flows=flows,
            titles={each.operation_id: each.summary or each.path for each in http.operations},
            neighbours=neighbours,
            has_neighbour=contract.messaging is not None,
            page=neighbours["http"],
        )
    )


def _body(operation: HttpOperation, book: SchemaIndex) -> Any:
    if operation.request_body is None:
        return None
    for media in operation.request_body.content:
        if media.schema is not None:
            return book.example(media.schema)
    return None


def _problems(contract: Contract, http: HttpContract) -> list[dict[str, Any]]:
    """Return the examples of problem responses, one per code, for the page's list of problems."""
    known: dict[str, dict[str, Any]] = {}
    for operation in http.operations:
        for response in operation.responses:
            for value in _problem_examples(contract, response):
                known.setdefault(str(value.get("code")), dict(value))
    return [known[code] for code in sorted(known)]


def _problem_examples(contract: Contract, response: Response) -> list[Mapping[str, Any]]:
    found = []
    for media in response.content:
        if media.name != "application/problem+json":
            continue
        node = contract.documents.at(media.location.file, media.location.pointer)
        examples = (node.value.get("examples") or {}).values()
        values = (each.get("value") for each in examples if isinstance(each, Mapping))
        found += [value for value in values if isinstance(value, Mapping)]
    return found


def _events(
    contract: Contract,
    messaging: MessagingContract,
    found: OperationLinks,
    neighbours: Mapping[str, str],
) -> str:
    book = SchemaIndex(contract.documents)
    return (
        _environment()
        .get_template("events.html.jinja")
        .render(
            contract=messaging,
            book=book,
            operation_links=found,
            neighbours=neighbours,
            has_neighbour=contract.http is not None,
            page=neighbours["events"],
        )
    )
