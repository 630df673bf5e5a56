"""Jobs in the console, on both stacks: ordered, watched through faults, explained, ended."""

import re

import httpx
import pytest
from console.gateway import own_gateway
from console.windows import (
    API,
    EVENTS,
    LONGEST,
    Window,
    all_told_once,
    lets_run,
    live,
    logged,
    name,
    order,
    shown,
    until,
    window,
)
from playwright.sync_api import Browser, Route, expect

from testing.stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_an_order_is_followed_to_its_completion(member: Window, client: httpx.Client) -> None:
    page = member.open("/environments")
    shortdomain = name()
    job_id = order(page, shortdomain)
    shown(page, "Completed")
    all_told_once(page, client, job_id)
    expect(page.get_by_role("list", name="Steps").get_by_role("listitem").first).to_be_visible()
    page.goto("/environments")
    page.get_by_role("link", name=shortdomain, exact=True).first.click()
    page.wait_for_url("**/environment?id=*", timeout=LONGEST)
    # What happened to it: as many events as its job has.
    activity = page.get_by_role("list", name="Activity").get_by_role("listitem")
    expect(activity).to_have_count(len(logged(client, job_id)), timeout=LONGEST)
    expect(activity.first).to_contain_text("running")


def test_a_page_that_is_loaded_again_in_mid_job_misses_nothing(
    stack: RunningStack, member: Window, client: httpx.Client
) -> None:
    page = member.open("/order")
    shortdomain = name("stuck")
    job_id = order(page, shortdomain)
    shown(page, "In progress")
    page.reload()
    shown(page, "In progress")
    live(page)
    lets_run(stack, shortdomain)
    shown(page, "Completed")
    all_told_once(page, client, job_id)


def test_a_gateway_that_dies_in_mid_job_leaves_no_hole(
    stack: RunningStack, browser: Browser, client: httpx.Client
) -> None:
    origin = stack.origin
    with (
        own_gateway(stack) as (gateway, url),
        window(browser, url, origin.email, origin.password) as member,
    ):
        page = member.open("/order")
        shortdomain = name("stuck")
        job_id = order(page, shortdomain)
        shown(page, "In progress")
        gateway.kill()
        expect(page.get_by_test_id("connection")).not_to_have_text("Live", timeout=LONGEST)
        lets_run(stack, shortdomain)
        until(lambda: status_of(client, job_id) == "completed", page)
        gateway.start()
        shown(page, "Completed")
        all_told_once(page, client, job_id)


def status_of(client: httpx.Client, job_id: int) -> str:
    return str(client.get(f"{API}/jobs/{job_id}").raise_for_status().json()["status"])


def test_two_tabs_share_one_connection(member: Window, client: httpx.Client) -> None:
    opened: list[str] = []
    member.context.on(
        "request", lambda request: opened.append(request.url) if EVENTS in request.url else None
    )
    first = member.open("/jobs")
    live(first)
    second = member.open("/jobs")
    live(second)
    assert len(opened) == 1
    accepted = client.post(f"{API}/environments", json={"shortdomain": name()}).json()
    for page in (first, second):
        row = page.locator(f"[data-job='{accepted['job_id']}']")
        expect(row).to_contain_text("Completed", timeout=LONGEST)
    assert len(opened) == 1


def test_a_failure_is_explained_and_retried(member: Window, client: httpx.Client) -> None:
    page = member.open("/order")
    job_id = order(page, name("fail-quota"))
    shown(page, "Failed")
    expect(page.get_by_text("The provider account has reached its limit")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    page.wait_for_url(lambda url: not url.endswith(f"={job_id}"), timeout=LONGEST)
    shown(page, "Failed")
    retry = int(page.url.rpartition("=")[2])
    assert client.get(f"{API}/jobs/{retry}").json()["retry_of"] == job_id
    page.goto(f"/job?id={job_id}")
    shown(page, "Failed")
    # It was retried already, so there is nothing to press.
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)


def test_a_job_at_work_is_cancelled(member: Window, client: httpx.Client) -> None:
    page = member.open("/order")
    job_id = order(page, name("stuck"))
    shown(page, "In progress")
    page.get_by_role("button", name="Cancel").click()
    shown(page, "Cancelled")
    all_told_once(page, client, job_id)


def test_a_job_at_work_says_what_is_usual_and_never_how_far_it_is(
    member: Window, client: httpx.Client
) -> None:
    for shortdomain in (name(), name()):
        accepted = client.post(f"{API}/environments", json={"shortdomain": shortdomain}).json()
        page = member.open(f"/job?id={accepted['job_id']}")
        shown(page, "Completed")
        page.close()
    page = member.open("/order")
    job_id = order(page, name("stuck"))
    shown(page, "In progress")
    until(lambda: "usual_seconds" in client.get(f"{API}/jobs/{job_id}").json(), page)
    page.reload()
    outlook = page.get_by_test_id("outlook")
    expect(outlook).to_contain_text("sual", timeout=LONGEST)
    bar = outlook.get_by_role("progressbar", name="At work")
    expect(bar).to_have_attribute("aria-valuetext", re.compile("seconds|minutes"))
    assert bar.get_attribute("aria-valuenow") is None
    page.goto("/jobs")
    row = page.locator(f"[data-job='{job_id}']")
    expect(row).to_contain_text("usually", timeout=LONGEST)
    client.post(f"{API}/jobs/{job_id}/cancel").raise_for_status()
    expect(row).to_contain_text("Cancelled", timeout=LONGEST)
    expect(row).not_to_contain_text("usually")


def test_a_job_in_the_queue_says_its_place_and_moves_up(
    member: Window, client: httpx.Client
) -> None:
    """The service's answers are filled in: its own queue is empty before it can be looked at."""
    accepted = client.post(f"{API}/environments", json={"shortdomain": name("stuck")}).json()
    job_id = accepted["job_id"]
    page = member.open("/jobs")
    live(page)
    expect(page.locator(f"[data-job='{job_id}']")).to_contain_text("In progress", timeout=LONGEST)
    place = [4]

    def queued(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        for job in told.get("items", [told]):
            if job["id"] == job_id:
                job |= {
                    "status": "queued",
                    "attempt": 0,
                    "queue": {"place": place[0], "length": 12},
                }
                job |= {"updated_at": job["updated_at"] + 60}
        route.fulfill(response=answer, json=told)

    member.context.route(f"**{API}/jobs/{job_id}", queued)
    member.context.route(f"**{API}/jobs?*", queued)
    page.reload()
    row = page.locator(f"[data-job='{job_id}']")
    expect(row).to_contain_text("place 4 of 12", timeout=LONGEST)
    row.get_by_role("link").click()
    expect(page.get_by_test_id("outlook")).to_contain_text("In the queue: place 4 of 12")
    # No event tells of it: it is asked for again.
    place[0] = 3
    expect(page.get_by_test_id("outlook")).to_contain_text("place 3 of 12", timeout=LONGEST)
    member.context.unroute_all(behavior="wait")
    client.post(f"{API}/jobs/{job_id}/cancel").raise_for_status()
