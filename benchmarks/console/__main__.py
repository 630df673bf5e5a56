"""Measure the console in Chromium: what a first load takes over the wire, and how long a tab switch takes.

A switch begins with the click's own time stamp and ends with the first frame that is painted after
the other page's heading and rows are there. Each figure is of a warm service and a cold browser.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from rich.table import Table

from testing.browser import chromium
from testing.stack import RunningStack

FIRST_LOAD_BYTES = 180_000
SWITCH_MS = 100.0
WAIT_MS = 60_000
TABS = ("Environments", "Jobs", "Activity", "Settings")

SWITCHED = """
heading => new Promise(resolve => {
  let began;
  addEventListener('click', event => { began = event.timeStamp; }, { capture: true, once: true });
  const look = () => {
    const shown = document.querySelector('h1')?.textContent === heading;
    const loading = document.querySelector('[role=status][aria-label=Loading]');
    if (began !== undefined && shown && loading === null) {
      // The frame in which it is painted begins here and is over at the next one.
      requestAnimationFrame(now => resolve(now - began));
    } else requestAnimationFrame(look);
  };
  look();
})
"""


def signed_in(browser: Browser, stack: RunningStack) -> Page:
    """Return a page in which the demo's member is signed in."""
    page = browser.new_context(base_url=stack.origin.base_url).new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(stack.origin.email)
    page.get_by_label("Password").fill(stack.origin.password)
    page.get_by_role("button", name="Sign in").click()
    ready(page)
    return page


def ready(page: Page) -> None:
    """Wait until the page is live and shows its rows."""
    expect(page.get_by_test_id("connection")).to_have_text("Live", timeout=WAIT_MS)
    expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=WAIT_MS)


def loaded(browser: Browser, page: Page, path: str) -> int:
    """Return what an empty browser receives for a page before it shows it, without the API's answers."""
    context = browser.new_context(storage_state=page.context.storage_state())
    fresh = context.new_page()
    network = context.new_cdp_session(fresh)
    network.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    network.on("Network.responseReceived", lambda sent: note(urls, sent))
    network.on(
        "Network.loadingFinished",
        lambda sent: sizes.update({sent["requestId"]: int(sent["encodedDataLength"])}),
    )
    fresh.goto(page.url.partition("/environments")[0] + path, wait_until="commit")
    expect(fresh.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT_MS)
    # Fonts come after the text, and what is fetched ahead for other pages comes after everything.
    total = sum(size for request, size in sizes.items() if counts(urls.get(request, "")))
    context.close()
    return total


def note(urls: dict[str, str], sent: dict[str, Any]) -> None:
    urls[sent["requestId"]] = sent["response"]["url"]


def counts(url: str) -> bool:
    """Tell whether the address is part of the page itself."""
    return url != "" and "/api/" not in url and not url.endswith(".woff2")


def switches(page: Page, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each switch to each tab."""
    took: dict[str, list[float]] = {tab: [] for tab in TABS}
    main = page.get_by_role("navigation", name="Main")
    for _ in range(rounds):
        for tab in (*TABS[1:], TABS[0]):
            page.evaluate(f"globalThis.switched = ({SWITCHED})({tab!r})")
            main.get_by_role("link", name=tab).click()
            took[tab].append(page.evaluate("globalThis.switched"))
            ready(page)
    return took


def main() -> int:
    """Print the figures; the status says whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.console")
    parser.add_argument("--rounds", type=int, default=15, help="switches to each tab")
    rounds = parser.parse_args().rounds
    table = Table("what", "median", "95 of 100", "most", "goal")
    with (
        tempfile.TemporaryDirectory() as home,
        RunningStack.start("embedded", Path(home)) as stack,
        chromium() as browser,
    ):
        page = signed_in(browser, stack)
        sizes = {
            path: loaded(browser, page, path) for path in ("/environments", "/jobs", "/job?id=4")
        }
        took = switches(page, rounds)
    for path, size in sizes.items():
        table.add_row(f"first load of {path}", f"{size:,} B", "", "", f"≤ {FIRST_LOAD_BYTES:,} B")
    for tab, times in took.items():
        table.add_row(
            f"switch to {tab}",
            f"{statistics.median(times):.0f} ms",
            f"{statistics.quantiles(times, n=20)[-1]:.0f} ms",
            f"{max(times):.0f} ms",
            f"< {SWITCH_MS:.0f} ms",
        )
    Console().print(table)
    small = all(size <= FIRST_LOAD_BYTES for size in sizes.values())
    quick = all(statistics.median(times) < SWITCH_MS for times in took.values())
    return 0 if small and quick else 1


if __name__ == "__main__":
    sys.exit(main())
