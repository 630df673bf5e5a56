"""What the tests of the console share: Node's packages, and a Chromium."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from testing.browser import chromium
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
    try:
        with chromium() as started:
            yield started
    except ServiceMissing as reason:
        skip_or_fail(reason)
