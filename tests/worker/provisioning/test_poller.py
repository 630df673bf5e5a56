"""One poll for all jobs of an account, at a bounded rate, by whoever has the lease."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

import pytest

from backbone.errors import DatabaseUnavailable
from backbone.jobs.durations import Usual
from backbone.jobs.suspension import Suspended
from generated.models.job import JobStatus
from slipway.simulator import Do, Script
from slipway.simulator import Step as Status
from tests.worker.provisioning.conftest import BIRTH, SimulatorAccount, World, one_ending
from worker.provisioning.interruption import GiveUp
from worker.provisioning.limits import Limits

CREATING, RUNNING, BROKEN = 6, 1, 11


def takes(world: World, seconds: float, env: str = "*", times: int | None = None) -> None:
    plan = (Status(status=CREATING, seconds=seconds), Status(status=RUNNING))
    script = Script(do=Do.STATUS, method="createenvironment", env=env, times=times, plan=plan)
    world.simulator.scripts.add(script)


async def suspended(world: World, *job_ids: int) -> None:
    for job_id in job_ids:
        world.order(job_id)
        await world.begin(job_id)
        assert world.jobs.rows[job_id].poll_at is not None


def test_one_call_a_second_serves_all_jobs_of_an_account(run, world) -> None:
    takes(world, 30)
    jobs = range(1, 101)

    async def story() -> None:
        await suspended(world, *jobs)
        calls, began = sum(world.simulator.calls.values()), world.clock.now()
        await world.poll(*jobs)
        calls, lasted = sum(world.simulator.calls.values()) - calls, world.clock.now() - began
        # But for the sign-in.
        assert calls - 1 <= lasted + 1
        assert world.simulator.calls["getenvs"] == calls - 1

    run(story())
    for job_id in jobs:
        assert one_ending(world, job_id) == "completed"
        assert world.statuses(job_id) == ["started", "polling", "completed"]
        seen = world.jobs.ended[job_id] - world.simulator.created[job_id - 1].created_at - 30
        assert 0 <= seen <= 2


def test_a_job_alone_is_asked_for_alone(run, world) -> None:
    takes(world, 30)
    run(suspended(world, 1))
    run(world.poll(1))
    assert world.simulator.calls["getenvs"] == 0
    assert one_ending(world, 1) == "completed"


def test_an_account_that_refuses_the_list_is_asked_for_one_after_the_other(run, world) -> None:
    takes(world, 5)
    refusal = Script(do=Do.RESULT, method="getenvs", result=8, error="denied", times=None)
    world.simulator.scripts.add(refusal)
    run(suspended(world, 1, 2, 3))
    run(world.poll(1, 2, 3))
    assert world.simulator.calls["getenvs"] == 1
    assert [one_ending(world, n) for n in (1, 2, 3)] == ["completed"] * 3


def test_errors_back_off_and_cost_no_failure(run, world) -> None:
    takes(world, 1)
    world.simulator.scripts.add(Script(do=Do.HTTP, method="getenvs", status=502, times=6))

    async def story() -> None:
        await suspended(world, 1, 2)
        began = world.clock.now()
        await world.poll(1, 2)
        # 2, 4, 8, 16, 32 and 60 seconds.
        assert 120 <= world.clock.now() - began <= 130

    run(story())
    assert world.simulator.calls["getenvs"] == 7
    assert [world.jobs.rows[n].failures for n in (1, 2)] == [0, 0]
    assert [one_ending(world, n) for n in (1, 2)] == ["completed"] * 2


def test_what_breaks_is_ended_and_the_others_go_on(run, world) -> None:
    plan = (Status(status=CREATING, seconds=3), Status(status=BROKEN))
    script = Script(do=Do.STATUS, method="createenvironment", env="shop-1", plan=plan)
    world.simulator.scripts.add(script)
    takes(world, 10)
    run(suspended(world, 1, 2, 3))
    run(world.poll(1, 2, 3))
    assert [one_ending(world, n) for n in (1, 2, 3)] == ["failed", "completed", "completed"]
    assert world.statuses(1) == ["started", "polling", "failed"]
    assert world.jobs.codes[1] == "provider_broken"
    assert world.living() == ["shop-2", "shop-3"]


def test_an_environment_that_the_list_forgets_once_is_not_given_up(run, world) -> None:
    takes(world, 10)

    async def story() -> None:
        await suspended(world, 1, 2)
        hidden = world.simulator.environments.pop("shop-1")
        polling = asyncio.create_task(world.poll(1, 2))
        await asyncio.sleep(0.6)
        assert world.simulator.calls["getenvs"] == 1
        world.simulator.environments["shop-1"] = hidden
        await polling

    run(story())
    assert world.statuses(1) == ["started", "polling", "completed"]
    assert world.jobs.rows[1].failures == 0


def test_an_environment_that_vanished_among_others_is_made_again(run, world) -> None:
    takes(world, 10)

    async def story() -> None:
        await suspended(world, 1, 2)
        world.simulator.remove(world.simulator.environments["shop-1"])
        await world.poll(1, 2)
        assert world.jobs.rows[1].status is JobStatus.queued
        await world.deliver_until_ended(1)

    run(story())
    assert [one_ending(world, n) for n in (1, 2)] == ["completed"] * 2
    assert world.jobs.rows[1].failures == 1
    assert world.living() == ["shop-1", "shop-2"]


def test_deletions_wait_for_two_lists_that_do_not_show_them(run, world, monkeypatch) -> None:
    async def story() -> None:
        for job_id in (1, 2):
            world.order(job_id)
            await world.deliver(job_id)
            world.order_deletion(job_id + 50, f"shop-{job_id}")

        async def accepted(*_: object) -> bool:
            return True

        with monkeypatch.context() as patched:
            patched.setattr(world.client, "delete_environment", accepted)
            for job_id in (51, 52):
                await world.begin(job_id)
        assert [world.jobs.rows[n].status for n in (51, 52)] == ["polling", "polling"]
        lists = world.simulator.calls["getenvs"]
        for environment in list(world.simulator.environments.values()):
            world.simulator.remove(environment)
        await world.poll(51, 52)
        assert world.simulator.calls["getenvs"] - lists == 2

    run(story())
    assert [one_ending(world, n) for n in (51, 52)] == ["completed"] * 2


def test_a_cancel_request_is_heard_of_at_once_also_while_the_provider_is_away(run, world) -> None:
    takes(world, 1000)
    world.simulator.scripts.add(
        Script(do=Do.HTTP, method="getenvs", status=502, times=None),
    )

    async def story() -> None:
        await suspended(world, 1, 2)
        polling = asyncio.create_task(world.poll(1, 2))
        await asyncio.sleep(50)
        world.cancel(1)
        asked = world.clock.now()
        world.simulator.scripts.clear()
        await asyncio.sleep(1)
        assert world.jobs.ended[1] - asked < 1
        world.cancel(2)
        await polling

    run(story())
    assert [one_ending(world, n) for n in (1, 2)] == ["cancelled"] * 2
    assert world.living() == []


@pytest.mark.parametrize("limits", [Limits(deadline=90)])
def test_the_deadline_holds_while_the_provider_is_away(run, world, limits) -> None:
    takes(world, 1000)
    world.simulator.scripts.add(Script(do=Do.HTTP, method="getenvs", status=502, times=None))
    run(suspended(world, 1, 2))
    run(world.poll(1, 2))
    assert [one_ending(world, n) for n in (1, 2)] == ["failed"] * 2
    assert world.jobs.codes == {1: "provider_timeout", 2: "provider_timeout"}
    assert world.living() == []


def test_a_new_poller_finds_all_that_wait(run, world) -> None:
    takes(world, 20)
    jobs = range(1, 21)

    async def story() -> None:
        await suspended(world, *jobs)
        first = asyncio.create_task(world.poller().lead())
        await asyncio.sleep(5)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert {world.jobs.rows[n].status for n in jobs} == {JobStatus.polling}
        await world.poll(*jobs)

    run(story())
    assert {one_ending(world, n) for n in jobs} == {"completed"}
    assert len(world.simulator.created) == 20


def test_an_idle_poller_asks_seldom_and_looks_at_its_own_first_job_when_it_is_due(
    run, world, monkeypatch
) -> None:
    takes(world, 20)
    asked: list[float] = []
    take_due = world.jobs.take_due

    async def counted() -> list[Suspended]:
        asked.append(world.clock.now())
        return await take_due()

    monkeypatch.setattr(world.jobs, "take_due", counted)

    async def story() -> None:
        leading = asyncio.create_task(world.poller().lead())
        await asyncio.sleep(60)
        assert 55 <= len(asked) <= 61
        await suspended(world, 42)
        due = world.jobs.rows[42].poll_at
        await asyncio.sleep(0.9)
        # Twice: the first time there is something, so more may follow.
        first, again = [at for at in asked if at >= due][:2]
        assert first == again == pytest.approx(due, abs=0.01)
        leading.cancel()
        await asyncio.gather(leading, return_exceptions=True)

    run(story())


def test_who_lost_the_lease_calls_nobody(run, world) -> None:
    takes(world, 20)

    async def story() -> None:
        await suspended(world, 1, 2)
        running = asyncio.create_task(world.poller().run())
        await asyncio.sleep(5)
        world.leadership.held = False
        await asyncio.sleep(1)
        calls = sum(world.simulator.calls.values())
        await asyncio.sleep(60)
        assert sum(world.simulator.calls.values()) == calls
        world.leadership.held = True
        await asyncio.sleep(5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    run(story())
    assert [one_ending(world, n) for n in (1, 2)] == ["completed"] * 2


def test_a_process_that_ends_leaves_the_polling_to_another(run, world) -> None:
    takes(world, 20)

    async def story() -> None:
        await suspended(world, 1, 2)
        running = asyncio.create_task(world.poller().run())
        await asyncio.sleep(2)
        world.provisioning.draining.set()
        await asyncio.sleep(1)
        calls = sum(world.simulator.calls.values())
        await asyncio.sleep(60)
        assert sum(world.simulator.calls.values()) == calls
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await world.poll(1, 2)

    run(story())
    assert [one_ending(world, n) for n in (1, 2)] == ["completed"] * 2


def test_accounts_are_polled_apart(run, world, monkeypatch) -> None:
    """Of two accounts one is away; the other one's job does not wait for it."""
    takes(world, 5)
    broken = SimulatorAccount((run(world.accounts.open(8))).session, key="away")

    async def away(*_: object) -> None:
        await asyncio.sleep(1000)

    async def open_many(team_ids: Collection[int]) -> dict[int, SimulatorAccount]:
        return {n: broken if n == 8 else await world.accounts.open(n) for n in team_ids}

    async def story() -> None:
        await suspended(world, 1, 2)
        world.jobs.rows[2] = replace(world.jobs.rows[2], team_id=8)
        monkeypatch.setattr(world.accounts, "open_many", open_many)
        monkeypatch.setattr(broken.session, "key", away)
        await world.poll(1)
        assert world.clock.now() - BIRTH < 1100

    run(story())
    assert one_ending(world, 1) == "completed"


