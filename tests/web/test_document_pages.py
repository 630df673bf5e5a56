"""The documentation pages in a browser, under the policy that the service sends with them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from slipway.documentation import PAGES, policy_of_page

ROOT = Path(__file__).parents[2]
ORIGIN = "http://docs.test"
FRAMES = (
    'event: sync\ndata: {"status": "fresh"}\n\n'
    'id: e.2\nevent: message\ndata: {"type": "job_status",\ndata:  "job_id": 4}\n\n'
)
SHOWN = {
    *("operation-createEnvironment", "operation-getJob", "operation-streamEvents"),
    *("problem-not_found", "problem-outcome_unknown"),
    *(f"schema-{name}" for name in ("EnvironmentCreateRequest", "Job", "JobStatus", "NodeSpec")),
}
"""The sections of the HTTP page that the tests look at: they are of every kind."""
PROBLEM = {"title": "Conflict", "status": 409, "code": "not_found", "detail": "It is taken."}

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


class Service:
    """What answers the pages' requests; keeps those that are no pages."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path in PAGES:
            package, name = PAGES[path]
            html = shortened((ROOT / package / name).read_text())
            headers = {"content-type": "text/html", "content-security-policy": policy_of_page(html)}
            route.fulfill(body=html, headers=headers)
            return
        self.requests.append(route.request)
        if path == "/api/v1/events":
            route.fulfill(body=FRAMES, headers={"content-type": "text/event-stream"})
        else:
            headers = {"content-type": "application/problem+json", "x-request-id": "r-1"}
            route.fulfill(status=409, body=json.dumps(PROBLEM), headers=headers)


