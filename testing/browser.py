"""The system's own browsers for tests, without a window."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from testing.missing import ServiceMissing

BROWSERS = ("chromium", "firefox")
_WHOLE = ("chromium", "chromium-browser")
_PROGRAMS = {
    # The same engine without a desktop browser around it: half the processor time.
    "chromium": ("chromium-headless-shell", *_WHOLE),
    "firefox": ("firefox-esr", "firefox"),
}
_CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# All that is not on this machine is sent to a proxy that nobody is, so that it fails at once.
_FIREFOX = """
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.proxy.no_proxies_on", "127.0.0.1");
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("termsofuse.bypassNotification", true);
user_pref("toolkit.telemetry.enabled", false);
"""


def program_of(browser: str, *, whole: bool = False) -> str:
    """Return the path of one of `BROWSERS`; a `whole` Chromium is the one that people use.

    Raises ServiceMissing.
    """
    names = _WHOLE if whole and browser == "chromium" else _PROGRAMS[browser]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise ServiceMissing(f"{browser.capitalize()} is not installed")
    return found


@contextmanager
def chromium(*, whole: bool = False) -> Iterator[Browser]:
    """Start Chromium, driven by Playwright, and end it. Raises ServiceMissing.

    Benchmarks take a `whole` one, as people have it.

    Playwright's synchronous interface keeps a loop running in this thread as long as it is open, so
    it must be closed before another module's asynchronous tests.
    """
    executable = program_of("chromium", whole=whole)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@contextmanager
def opened(browser: str, profile: Path, url: str) -> Iterator[None]:
    """Keep a page open that nothing drives: what it has to tell it tells its server.

    Raises ServiceMissing.
    """
    program = program_of(browser)
    profile.mkdir()
    if browser == "firefox":
        (profile / "user.js").write_text(_FIREFOX)
        flags: tuple[str, ...] = ("--headless", "--no-remote", "--profile", str(profile))
    else:
        flags = (*_CHROMIUM, f"--user-data-dir={profile}")
    process = subprocess.Popen(
        [program, *flags, url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(profile)},
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
