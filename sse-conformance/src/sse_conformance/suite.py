"""The suite as pytest runs it: `pytest --sse-target FILE --pyargs sse_conformance.suite`."""

from collections.abc import Callable


def test_conformance(sse_case: Callable[[], None]) -> None:
    """Run one case."""
    sse_case()
