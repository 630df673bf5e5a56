"""Has the garbage collector look seldom in the processes that run tests."""

import gc
from collections.abc import Generator

import pytest

THRESHOLD = 50_000
"""How many new objects it waits for; Python's 700 cost the tests a tenth of their processor time."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests without it, which took a third of the time of that; leave to it what comes then."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(THRESHOLD, 20, 20)
        gc.enable()
