"""Fixtures for the `conftest.py` of every tree of tests: what is logged in a test holds no secret."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.log_scan import refuse_leaks


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A test's folder, whose logs are read for secrets before pytest removes it."""
    yield tmp_path
    refuse_leaks(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def no_secret_in_any_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Read at the end what processes that outlive a test have logged."""
    yield
    refuse_leaks(tmp_path_factory.getbasetemp())
