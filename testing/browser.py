"""Chromium for tests: the system's own, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from testing.missing import ServiceMissing


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it without a window, and end it. Raises ServiceMissing.

    Playwright's synchronous interface keeps a loop running in this thread as long as it is open, so
    it must be closed before another module's asynchronous tests.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise ServiceMissing("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