def test_jobs_of_an_account_that_is_gone_are_ended(run, world, monkeypatch) -> None:
    takes(world, 5)

    async def open_many(team_ids: Collection[int]) -> dict[int, GiveUp]:
        return {n: GiveUp("provider_account_missing", "There is no account") for n in team_ids}

    async def story() -> None:
        await suspended(world, 1)
        monkeypatch.setattr(world.accounts, "open_many", open_many)
        await world.poll(1)

    run(story())
    assert one_ending(world, 1) == "failed"
    assert world.jobs.codes[1] == "provider_account_missing"


def test_near_the_usual_end_it_is_looked_for_more_often(run, world) -> None:
    takes(world, 100)
    world.jobs.known_usual = Usual(95, 110)
    run(suspended(world, 1))
    run(world.poll(1))
    assert world.jobs.ended[1] - world.simulator.created[0].created_at - 100 <= 1.5
    # Not once a second all the while.
    assert world.simulator.calls["getenvinfo"] < 45


@pytest.mark.parametrize("jobs", [(1,), (1, 2)])
def test_a_platform_that_answers_no_tags_is_asked_by_name_and_identity(run, world, jobs) -> None:
    takes(world, 5)

    async def story() -> None:
        await suspended(world, *jobs)
        for environment in world.simulator.created:
            environment.groups = []
        await world.poll(*jobs)

    run(story())
    assert {one_ending(world, n) for n in jobs} == {"completed"}
    assert len(world.simulator.created) == len(jobs)


def test_an_end_that_could_not_be_written_is_written_later(run, world, monkeypatch) -> None:
    takes(world, 5)
    complete, failures = world.jobs.complete, [DatabaseUnavailable(), DatabaseUnavailable()]

    async def away(*args: object) -> object:
        if failures:
            raise failures.pop()
        return await complete(*args)

    monkeypatch.setattr(world.jobs, "complete", away)
    run(suspended(world, 1))
    run(world.poll(1))
    assert world.statuses(1) == ["started", "polling", "completed"]
    assert world.jobs.ended[1] - BIRTH - 1000 < 20
