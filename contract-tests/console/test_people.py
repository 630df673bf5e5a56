"""Who may see what in the console, on both stacks: sessions, roles, teams that are stopped."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from console.windows import API, LONGEST, api, live, name, window
from playwright.sync_api import Browser, expect
from sqlalchemy import insert

from backbone.database.engine import create_engine, transaction
from backbone.database.tables import job_logs
from testing.stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "a password of length"
MANY = 1_000


@pytest.fixture
def operator(stack: RunningStack) -> Iterator[httpx.Client]:
    origin = stack.operator
    with api(origin.base_url, origin.email, origin.password) as client:
        yield client


class Team:
    """A new team with an owner and a viewer."""

    def __init__(self, base_url: str, operator: httpx.Client) -> None:
        self.owner, self.viewer = (f"{name(who)}@example.com" for who in ("owner", "viewer"))
        body = {"email": self.owner, "display_name": "Owner", "password": PASSWORD}
        user = operator.post(f"{API}/users", json=body).raise_for_status().json()["user"]
        made = operator.post(f"{API}/teams", json={"name": name("team"), "owner_id": user["id"]})
        self.id = int(made.raise_for_status().json()["id"])
        self.owner_id = int(user["id"])
        with api(base_url, self.owner, PASSWORD) as owner:
            asked = {"role": "viewer", "email": self.viewer}
            invitation = owner.post(f"{API}/invitations", json=asked).raise_for_status().json()
            accepted = owner.post(f"{API}/environments", json={"shortdomain": name("stuck")})
            self.job_id = int(accepted.raise_for_status().json()["job_id"])
        body = {"token": invitation["token"], "email": self.viewer, "password": PASSWORD}
        httpx.post(f"{base_url}{API}/auth/invitations/accept", json=body).raise_for_status()


@pytest.fixture
def team(stack: RunningStack, operator: httpx.Client) -> Team:
    return Team(stack.origin.base_url, operator)


def test_a_viewer_sees_no_button_that_is_refused(
    stack: RunningStack, browser: Browser, team: Team
) -> None:
    with window(browser, stack.origin.base_url, team.viewer, PASSWORD) as viewer:
        page = viewer.open(f"/job?id={team.job_id}")
        live(page)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
        page.goto("/environments")
        live(page)
        expect(page.get_by_role("link", name="New environment")).to_have_count(0)
        page.goto("/order")
        expect(page.get_by_text("You cannot order here")).to_be_visible(timeout=LONGEST)
        expect(page.get_by_role("button", name="Order environment")).to_have_count(0)
    with window(browser, stack.origin.base_url, team.owner, PASSWORD) as owner:
        page = owner.open(f"/job?id={team.job_id}")
        expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=LONGEST)


def test_a_team_that_is_suspended_is_told_at_once_and_on_every_page(
    stack: RunningStack, browser: Browser, team: Team, operator: httpx.Client
) -> None:
    with window(browser, stack.origin.base_url, team.owner, PASSWORD) as owner:
        page = owner.open("/environments")
        live(page)
        change = operator.patch(f"{API}/teams/{team.id}/status", json={"status": "SUSPENDED"})
        change.raise_for_status()
        banner = page.get_by_role("status").filter(has_text="suspended")
        expect(banner.first).to_be_visible(timeout=LONGEST)
        page.goto("/jobs")
        expect(banner.first).to_be_visible(timeout=LONGEST)
        page.goto("/order")
        expect(page.get_by_role("button", name="Order environment")).to_have_count(0)
        # The page hears of its team again without a visit.
        change = operator.patch(f"{API}/teams/{team.id}/status", json={"status": "ACTIVE"})
        change.raise_for_status()
        expect(banner).to_have_count(0, timeout=LONGEST)
        expect(page.get_by_role("button", name="Order environment")).to_be_visible()
        live(page)


def test_a_session_that_is_ended_elsewhere_is_signed_out(
    stack: RunningStack, browser: Browser, team: Team
) -> None:
    with window(browser, stack.origin.base_url, team.owner, PASSWORD) as owner:
        page = owner.open("/environments")
        live(page)
        with api(stack.origin.base_url, team.owner, PASSWORD) as elsewhere:
            elsewhere.delete(f"{API}/auth/sessions").raise_for_status()
            heading = page.get_by_role("heading", name="You are signed out")
            # How fast is measured by `python -m benchmarks.revocation`.
            expect(heading).to_be_visible(timeout=LONGEST)


def past_job(team: Team, number: int, job_id: int) -> dict[str, object]:
    at = 1_766_000_000.0 + number
    return {
        "id": job_id,
        "team_id": team.id,
        "user_id": team.owner_id,
        "kind": "environment.create",
        "status": "completed",
        "message": "The environment is running",
        "env_name": f"past-{number}",
        "attempt": 1,
        "payload": {"shortdomain": f"past-{number}", "nodes": [{"node_type": "nginxphp"}]},
        "created_at": at,
        "updated_at": at,
        "ended_at": at + 5,
    }


async def write_past_jobs(database_url: str, team: Team) -> None:
    engine = create_engine(database_url)
    rows = [past_job(team, number, 10_000_000 * team.id + number) for number in range(MANY)]
    async with transaction(engine) as conn:
        await conn.execute(insert(job_logs), rows)
    await engine.dispose()


def test_a_list_of_a_thousand_jobs_is_scrolled_searched_and_live(
    stack: RunningStack, browser: Browser, team: Team
) -> None:
    assert stack.run is not None
    # Playwright has a loop in this thread already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, write_past_jobs(stack.run.database_url, team)).result()
    with (
        api(stack.origin.base_url, team.owner, PASSWORD) as client,
        window(browser, stack.origin.base_url, team.owner, PASSWORD) as owner,
    ):
        page = owner.open("/jobs")
        live(page)
        rows = page.get_by_role("list", name="Jobs").get_by_role("listitem")
        expect(rows.first).to_be_visible(timeout=LONGEST)
        page.evaluate(WATCH_LONG_TASKS)
        everything(page, rows)
        longest = page.evaluate("Math.max(0, ...window.longTasks)")
        print(f"{rows.count()} rows; longest task of the page {longest:.0f} ms")
        accepted = client.post(f"{API}/environments", json={"shortdomain": name()}).json()
        row = page.locator(f"[data-job='{accepted['job_id']}']")
        expect(row).to_contain_text("Completed", timeout=LONGEST)
        page.get_by_role("searchbox").fill("past-777")
        expect(rows).to_have_count(1, timeout=LONGEST)


WATCH_LONG_TASKS = """() => {
  window.longTasks = [];
  const note = (list) => list.getEntries().forEach((each) => window.longTasks.push(each.duration));
  new PerformanceObserver(note).observe({ entryTypes: ["longtask"] });
}"""


def everything(page, rows) -> None:
    """Scroll until the last of the thousand is there, as long as more rows come."""
    count, waits = rows.count(), 0
    while count <= MANY:
        page.keyboard.press("End")
        page.wait_for_timeout(50)
        before, count = count, rows.count()
        waits = 0 if count > before else waits + 1
        assert waits < LONGEST / 50, f"only {count} rows came"
