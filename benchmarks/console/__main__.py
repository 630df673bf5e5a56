"""Measure the console in Chromium: what a first load takes over the wire, and how long a tab switch takes.

A first load is what the answers' bodies are as they come, compressed; their headers are not counted.
A switch begins with the click's own time stamp and ends with the first frame that is painted after
the other page's heading and rows are there. Each figure is of a warm service and a cold browser. On a busy
machine the page waits for its turn; what does not depend on that is its own processor time.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
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
    headers: dict[str, int] = {}

    def received(sent: dict[str, Any]) -> None:
        urls[sent["requestId"]] = sent["response"]["url"]
        headers[sent["requestId"]] = int(sent["response"]["encodedDataLength"])

    def finished(sent: dict[str, Any]) -> None:
        sizes[sent["requestId"]] = int(sent["encodedDataLength"]) - headers[sent["requestId"]]

    network.on("Network.responseReceived", received)
    network.on("Network.loadingFinished", finished)
    fresh.goto(page.url.partition("/environments")[0] + path, wait_until="commit")
    expect(fresh.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT_MS)
    # Fonts come after the text, and what is fetched ahead for other pages comes after everything.
    total = sum(size for request, size in sizes.items() if counts(urls.get(request, "")))
    context.close()
    return total


def counts(url: str) -> bool:
    """Return whether the address is part of the page itself."""
    return url != "" and "/api/" not in url and not url.endswith(".woff2")


@dataclass(slots=True)
class Switches:
    """Milliseconds of each switch to a tab: until it is painted, and of the page's own processor time."""

    painted: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def switches(page: Page, rounds: int) -> dict[str, Switches]:
    """Return what each switch to each tab took."""
    took = {tab: Switches() for tab in TABS}
    main = page.get_by_role("navigation", name="Main")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def spent() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "ProcessTime") * 1_000

    for _ in range(rounds):
        for tab in (*TABS[1:], TABS[0]):
            # As a statement: what an expression gives is waited for, and this begins with the click.
            page.evaluate(f"() => {{ globalThis.switched = ({SWITCHED})({tab!r}); }}")
            before = spent()
            main.get_by_role("link", name=tab).click()
            took[tab].painted.append(page.evaluate("() => globalThis.switched"))
            took[tab].processor.append(spent() - before)
            ready(page)
    return took


def main() -> int:
    """Print the figures; the status says whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.console")
    parser.add_argument("--rounds", type=int, default=15, help="switches to each tab")
    rounds = parser.parse_args().rounds
    table = Table("what", "median", "95 of 100", "most", "processor", "goal")
    with (
        tempfile.TemporaryDirectory() as home,
        RunningStack.start("embedded", Path(home)) as stack,
        chromium(whole=True) as browser,
    ):
        page = signed_in(browser, stack)
        sizes = {
            path: loaded(browser, page, path) for path in ("/environments", "/jobs", "/job?id=4")
        }
        took = switches(page, rounds)
    for path, size in sizes.items():
        table.add_row(f"load {path}", f"{size:,} B", "", "", "", f"≤ {FIRST_LOAD_BYTES:,} B")
    for tab, switch in took.items():
        times = switch.painted
        table.add_row(
            f"to {tab}",
            f"{statistics.median(times):.0f} ms",
            f"{statistics.quantiles(times, n=20, method='inclusive')[-1]:.0f} ms",
            f"{max(times):.0f} ms",
            f"{statistics.median(switch.processor):.0f} ms",
            f"< {SWITCH_MS:.0f} ms",
        )
    Console().print(table)
    small = all(size <= FIRST_LOAD_BYTES for size in sizes.values())
    quick = all(statistics.median(each.painted) < SWITCH_MS for each in took.values())
    return 0 if small and quick else 1


if __name__ == "__main__":
    sys.exit(main())
