"""Every page of the console: no violation that axe finds, light and dark, wide and on a phone.

With SLIPWAY_PICTURES=1 the pictures of docs/console/ are taken anew.
"""

import gzip
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_socket import enable_socket

from testing.stack import Origin, RunningStack

WEB = Path(__file__).parents[2] / "web"
PICTURES = Path(__file__).parents[2] / "docs" / "console"
TAKE_PICTURES = os.environ.get("SLIPWAY_PICTURES") == "1"
SECONDS = 60_000
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
FIRST_LOAD_BYTES = 180_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.node,
    pytest.mark.enable_socket,
    pytest.mark.timeout(900),
]


CHANGE_THEME = """theme => {
  document.documentElement.dataset.theme = theme
  // Hidden parts never finish a transition by themselves, and a child starts one when its parent's ends.
  const running = () => document.getAnimations().filter(each => each instanceof CSSTransition)
  for (let found = running(); found.length > 0; found = running()) {
    found.forEach(each => each.finish())
  }
}"""


def show(page: Page, theme: str, width: str) -> None:
    """Draw the page in another theme, at another width, with no colour between the two."""
    wide, high = WIDTHS[width]
    page.set_viewport_size({"width": wide, "height": high})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.evaluate(CHANGE_THEME, theme)


class Console:
    """A running stack, and pages of it for its member and for the operator."""

    def __init__(self, stack: RunningStack, browser: Browser, axe: str) -> None:
        self.stack = stack
        self.browser = browser
        self.axe = axe
        self.pages: dict[str, Page] = {}

    def page(self, who: str) -> Page:
        """Return the window of `who`: member, operator or nobody; it stays open for the next."""
        if who not in self.pages:
            # The page's own rules forbid foreign scripts; axe is one.
            context = self.browser.new_context(
                reduced_motion="reduce",
                storage_state=self.state(who),
                base_url=self.stack.origin.base_url,
                bypass_csp=True,
            )
            self.pages[who] = context.new_page()
        page = self.pages[who]
        show(page, "light", "wide")
        return page

    def state(self, who: str) -> Any:
        if who == "nobody":
            return None
        origin = self.stack.operator if who == "operator" else self.stack.origin
        context = self.browser.new_context(base_url=origin.base_url)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(origin.email)
        page.get_by_label("Password").fill(origin.password)
        page.get_by_role("button", name="Sign in").click()
        heading = page.get_by_role("heading", level=1, name="Environments")
        expect(heading).to_be_visible(timeout=SECONDS)
        state = context.storage_state()
        context.close()
        return state

    def violations(self, page: Page, rules: str | None = None) -> list[str]:
        """Return what axe finds, by all rules or by the one that colours matter to."""
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules is not None:
            options["runOnly"] = [rules]
        if not page.evaluate("'axe' in window"):
            page.evaluate(self.axe)
        found = page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]


@contextmanager
def api(origin: Origin) -> Iterator[httpx.Client]:
    """A program that is signed in."""
    with httpx.Client(base_url=f"{origin.base_url}/api/v1", timeout=30) as client:
        credentials = {"email": origin.email, "password": origin.password}
        login = client.post("/auth/login", json=credentials).raise_for_status().json()
        exchange = {"exchange_token": login["exchange_token"]}
        client.post("/auth/session-exchange", json=exchange).raise_for_status()
        yield client


def add_token(origin: Origin) -> None:
    """Make an API token; the demo's past has all else that the pages show."""
    with api(origin) as client:
        token = {"name": "CI", "scopes": ["jobs:read", "events:read"]}
        client.post("/tokens", json=token).raise_for_status()


def at_work(console: Console, page: Page) -> None:
    """Open the page of a job that goes on, once it is known how long such jobs take."""
    with api(console.stack.origin) as client:

        def ordered(shortdomain: str) -> str:
            answer = client.post("/environments", json={"shortdomain": shortdomain})
            return f"/job?id={answer.raise_for_status().json()['job_id']}"

        def opened_at(path: str, status: str) -> None:
            page.goto(path)
            heading = page.get_by_role("heading", level=1)
            expect(heading).to_contain_text(status, timeout=SECONDS)

        opened_at(ordered("docs"), "Completed")
        path = ordered("stuck-store")
        opened_at(path, "In progress")
        outlook = page.get_by_test_id("outlook")
        # That too few were seen before is remembered for some seconds.
        for _ in range(20):
            if outlook.is_visible():
                break
            page.wait_for_timeout(1_000)
            opened_at(path, "In progress")
        expect(outlook).to_contain_text("sual")


