"""A Chromium for the tests of the console, and the demo's member signed in."""

from collections.abc import Iterator

import httpx
import pytest
from console.windows import Window, api, tabs, window
from playwright.sync_api import Browser, StorageState

from testing.browser import chromium
from testing.missing import ServiceMissing, skip_or_fail
from testing.stack import RunningStack


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as started:
            yield started
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture(scope="module")
def signed_in(stack: RunningStack, browser: Browser) -> StorageState:
    """The cookies of the member, who signs in by the form once."""
    origin = stack.origin
    with window(browser, origin.base_url, origin.email, origin.password) as opened:
        return opened.context.storage_state()


@pytest.fixture
def member(stack: RunningStack, browser: Browser, signed_in: StorageState) -> Iterator[Window]:
    with tabs(browser, stack.origin.base_url, signed_in) as opened:
        yield opened


@pytest.fixture
def client(stack: RunningStack) -> Iterator[httpx.Client]:
    origin = stack.origin
    with api(origin.base_url, origin.email, origin.password) as signed_in:
        yield signed_in
