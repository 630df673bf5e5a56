"""Windows of the console, as people use them, and the API beside them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Response, StorageState, expect

from testing.stack import RunningStack

API = "/api/v1"
LONGEST = 60_000.0
"""Milliseconds after which something never happens; nothing is decided by how fast it does."""

EVENTS = f"{API}/events"


def name(prefix: str = "console") -> str:
    return f"{prefix}-{secrets.token_hex(4)}"


@contextmanager
def api(base_url: str, email: str, password: str) -> Iterator[httpx.Client]:
    """A program that is signed in; its session is in the cookies."""
    with httpx.Client(base_url=base_url, timeout=30) as client:
        login = client.post(f"{API}/auth/login", json={"email": email, "password": password})
        exchange = {"exchange_token": login.raise_for_status().json()["exchange_token"]}
        client.post(f"{API}/auth/session-exchange", json=exchange).raise_for_status()
        yield client


@dataclass
class Window:
    """One browser window of one person."""

    context: BrowserContext
    faults: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a tab and note what its console and its scripts complain of."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)
        page.on("response", self._note_refusal)
        page.goto(path)
        return page

    def told(self) -> str:
        """Return what its tabs show, and which requests were refused: the reasons of a failure."""
        pages = (
            f"{page.url} shows:\n{page.locator('body').inner_text()[:2000]}"
            for page in self.context.pages
        )
        return "\n".join([*pages, "refused:", *self.refused])

    def _note_refusal(self, response: Response) -> None:
        if not response.ok:
            self.refused.append(f"{response.status} {response.url}")

    def _note(self, message: Any) -> None:
        # A refused request is an answer; a refused script or style is a fault of the page.
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(message.text)


@contextmanager
def tabs(
    browser: Browser, base_url: str, signed_in: StorageState | None = None
) -> Iterator[Window]:
    """Open a window of nobody, or of who is signed in, and close all its tabs at the end."""
    context = browser.new_context(
        base_url=base_url, viewport={"width": 1280, "height": 900}, storage_state=signed_in
    )
    context.set_default_timeout(LONGEST)
    made = Window(context)
    try:
        yield made
        assert made.faults == []
    except AssertionError as error:
        error.add_note(made.told())
        raise
    finally:
        context.close()


@contextmanager
def window(
    browser: Browser, base_url: str, email: str, password: str, path: str = "/"
) -> Iterator[Window]:
    """Sign somebody in by the form, and close all tabs at the end."""
    with tabs(browser, base_url) as made:
        page = made.open(f"/sign-in?next={path}")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        live(page)
        page.close()
        yield made


def live(page: Page) -> None:
    """Wait until the page hears events."""
    expect(page.get_by_test_id("connection")).to_have_text("Live", timeout=LONGEST)


def shown(page: Page, status: str) -> None:
    """Wait until the job of the page has this status."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(status, timeout=LONGEST)


def order(page: Page, shortdomain: str) -> int:
    """Order by the form; return the job, whose page is shown then."""
    page.goto("/order")
    page.get_by_label("Short domain").fill(shortdomain)
    page.get_by_role("button", name="Order environment").click()
    page.wait_for_url("**/job?id=*", timeout=LONGEST)
    return int(page.url.rpartition("=")[2])


def event_ids(page: Page) -> list[str]:
    """Return the ids in the list of events, as it stands."""
    found = page.get_by_role("list", name="Events").get_by_role("listitem")
    return [text.split()[0] for text in found.all_inner_texts()]


def logged(client: httpx.Client, job_id: int) -> list[str]:
    page = client.get(f"{API}/jobs/{job_id}/events").raise_for_status().json()
    return [item["id"] for item in page["items"]]


def all_told_once(page: Page, client: httpx.Client, job_id: int) -> None:
    """The list of events is the log's: complete, in order, nothing twice."""
    expected = logged(client, job_id)
    expect(page.get_by_role("list", name="Events").get_by_role("listitem")).to_have_count(
        len(expected), timeout=LONGEST
    )
    assert event_ids(page) == expected


def lets_run(stack: RunningStack, shortdomain: str) -> None:
    """Let an environment that is created for ever at the provider run now."""
    assert stack.run is not None
    url = f"{stack.run.simulator_url}/simulator/environments/{shortdomain}/plan"
    httpx.post(url, json=[{"status": 1}], timeout=30).raise_for_status()


def until(done: Callable[[], bool], page: Page) -> None:
    """Wait on a condition that is not on the page, while the page lives on."""
    for _ in range(int(LONGEST / 100)):
        if done():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never happened")