@pytest.fixture(scope="module")
def console(
    browser: Browser, node_modules: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    enable_socket()
    axe = (node_modules / "axe-core" / "axe.min.js").read_text()
    with RunningStack.start("embedded", tmp_path_factory.mktemp("console")) as stack:
        add_token(stack.origin)
        yield Console(stack, browser, axe)


PAGES = {
    "sign-in": ("nobody", "/sign-in", "Sign in to Slipway"),
    "accept": ("nobody", "/accept#token", "You are invited"),
    "environments": ("member", "/environments", "Environments"),
    "environment": ("member", "/environment?id=1", None),
    "order": ("member", "/order", "New environment"),
    "jobs": ("member", "/jobs", "Jobs"),
    "jobs-none": ("member", "/jobs?q=nothing-of-this-name", "Jobs"),
    "job": ("member", "/job?id=5", None),
    "job-failed": ("member", "/job?id=4", None),
    "job-missing": ("member", "/job?id=999999", "Job"),
    "activity": ("member", "/activity", "Activity"),
    "settings": ("member", "/settings", "Settings"),
    "members": ("member", "/settings/members", "Settings"),
    "tokens": ("member", "/settings/tokens", "Settings"),
    "sessions": ("member", "/settings/sessions", "Settings"),
    "provider": ("member", "/settings/provider", "Settings"),
    "audit": ("member", "/settings/audit", "Settings"),
    "operator-teams": ("operator", "/operator", "Platform"),
    "operator-users": ("operator", "/operator/users", "Platform"),
    "operator-dead-letters": ("operator", "/operator/dead-letters", "Platform"),
    "operator-health": ("operator", "/operator/health", "Platform"),
    "operator-audit": ("operator", "/operator/audit", "Platform"),
    "missing": ("nobody", "/no-such-page", "Page not found"),
}


def opened(console: Console, page: Page, name: str) -> None:
    """Go to the page and wait until it shows what it loads."""
    _, path, heading = PAGES[name]
    page.goto(path)
    title = page.get_by_role("heading", level=1, name=heading) if heading else page.locator("h1")
    expect(title.first).to_be_attached(timeout=SECONDS)
    expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=SECONDS)
    # Chromium draws what is out of sight anew only when it comes into sight; axe looks there, too.
    page.add_style_tag(content=".offscreen-lazy { content-visibility: visible !important }")
    if PAGES[name][0] != "nobody":
        shown = page.get_by_text("Live", exact=True).locator("visible=true")
        expect(shown.first).to_be_visible(timeout=SECONDS)


def judged(console: Console, page: Page, name: str, widths: Iterable[str]) -> list[str]:
    """Return what axe finds at each width, light and dark; take the pictures if asked to."""
    found = []
    for width in widths:
        for theme in ("light", "dark"):
            show(page, theme, width)
            rules = None if theme == "light" else "color-contrast"
            found += [f"{width} {theme} {each}" for each in console.violations(page, rules)]
            if TAKE_PICTURES and (width, theme) != ("phone", "dark"):
                PICTURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURES / f"{name}-{width}-{theme}.png")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px wider than {width}"
    return found


def dialogs(page: Page, name: str) -> None:
    """Open one of the dialogs."""
    match name:
        case "palette":
            page.goto("/environments")
            expect(page.get_by_text("Live", exact=True).locator("visible=true")).to_be_visible(
                timeout=SECONDS
            )
            page.keyboard.press("Control+k")
            page.get_by_role("combobox").fill("new")
        case "delete":
            page.goto("/environment?id=1")
            page.get_by_role("button", name="Delete").click()
        case "token":
            page.goto("/settings/tokens")
            page.get_by_role("button", name="New token").click()
        case "invite":
            page.goto("/settings/members")
            page.get_by_role("button", name="Invite").click()
        case "faults":
            page.goto("/order")
            page.get_by_label("Short domain").fill("-")
            page.get_by_role("button", name="Order environment").click()
            expect(page.get_by_label("Short domain")).to_be_focused(timeout=SECONDS)
        case _:
            page.goto("/environments")
            page.get_by_role("button", name=re.compile("^Account")).locator("visible=true").click()
    if name not in {"faults", "menu"}:
        expect(page.get_by_role("dialog")).to_be_visible(timeout=SECONDS)
    if name == "menu":
        expect(page.get_by_role("menu")).to_be_visible(timeout=SECONDS)


def test_axe_finds_nothing(console: Console) -> None:
    """One test, because each test process would start a stack of its own."""
    found = {}
    for name, (who, _, _) in PAGES.items():
        page = console.page(who)
        opened(console, page, name)
        found[name] = judged(console, page, name, WIDTHS)
    for name in ("palette", "delete", "token", "invite", "faults", "menu"):
        page = console.page("member")
        dialogs(page, name)
        found[name] = judged(console, page, name, ["wide"])
    page = console.page("member")
    at_work(console, page)
    found["at work"] = judged(console, page, "job-at-work", WIDTHS)
    assert {name: faults for name, faults in found.items() if faults} == {}


def first_load(page: Path) -> int:
    """Return the bytes that a present browser loads with a page, by gzip, before anything else."""
    loaded = r'<(?:script|link)[^>]*?(?:src|href)="(?P<path>/_next/[^"?]+\.(?:js|css))[^>]*>'
    parts = {
        found["path"]
        for found in re.finditer(loaded, page.read_text())
        if "nomodule" not in found[0].lower()
    }
    assert {path.rpartition(".")[2] for path in parts} == {"js", "css"}, page.name
    contents = [page.read_bytes(), *((WEB / "out" / path[1:]).read_bytes() for path in parts)]
    return sum(len(gzip.compress(content, 6)) for content in contents)


def test_the_first_load_of_every_page_is_small() -> None:
    """Page, style sheet and scripts together."""
    pages = {str(page.relative_to(WEB)): first_load(page) for page in WEB.glob("out/**/*.html")}
    assert len(pages) > 15
    assert {name: size for name, size in pages.items() if size > FIRST_LOAD_BYTES} == {}
