"""Keeps pact's library quiet: it counts its users over the network, and its servers leave sockets to the collector."""

import gc
import os
import warnings
from collections.abc import Iterator

import pytest

from testing.stack import RunningStack

os.environ["PACT_DO_NOT_TRACK"] = "true"


@pytest.fixture(autouse=True)
def _left_sockets() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def fresh_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of its own: the pact lists all jobs on one page, and other tests order more."""
    with RunningStack.start("embedded", tmp_path_factory.mktemp("pacts")) as running:
        yield running
