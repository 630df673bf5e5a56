"""A Chromium for the tests of the console, and the demo's member signed in."""

import shutil
from collections.abc import Iterator

import httpx
import pytest
from console.windows import Window, api, window
from playwright.sync_api import Browser, sync_playwright

from testing.missing import ServiceMissing, skip_or_fail
from testing.stack import RunningStack


# Playwright's synchronous interface keeps a loop running in this thread as long as it is open, so it
# must be closed before another module's asynchronous tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        skip_or_fail(ServiceMissing("Chromium is not installed"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def member(stack: RunningStack, browser: Browser) -> Iterator[Window]:
    origin = stack.origin
    with window(browser, origin.base_url, origin.email, origin.password) as opened:
        yield opened


@pytest.fixture
def client(stack: RunningStack) -> Iterator[httpx.Client]:
    origin = stack.origin
    with api(origin.base_url, origin.email, origin.password) as signed_in:
        yield signed_in
