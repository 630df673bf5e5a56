"""One order, one environment, one ending: each test breaks something in the middle of a delivery."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from backbone.errors import DatabaseUnavailable
from backbone.jobs.claims import Wanted
from backbone.jobs.job import Job
from generated.models.job import JobKind, JobStatus
from slipway.simulator import Do, Script
from slipway.simulator import Step as Status
from tests.worker.provisioning.conftest import Killed, kill, one_ending
from worker.provisioning.checkpoints import Step
from worker.provisioning.delivery import Outcome
from worker.provisioning.jobs import NotClaimed
from worker.provisioning.limits import Limits
from worker.virtuozzo import EnvironmentSpec, NodeSpec

CREATING, RUNNING, BROKEN = 6, 1, 11
ALL_STEPS = list(Step)
DELETE = JobKind.environment_delete


def test_an_order_becomes_one_running_environment(run, world) -> None:
    world.order()
    assert run(world.deliver()) is Outcome.ENDED
    assert world.statuses() == ["started", "polling", "completed"]
    assert world.living() == ["shop-42"]
    created = world.jobs.environments[42]
    assert (created.env_name, created.metadata) == ("shop-42", {"project": "web"})
    assert created.app_id == world.jobs.rows[42].app_id == world.simulator.created[0].app_id
    assert world.simulator.created[0].groups == ["test-job-42"]


def test_the_first_attempt_does_not_read_the_list_of_all_environments(run, world) -> None:
    world.order()
    run(world.deliver())
    assert world.simulator.calls["getenvs"] == 0


def test_who_was_stopped_while_claiming_for_longer_than_the_lease_makes_nothing(
    run, world, monkeypatch
) -> None:
    world.order()
    claim = world.jobs.claim

    async def stopped(wanted: Wanted) -> Job | NotClaimed:
        claimed = await claim(wanted)
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        monkeypatch.setattr(world.jobs, "claim", claim)
        assert await world.deliver() is Outcome.ENDED
        world.simulator.environments.clear()
        return claimed

    monkeypatch.setattr(world.jobs, "claim", stopped)
    assert run(world.begin()) is Outcome.LEASE_LOST
    assert one_ending(world) == "completed"
    assert len(world.simulator.created) == 1


@pytest.mark.parametrize("step", ALL_STEPS)
def test_kill_at_each_step_then_again_when_the_lease_ran_out(run, world, step) -> None:
    world.order()
    world.hooks.once(step, kill)

    async def story() -> None:
        with pytest.raises(Killed):
            await world.deliver()
        early = await world.begin()
        if step is Step.BEFORE_CLAIM:
            assert early is Outcome.WAITING
        else:
            # The broker redelivers at once; the lease still stands, or the job is the poller's.
            assert early is Outcome.LEFT
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver_until_ended()

    run(story())
    assert one_ending(world) == "completed"
    assert len(world.simulator.created) == 1
    assert world.living() == ["shop-42"]
    assert list(world.jobs.environments) == [42]


@pytest.mark.parametrize("step", ALL_STEPS)
def test_kill_twice_in_a_row_at_each_step(run, world, step) -> None:
    world.order()
    world.hooks.once(step, kill)
    world.hooks.once(step, kill)

    async def story() -> None:
        for _ in range(2):
            with suppress(Killed):
                await world.deliver()
            await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver_until_ended()

    run(story())
    assert one_ending(world) == "completed"
    assert len(world.simulator.created) == 1


@pytest.mark.parametrize("step", ALL_STEPS)
def test_a_duplicate_at_each_step_leaves_without_a_trace(run, world, step) -> None:
    world.order()
    outcomes = []

    async def duplicate() -> None:
        outcomes.append(await world.begin())

    world.hooks.once(step, duplicate)
    outcome = run(world.deliver())
    assert outcome is Outcome.ENDED
    # Before the claim the duplicate is the one that claims, and the original leaves.
    assert outcomes == [Outcome.WAITING if step is Step.BEFORE_CLAIM else Outcome.LEFT]
    assert one_ending(world) == "completed"
    assert world.statuses() == ["started", "polling", "completed"]
    assert len(world.simulator.created) == 1


def test_a_message_for_another_team_or_kind_is_unknown(run, world) -> None:
    job = world.order()
    for stray in (Wanted(42, 8, job.kind), Wanted(43, 7, job.kind), Wanted(42, 7, DELETE)):
        assert run(world.provisioning.claim(stray)) is Outcome.UNKNOWN
    assert world.statuses() == []


def test_an_answer_that_was_lost_is_found_again(run, world) -> None:
    world.order()
    world.simulator.scripts.add(Script(do=Do.CLOSE, method="createenvironment", acts=True))
    run(world.deliver_until_ended())
    assert one_ending(world) == "completed"
    assert world.statuses()[:3] == ["started", "queued", "started"]
    assert world.simulator.calls["createenvironment"] == 1
    assert len(world.simulator.created) == 1


async def create_at_the_provider(world, tag: str) -> None:
    """An environment called shop-42 that no delivery of this test asked for."""
    spec = EnvironmentSpec(
        shortdomain="shop-42", nodes=(NodeSpec(node_type="nginxphp"),), tags=(tag,)
    )
    await world.client.create_environment((await world.accounts.open(7)).session, spec)


def test_a_creation_that_was_still_under_way_is_recognised_by_its_tag(run, world) -> None:
    """Look says no, create says taken: the earlier call finished in between."""
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.RESULT, method="getenvinfo", result=11, error="no such application")
    )

    async def story() -> None:
        await create_at_the_provider(world, "test-job-42")
        await world.deliver()

    run(story())
    assert one_ending(world) == "completed"
    assert world.simulator.calls["createenvironment"] == 2
    assert len(world.simulator.created) == 1


def test_somebody_elses_environment_of_the_same_name_is_left_alone(run, world) -> None:
    world.order()

    async def story() -> None:
        await create_at_the_provider(world, "other-job-9")
        await world.deliver()

    run(story())
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == "name_taken"
    assert world.living() == ["shop-42"]
    assert world.simulator.created[0].groups == ["other-job-9"]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (
            Script(do=Do.RESULT, method="createenvironment", result=2223, error="no"),
            "quota_exceeded",
        ),
        (
            Script(
                do=Do.RESULT, method="createenvironment", result=99, error="invalid param nodes"
            ),
            "invalid_spec",
        ),
        (
            Script(do=Do.RESULT, method="createenvironment", result=8, error="denied"),
            "provider_refused",
        ),
        (Script(do=Do.RESULT, method="signin", result=1, error="wrong"), "sign_in_refused"),
    ],
)
def test_a_definite_no_ends_the_job_at_once(run, world, script, code) -> None:
    world.order()
    world.simulator.scripts.add(script)
    assert run(world.deliver()) is Outcome.ENDED
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == code
    assert world.jobs.dispatched == []
    assert world.simulator.created == []


@pytest.mark.parametrize(
    "script",
    [
        Script(do=Do.HTTP, method="createenvironment", status=503),
        Script(do=Do.HANG, method="createenvironment"),
        Script(do=Do.HANG, method="createenvironment", acts=True),
        Script(do=Do.RESULT, method="createenvironment", result=2212, error="locked"),
        Script(do=Do.RESULT, method="getenvinfo", result=99, error="oops"),
    ],
)
def test_a_passing_error_waits_as_a_row_and_then_succeeds(run, world, script) -> None:
    world.order()
    world.simulator.scripts.add(script)
    run(world.deliver_until_ended())
    assert one_ending(world) == "completed"
    assert world.statuses().count("queued") == 1
    assert len(world.simulator.created) == 1
    assert len(world.jobs.dispatched) == 1


def test_waits_grow_and_the_last_failure_ends_the_job(run, world) -> None:
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.HTTP, method="createenvironment", status=500, times=None)
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == "provider_unavailable"
    assert world.statuses() == ["started", "queued"] * 4 + ["started", "failed"]
    waits = [message for _, _, message in world.jobs.events if "next attempt" in message]
    assert [w.rpartition(" in ")[2] for w in waits] == ["1 s", "2 s", "4 s", "8 s"]


def test_a_failed_job_leaves_nothing_behind(run, world) -> None:
    """The provider creates, but never answers a look until the budget is spent."""
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.CLOSE, method="createenvironment", acts=True),
        Script(do=Do.HTTP, method="getenvinfo", status=502, skip=1, times=4),
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "failed"
    assert world.simulator.calls["createenvironment"] == 1
    assert world.living() == []


def test_a_broken_environment_is_removed_and_the_job_fails(run, world) -> None:
    world.order()
    world.simulator.scripts.add(
        Script(
            do=Do.STATUS,
            method="createenvironment",
            plan=(Status(status=CREATING, polls=1), Status(status=BROKEN)),
        )
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == "provider_broken"
    assert world.living() == []


@pytest.mark.parametrize("limits", [Limits(deadline=120)])
def test_an_environment_that_never_runs_is_given_up_at_the_deadline(run, world, limits) -> None:
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.STATUS, method="createenvironment", plan=(Status(status=CREATING),))
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == "provider_timeout"
    assert world.living() == []
    lasted = world.jobs.ended[42] - world.jobs.rows[42].started_at
    assert limits.deadline <= lasted <= limits.deadline + 10


def test_a_long_wait_holds_no_delivery_and_costs_no_attempt(run, world) -> None:
    world.order()
    slow = (Status(status=CREATING, seconds=700), Status(status=RUNNING))
    world.simulator.scripts.add(Script(do=Do.STATUS, method="createenvironment", plan=slow))

    async def story() -> None:
        begun = world.clock.now()
        assert await world.begin() is Outcome.WAITING
        assert world.clock.now() - begun < 1
        job = world.jobs.rows[42]
        assert (job.status, job.lease_until, job.run_at) == (JobStatus.polling, None, None)
        assert await world.poll(42) is Outcome.ENDED
        assert world.clock.now() - begun > 700

    run(story())
    assert one_ending(world) == "completed"
    assert world.statuses() == ["started", "polling", "completed"]
    assert (world.jobs.rows[42].attempt, world.jobs.rows[42].failures) == (1, 0)
    assert world.jobs.dispatched == []
    assert len(world.simulator.created) == 1


def test_single_errors_while_polling_cost_no_attempt(run, world) -> None:
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.HTTP, method="getenvinfo", status=500, skip=1, times=3)
    )
    assert run(world.deliver()) is Outcome.ENDED
    assert world.statuses() == ["started", "polling", "completed"]


def test_many_errors_while_polling_cost_time_only(run, world) -> None:
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.HTTP, method="getenvinfo", status=500, skip=1, times=9)
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "completed"
    assert world.statuses() == ["started", "polling", "completed"]
    assert world.jobs.rows[42].failures == 0
    assert len(world.simulator.created) == 1


def test_an_environment_that_vanished_is_made_again(run, world) -> None:
    world.order()
    world.hooks.once(
        Step.POLLING, lambda: world.simulator.remove(world.simulator.environments["shop-42"])
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "completed"
    assert world.living() == ["shop-42"]


def forget_sessions(world) -> None:
    world.simulator.close_sessions()


def test_an_expired_session_signs_in_again_once(run, world) -> None:
    world.order()
    world.hooks.once(Step.POLLING, lambda: forget_sessions(world))
    assert run(world.deliver()) is Outcome.ENDED
    assert one_ending(world) == "completed"
    assert world.simulator.calls["signin"] == 2


def test_a_process_that_ends_hands_over_what_it_did_not_tell_the_provider(run, world) -> None:
    world.order()
    world.hooks.once(Step.AFTER_CLAIM, world.provisioning.draining.set)

    async def story() -> None:
        assert await world.begin() is Outcome.WAITING
        assert world.jobs.dispatched == [(42, world.clock.now())]
        assert world.simulator.created == []
        world.provisioning.draining.clear()
        assert await world.deliver() is Outcome.ENDED

    run(story())
    assert one_ending(world) == "completed"
    assert world.jobs.rows[42].failures == 0
    assert len(world.simulator.created) == 1


# -- interrupted too often ---------------------------------------------------------------------


def test_a_job_that_kills_its_workers_is_given_up_and_cleaned_up(run, world) -> None:
    world.order()
    for _ in range(Limits().max_failures):
        world.hooks.once(Step.PROVIDER_ACCEPTED, kill)

    async def story() -> None:
        for _ in range(Limits().max_failures):
            with pytest.raises(Killed):
                await world.deliver()
            await asyncio.sleep(world.jobs.lease_seconds + 1)
        assert await world.deliver() is Outcome.ENDED

    run(story())
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == "attempts_exhausted"
    assert world.living() == []


# -- the fence -----------------------------------------------------------------------------------


def test_a_worker_that_slept_too_long_writes_nothing_more(run, world) -> None:
    """The lease ran out unnoticed and another attempt took over: the sleeper stops silently."""
    world.order()
    plan = (Status(status=RUNNING),)
    world.simulator.scripts.add(Script(do=Do.STATUS, method="createenvironment", plan=plan))
    outcomes = []

    async def oversleep() -> None:
        job = world.jobs.rows[42]
        world.jobs.rows[42] = replace(job, lease_until=world.clock.now() - 1)
        outcomes.append(await world.begin())

    world.hooks.once(Step.BEFORE_LAST_COMMIT, oversleep)
    assert run(world.begin()) is Outcome.LEASE_LOST
    assert outcomes == [Outcome.ENDED]
    assert one_ending(world) == "completed"
    assert len(world.simulator.created) == 1


def test_a_poller_that_was_frozen_writes_nothing_more(run, world) -> None:
    """It saw the environment run; before it wrote that, its successor resumed the cancelled job."""
    world.order()

    async def story() -> None:
        await world.begin()
        world.hooks.once(Step.BEFORE_LAST_COMMIT, cancelled_before_the_commit)
        await world.poll(42)

    async def cancelled_before_the_commit() -> None:
        world.cancel()
        await world.poll(42)

    run(story())
    assert one_ending(world) == "cancelled"
    assert world.living() == []
    assert world.jobs.environments == {}


def test_the_lease_is_kept_during_a_call_that_takes_longer(run, world) -> None:
    world.order()
    world.simulator.scripts.add(Script(do=Do.DELAY, method="createenvironment", seconds=100))

    async def story() -> None:
        working = asyncio.create_task(world.deliver())
        await asyncio.sleep(90)
        assert await world.deliver() is Outcome.LEFT
        assert await working is Outcome.ENDED

    run(story())
    assert world.statuses() == ["started", "polling", "completed"]


def test_losing_the_lease_during_a_call_stops_the_work(run, world) -> None:
    world.order()
    world.simulator.scripts.add(Script(do=Do.DELAY, method="createenvironment", seconds=100))

    async def story() -> None:
        working = asyncio.create_task(world.deliver())
        await asyncio.sleep(5)
        job = world.jobs.rows[42]
        world.jobs.rows[42] = replace(job, attempt=job.attempt + 1)
        assert await working is Outcome.LEASE_LOST
        assert world.clock.now() < world.jobs.rows[42].started_at + 20

    run(story())
    assert world.statuses() == ["started"]


# -- what nobody foresaw ---------------------------------------------------------------------------


def test_a_mistake_of_ours_is_retried_and_then_told(run, world) -> None:
    world.order()
    world.jobs.rows[42] = replace(world.jobs.rows[42], payload={"job_id": 42})
    run(world.deliver_until_ended())
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == "internal_error"


def test_no_event_tells_a_secret(run, world) -> None:
    world.order()
    world.simulator.scripts.add(
        Script(do=Do.RESULT, method="createenvironment", result=8, error="pw")
    )
    run(world.deliver())
    keys = world.simulator._sessions
    assert keys
    for _, _, message in world.jobs.events:
        assert not any(key in message for key in keys)


def test_statuses_of_the_contract_are_the_ones_told(run, world) -> None:
    world.order()
    run(world.deliver())
    assert {JobStatus(s) for s in world.statuses()} <= set(JobStatus)


def test_a_database_that_is_away_is_told_to_the_caller_and_the_job_goes_on_later(
    run, world
) -> None:
    world.order()

    def away() -> None:
        raise DatabaseUnavailable

    world.hooks.once(Step.PROVIDER_ACCEPTED, away)

    async def story() -> None:
        with pytest.raises(DatabaseUnavailable):
            await world.deliver()
        assert world.statuses() == ["started"]
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver()

    run(story())
    assert one_ending(world) == "completed"
    assert len(world.simulator.created) == 1
