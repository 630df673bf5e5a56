"""What the tests of the console share: Node's packages, and a Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from testing.browser import chromium
from testing.missing import ServiceMissing, skip_or_fail
from testing.node import console_packages


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The packages of the console's lock file."""
    try:
        return console_packages()
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as started:
            yield started
    except ServiceMissing as reason:
        skip_or_fail(reason)
