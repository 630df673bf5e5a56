"""What the tests of the console share: Node's packages, and a Chromium."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from testing.missing import ServiceMissing, skip_or_fail

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The packages of the lock file, installed as `make web` installs them."""
    if shutil.which("npm") is None:
        skip_or_fail(ServiceMissing("Node.js is not installed"))
    # Test processes that run beside each other install it once.
    with (WEB / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            ["make", "-s", "web/node_modules/.installed"], cwd=ROOT, check=True, timeout=600
        )
    return WEB / "node_modules"


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
