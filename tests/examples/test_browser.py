"""The one-page example in a real browser: sign in, order, every step once, also over a restart."""

import functools
import http.server
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from testing.browser import chromium
from testing.http_server import served
from testing.missing import ServiceMissing, skip_or_fail
from testing.stack import RunningStack

EXAMPLE = Path(__file__).parents[2] / "examples" / "browser"
SECONDS = 60_000

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def site() -> Iterator[str]:
    """The example behind a static server, on an origin of its own."""
    handler = functools.partial(Quiet, directory=str(EXAMPLE))
    with served(handler) as origin:
        yield origin


@pytest.fixture
def page() -> Iterator[Page]:
    try:
        with chromium() as browser:
            yield browser.new_page()
    except ServiceMissing as reason:
        skip_or_fail(reason)


def test_signs_in_orders_and_follows_a_job(site: str, page: Page, tmp_path: Path) -> None:
    streams: list[str] = []

    def refuse_the_first(route: Route) -> None:
        streams.append(route.request.url)
        # As a proxy does while the server behind it starts: a browser gives up then for good.
        if len(streams) == 1:
            route.fulfill(status=502)
        else:
            route.continue_()

    page.route("**/api/v1/events?*", refuse_the_first)
    with RunningStack.start("embedded", tmp_path, CORS_ALLOW_ORIGINS=site) as stack:
        origin = stack.origin
        page.goto(site)
        page.get_by_label("Slipway's address").fill(origin.base_url)
        page.get_by_label("E-mail").fill(origin.email)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).not_to_be_empty(timeout=SECONDS)
        page.get_by_label("Password").fill(origin.password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Short domain").fill(f"page-{secrets.token_hex(3)}")
        page.get_by_role("button", name="Order an environment").click()
        expect(page.get_by_role("status")).to_have_text("finished", timeout=SECONDS)
        told = page.locator("#events li").all_inner_texts()
        assert [line.partition(":")[0] for line in told] == [
            "queued",
            "started",
            "polling",
            "completed",
        ]
        assert not page.get_by_role("alert").inner_text()
        assert len(streams) == 2