def shortened(html: str) -> str:
    """Leave out of the HTTP page what repeats itself, of which browsers are slow to test."""

    def kept(section: re.Match[str]) -> str:
        known = section["kind"] in {"operation", "problem", "schema"} and 'id="requests"' in html
        return "" if known and section["id"] not in SHOWN else section[0]

    pattern = r'<section[^>]* id="(?P<id>(?P<kind>[a-z]+)-[^"]*)".*?</section>'
    return re.sub(pattern, kept, html, flags=re.DOTALL)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """A window that fails the test when a script fails or the policy forbids something."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on(
        "console",
        lambda told: faults.append(told.text) if "Content Security" in told.text else None,
    )
    made.route("**/*", service.answer)
    yield made
    context.close()
    assert faults == []


def test_the_search_finds_everything_and_enter_opens_the_first_hit(page: Page) -> None:
    page.goto(f"{ORIGIN}/docs")
    search, hits = page.get_by_role("combobox", name="Search"), page.get_by_role("option")
    wanted = {
        "/api/v1/events": "#operation-streamEvents",  # a path
        "IDEMPOTENCY": "#operation-createEnvironment-header-Idempotency-Key",  # a parameter
        "cancelled terminal": "#schema-Job",  # words of a description
        "outcome_unknown": "#problem-outcome_unknown",  # a code
        "getjob": "#operation-getJob",  # an operationId
        "stream": "#operation-streamEvents",  # the beginning of one, before a schema's
        "Job.env_name": "#schema-Job-env_name",  # a property
    }
    for words, opened in wanted.items():
        page.keyboard.press("/")
        expect(search).to_be_focused()
        page.keyboard.type(words)
        expect(hits.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{ORIGIN}/docs{opened}")
        expect(page.locator(opened)).to_be_in_viewport()
        expect(search).to_have_value("")
    page.keyboard.press("Control+k")
    page.keyboard.type("dispatch an order")
    told = hits.filter(has_text="/api/v1/environments").locator("span")
    expect(told.first).to_contain_text("leads to Dispatch an order Tell of a job")
    search.fill("no such words")
    expect(page.get_by_role("status")).to_have_text("Nothing found for “no such words”.")
    page.keyboard.press("Escape")
    page.keyboard.type("job")
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    page.goto(f"{ORIGIN}/docs/events")
    page.keyboard.press("/")
    page.keyboard.type("team.{team_id}.job")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#(operation|channel)-.*[jJ]obStatus"))


def test_on_a_phone_the_search_stays_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{ORIGIN}/docs#operation-getJob")
    search, title = page.get_by_role("combobox"), page.locator("#operation-getJob h3")
    expect(title).to_be_in_viewport()
    expect(search).to_be_in_viewport()
    top, bottom = (
        place.evaluate(f"node => node.getBoundingClientRect().{side}")
        for place, side in ((title, "top"), (search, "bottom"))
    )
    assert top >= bottom, "the search covers what was linked to"
    search.fill("outcome_unknown")
    page.get_by_role("option").first.click()
    expect(page).to_have_url(f"{ORIGIN}/docs#problem-outcome_unknown")
    expect(page.locator("#problem-outcome_unknown")).to_be_in_viewport()


def test_schemas_unfold_in_place_and_links_lead_to_every_part(page: Page) -> None:
    page.goto(f"{ORIGIN}/docs#operation-createEnvironment")
    section = page.locator("#operation-createEnvironment")
    link = section.get_by_role("link", name="EnvironmentCreateRequest", exact=True)
    link.press("Enter")
    expect(link).to_have_attribute("aria-expanded", "true")
    inner = section.locator(".unfolded")
    expect(inner).to_contain_text("shortdomain")
    inner.get_by_role("link", name="NodeSpec", exact=True).click()
    expect(inner.locator(".unfolded")).to_contain_text("node_type")
    expect(page).to_have_url(f"{ORIGIN}/docs#operation-createEnvironment")
    link.click()
    expect(section.locator(".unfolded")).to_have_count(0)
    page.keyboard.press("Control+Home")
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_one_choice_of_language_holds_for_the_page_and_is_kept(page: Page) -> None:
    page.goto(f"{ORIGIN}/docs#operation-streamEvents")
    stream, other = page.locator("#operation-streamEvents"), page.locator("#operation-getJob")
    stream.get_by_role("button", name="Python").click()
    for section in (stream, other):
        expect(section.locator(".sample.chosen")).to_contain_text("import httpx")
    page.reload()
    expect(stream.locator(".sample.chosen")).to_contain_text("connect_sse")
    page.evaluate("""() => {
      Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied = text; } } });
    }""")
    stream.locator(".sample.chosen .copy").click()
    expect(stream.locator(".sample.chosen .copy")).to_have_text("Copied")
    assert "from httpx_sse import connect_sse\n" in page.evaluate("copied")


def test_a_request_is_tried_with_the_session_or_a_token(page: Page, service: Service) -> None:
    page.goto(f"{ORIGIN}/docs#operation-createEnvironment")
    section = page.locator("#operation-createEnvironment")
    section.get_by_role("button", name="Try it").click()
    section.get_by_label("Idempotency-Key").fill("once")
    section.get_by_label("Body").fill('{"shortdomain": "mine"}')
    section.get_by_role("button", name="Send").click()
    output = section.locator(".output")
    expect(output).to_contain_text("409")
    expect(output).to_contain_text("It is taken.")
    output.get_by_text("Headers").click()
    expect(output).to_contain_text("x-request-id: r-1")
    expect(output.get_by_role("link", name="not_found")).to_have_attribute(
        "href", "#problem-not_found"
    )
    (sent,) = service.requests
    assert (sent.method, sent.url) == ("POST", f"{ORIGIN}/api/v1/environments")
    assert sent.post_data == '{"shortdomain": "mine"}'
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["idempotency-key"] == "once"
    assert "authorization" not in sent.headers
    section.get_by_label("Token").fill("secret")
    section.get_by_role("button", name="Send").click()
    expect(output).to_contain_text("409")
    page.wait_for_function("document.querySelector('.output').textContent.includes('taken')")
    assert service.requests[1].headers["authorization"] == "Bearer secret"


def test_a_stream_is_watched_in_the_page(page: Page, service: Service) -> None:
    page.goto(f"{ORIGIN}/docs#operation-streamEvents")
    section = page.locator("#operation-streamEvents")
    section.get_by_role("button", name="Try it").click()
    section.get_by_label("job_id").fill("4")
    section.get_by_role("button", name="Watch", exact=True).click()
    frames = section.locator(".frames > li")
    expect(frames).to_have_count(2)
    expect(frames.first).to_contain_text("message")
    expect(frames.first).to_contain_text("e.2")
    expect(frames.first).to_contain_text('"job_id": 4')
    assert service.requests[0].url == f"{ORIGIN}/api/v1/events?job_id=4"


def test_paper_shows_everything_that_is_folded(page: Page) -> None:
    page.goto(f"{ORIGIN}/docs/events")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main details:not([open])").count() == 0
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("navigation")).to_be_hidden()
    for place in ("body", ".code"):
        ink = page.locator(place).first.evaluate("node => getComputedStyle(node).color")
        assert ink == "rgb(24, 34, 48)", "a printer has white paper"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details[open]").count() == 0


@pytest.mark.node
def test_axe_finds_nothing_at_any_width(page: Page, node_modules: Path) -> None:
    axe = (node_modules / "axe-core" / "axe.min.js").read_text()
    found = {}
    for path in ("/docs", "/docs/events"):
        page.goto(f"{ORIGIN}{path}")
        page.evaluate(axe)
        # What is out of sight is drawn when it comes into sight; axe looks there, too.
        page.add_style_tag(content=".operation{content-visibility:visible!important}")
        page.locator("button.try").first.click() if path == "/docs" else None
        page.locator("a.ref").first.click()
        for width in (1440, 820, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
            # Colours are the same at every width.
            for scheme in ("light", "dark") if width == 1440 else ("light",):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                options = {"resultTypes": ["violations"]}
                if scheme == "dark":
                    options["runOnly"] = ["color-contrast"]
                result = page.evaluate("options => axe.run(document, options)", options)
                found[path, width, scheme] = [
                    f"{each['id']}: {node['target']} {node['failureSummary']}"
                    for each in result["violations"]
                    for node in each["nodes"][:5]
                ]
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_groups_of_long_contents_fold_and_the_one_of_what_is_read_is_open(page: Page) -> None:
    page.goto(f"{ORIGIN}/docs")
    environments = page.get_by_role("button", name="environments")
    jobs = page.get_by_role("button", name="jobs", exact=True)
    entry = page.locator("nav a[href='#operation-createEnvironment']")
    expect(environments).to_have_attribute("aria-expanded", "false")
    expect(entry).to_be_hidden()
    environments.press("Enter")
    expect(environments).to_have_attribute("aria-expanded", "true")
    expect(entry).to_be_visible()

    page.goto(f"{ORIGIN}/docs#operation-getJob")
    expect(jobs).to_have_attribute("aria-expanded", "true")
    expect(page.locator("nav a[aria-current=location]")).to_have_text(re.compile("Get a job"))
    page.evaluate("location.hash = 'operation-streamEvents'")
    expect(page.get_by_role("button", name="events", exact=True)).to_have_attribute(
        "aria-expanded", "true"
    )
    expect(jobs).to_have_attribute("aria-expanded", "false")
    expect(environments).to_have_attribute("aria-expanded", "true")


def test_groups_of_short_contents_are_open(page: Page) -> None:
    page.goto(f"{ORIGIN}/docs/events")
    worker = page.get_by_role("button", name="worker")
    entry = page.locator("nav a[href='#operation-receiveCreateEnvironment']")
    expect(worker).to_have_attribute("aria-expanded", "true")
    expect(entry).to_be_visible()
    worker.click()
    expect(entry).to_be_hidden()
