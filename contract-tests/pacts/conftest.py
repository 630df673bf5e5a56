"""Keeps pact's library quiet: it counts its users over the network, and its servers leave sockets to the collector."""

import gc
import os
import warnings
from collections.abc import Iterator

import pytest

os.environ["PACT_DO_NOT_TRACK"] = "true"


@pytest.fixture(autouse=True)
def _left_sockets() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
