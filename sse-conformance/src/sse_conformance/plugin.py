"""pytest: `pytest --sse-target FILE --pyargs sse_conformance.suite`, or `sse_case` in your test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sse_conformance.cases import CASES
from sse_conformance.runner import WAIT, attempt, started
from sse_conformance.target import Target
from sse_conformance.target_file import load


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("sse-conformance")
    group.addoption("--sse-target", type=Path, help="file of the server to test, TOML or Python")
    group.addoption(
        "--sse-wait",
        type=float,
        default=WAIT,
        help="seconds after which a missing event counts as not coming",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each case."""
    if "sse_case" in metafunc.fixturenames:
        metafunc.parametrize("sse_case", CASES, ids=[case.id for case in CASES], indirect=True)


@pytest.fixture(scope="session")
def sse_target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Return the target that `--sse-target` names, started. Override it for another target."""
    path = request.config.getoption("--sse-target")
    if path is None:
        raise pytest.UsageError("--sse-target FILE says which server is tested")
    with started(load(path)) as running:
        yield running


@pytest.fixture
def sse_case(request: pytest.FixtureRequest, sse_target: Target) -> Callable[[], None]:
    """Return a function that runs a case on the target."""

    def put() -> None:
        outcome = attempt(request.param, sse_target, request.config.getoption("--sse-wait"))
        if outcome.status == "skipped":
            pytest.skip(outcome.detail)
        if outcome.status == "failed":
            pytest.fail(
                f"{outcome.case.title}\n{outcome.case.clause}\n{outcome.detail}", pytrace=False
            )

    return put
