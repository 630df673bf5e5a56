"""What all contract tests share: the options, and the stack that they run against."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contractkit.generator.bundle import bundle
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from testing.environment import forget_settings
from testing.garbage import pytest_collection
from testing.log_fixtures import no_secret_in_any_log, tmp_path
from testing.missing import ServiceMissing, skip_or_fail
from testing.stack import Origin, RunningStack, stack_variants
from traffic import broker_tap, http_tap
from traffic.book import Book

__all__ = ["no_secret_in_any_log", "pytest_collection", "tmp_path"]

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {"RABBITMQ_TEAM_BINDINGS": "0"}
"""The gateway's queue is bound as the contract says, so that what nobody listens to reaches it, too;
bound by team it is in tests/integration."""
BROWSED = "browsed"
"""The stack of the tests in these folders: what browsers get is the same on each, so once is enough."""
IN_BROWSERS = ("browser", "console", "typescript")
LAST = "traffic"
"""The folder whose tests judge what the session recorded, so they come last."""


def pytest_configure() -> None:
    forget_settings()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("slipway")
    group.addoption("--base-url", help="test this origin instead of a stack of our own")
    group.addoption("--email", help="user to sign in with at --base-url")
    group.addoption("--password", help="password of that user")
    group.addoption(
        "--amqp-url", help="broker of --base-url, for the tests that publish themselves"
    )
    group.addoption(
        "--traffic",
        metavar="FOLDER",
        help="write what was recorded into this folder; the tests in traffic/ judge all that is there",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "stack" in metafunc.fixturenames:
        once = metafunc.definition.path.parent.name in IN_BROWSERS
        variants = [BROWSED] if once else stack_variants()
        metafunc.parametrize("stack", variants, indirect=True, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name == LAST)
    if config.getoption("loadgroup", default=False):
        for item in items:
            _name_group(item)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep what shares a stack in one process when several run (`-n 3 --dist loadgroup`)."""
    assert isinstance(item, pytest.Function)
    callspec = getattr(item, "callspec", None)
    group = callspec.params.get("stack") if callspec else None
    if group is None and {"embedded", "origin"} & set(item.fixturenames):
        # A stack of its own, which is neither of the two variants.
        group = "origin"
    item.add_marker(pytest.mark.xdist_group(group or str(item.path)))


def _name_group(item: pytest.Item) -> None:
    """Write the group into the item's id, where the scheduler of pytest-xdist looks for it.

    pytest-xdist 3.8 sets a field that pytest 9.2 no longer reads, so that without this nothing is
    kept together and each process starts every stack.
    """
    mark = item.get_closest_marker("xdist_group")
    assert mark is not None
    suffix = f"@{mark.args[0]}"
    if not item.nodeid.endswith(suffix):
        item._id = type(item.id).parse(f"{item.nodeid}{suffix}")
    assert item.nodeid.endswith(suffix)


def _start_once(
    group: str, config: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Raise FileExistsError when another process has started the group's stack.

    Then `--dist loadgroup` does not keep groups together, and everything is done several times.
    """
    if config.getoption("loadgroup", default=False):
        (tmp_path_factory.getbasetemp().parent / f"{group}.started").touch(exist_ok=False)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )


@pytest.fixture(scope="session")
def openapi(contract: Contract) -> dict[str, Any]:
    """The written document, made of one piece from the files in specs/, not from generated ones."""
    return bundle(contract.documents, "specs/openapi.yaml")


@pytest.fixture(scope="session")
def asyncapi(contract: Contract) -> dict[str, Any]:
    return bundle(contract.documents, "specs/asyncapi.yaml")


@pytest.fixture(scope="session", autouse=True)
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    """What is seen on the wire in this session; `traffic/` holds it against the contract."""
    recorded = Book()
    with http_tap.tapped(recorded):
        yield recorded
    folder = request.config.getoption("--traffic")
    if folder and recorded.folders != {LAST}:
        recorded.write(Path(folder) / f"{os.getpid()}.jsonl")


@pytest.fixture(autouse=True)
def _note_folder(request: pytest.FixtureRequest, book: Book) -> None:
    book.folders.add(request.path.parent.name)


@pytest.fixture(scope="session")
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, book: Book
) -> Iterator[RunningStack]:
    """A complete Slipway of its own, one per variant: embedded, and on PostgreSQL + RabbitMQ."""
    _start_once(request.param, request.config, tmp_path_factory)
    variant = "embedded" if request.param == BROWSED else request.param
    try:
        with RunningStack.start(
            variant, tmp_path_factory.mktemp(request.param), **SETTINGS
        ) as running:
            with broker_tap.tapped(running.origin.amqp_url, book):
                yield running
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture(scope="session")
def embedded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, book: Book
) -> Iterator[RunningStack]:
    """A complete Slipway on its embedded defaults."""
    _start_once("origin", request.config, tmp_path_factory)
    with RunningStack.start("embedded", tmp_path_factory.mktemp("embedded"), **SETTINGS) as running:
        with broker_tap.tapped(running.origin.amqp_url, book):
            yield running


@pytest.fixture(scope="session")
def exported(embedded: RunningStack) -> dict[str, str]:
    """The environment of a program that uses the embedded stack: as `/docs` says to export it."""
    origin = embedded.origin
    with httpx.Client(base_url=f"{origin.base_url}/api/v1", timeout=60) as client:
        credentials = {"email": origin.email, "password": origin.password}
        login = client.post("/auth/login", json=credentials).raise_for_status().json()
        exchange = {"exchange_token": login["exchange_token"]}
        client.post("/auth/session-exchange", json=exchange).raise_for_status()
        token = client.cookies["slipway_session"]
    assert origin.amqp_url is not None
    return {"ORIGIN": origin.base_url, "TOKEN": token, "AMQP_URL": origin.amqp_url}


@pytest.fixture(scope="session")
def origin(request: pytest.FixtureRequest) -> Origin:
    """Where to test: --base-url, or an embedded stack of our own."""
    base_url = request.config.getoption("--base-url")
    if base_url is None:
        return request.getfixturevalue("embedded").origin
    email, password = (request.config.getoption(name) for name in ("--email", "--password"))
    if not (email and password):
        raise pytest.UsageError("--base-url needs --email and --password of a user to sign in with")
    return Origin(base_url, email, password, request.config.getoption("--amqp-url"))
