"""Jobs in hand: the message is done when the job is claimed, and a long call holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest
from prometheus_client import generate_latest

from backbone.errors import DatabaseUnavailable
from backbone.jobs.claims import Wanted
from generated.models.job import JobKind, JobStatus
from slipway.simulator import Do, Script
from tests.worker.provisioning.conftest import SimulatorAccount, World, one_ending
from worker.metrics import WorkerMetrics
from worker.provisioning.capacity import SHORTEST_WAIT, Capacity
from worker.provisioning.checkpoints import Step
from worker.provisioning.delivery import Outcome
from worker.provisioning.job_runner import JobRunner

CREATE = JobKind.environment_create


def wanted(job_id: int) -> Wanted:
    return Wanted(job_id, 7, CREATE, f"shop-{job_id}")


def hands_of(world: World, *, in_all: int = 200, per_account: int = 50, **more) -> JobRunner:
    capacity = Capacity(in_all=in_all, per_account=per_account, now=world.clock.now)
    clock = asyncio.get_running_loop().time
    return JobRunner(world.provisioning, world.accounts, capacity, clock=clock, **more)


def slow_creation(world: World, seconds: float) -> None:
    script = Script(do=Do.DELAY, method="createenvironment", seconds=seconds, times=None)
    world.simulator.scripts.add(script)


def test_sixty_calls_of_twenty_seconds_take_twenty_seconds(run, world) -> None:
    slow_creation(world, 20)

    async def story() -> None:
        runner, began = hands_of(world, per_account=60), world.clock.now()
        for job_id in range(1, 61):
            world.order(job_id)
            assert await runner.begin(wanted(job_id)) is Outcome.BEGUN
        assert world.clock.now() - began < 1
        await runner.drained(60)
        assert world.clock.now() - began < 22
        await world.poll(*range(1, 61))
        assert world.clock.now() - began < 25

    run(story())
    assert {one_ending(world, n) for n in range(1, 61)} == {"completed"}
    assert len(world.simulator.created) == 60


def test_a_full_account_puts_jobs_off_in_their_turn_and_holds_up_no_other(run, world) -> None:
    slow_creation(world, 20)
    other = SimulatorAccount(run(world.accounts.open(8)).session, key="other")

    async def open_many(team_ids: Collection[int]) -> dict[int, SimulatorAccount]:
        return {n: other if n == 8 else await world.accounts.open(n) for n in team_ids}

    world.accounts.open_many = open_many

    async def story() -> None:
        runner = hands_of(world, per_account=2)
        for job_id in range(1, 5):
            world.order(job_id)
        told = [await runner.begin(wanted(job_id)) for job_id in range(1, 5)]
        assert told == [Outcome.BEGUN, Outcome.BEGUN, Outcome.WAITING, Outcome.WAITING]
        assert [job for job, _ in world.jobs.dispatched] == [3, 4]
        assert world.jobs.rows[3].run_at >= world.clock.now() + SHORTEST_WAIT - 0.1
        assert world.statuses(3) == []
        # Its message comes too early: it is not due, so there is nothing to do.
        assert await runner.begin(wanted(3)) is Outcome.LEFT
        world.order(9, team_id=8)
        assert await runner.begin(Wanted(9, 8, CREATE, "shop-9")) is Outcome.BEGUN
        await runner.drained(60)
        for job_id in (3, 4):
            assert await runner.begin(wanted(job_id)) is Outcome.BEGUN
        await runner.drained(60)
        await world.poll(1, 2, 3, 4)

    run(story())
    assert {one_ending(world, n) for n in (1, 2, 3, 4)} == {"completed"}


def test_what_is_taken_up_again_is_not_put_off(run, world) -> None:
    slow_creation(world, 20)

    async def story() -> None:
        runner = hands_of(world, per_account=1)
        world.order(1)
        world.order(2, status=JobStatus.started, attempt=1, started_at=world.clock.now())
        assert await runner.begin(wanted(1)) is Outcome.BEGUN
        assert await runner.begin(wanted(2)) is Outcome.BEGUN
        await runner.drained(60)

    run(story())
    assert world.jobs.dispatched == []


def test_without_a_place_in_all_a_message_waits_unclaimed(run, world) -> None:
    slow_creation(world, 20)

    async def story() -> None:
        runner = hands_of(world, in_all=1)
        world.order(1)
        world.order(2)
        await runner.begin(wanted(1))
        second = asyncio.create_task(runner.begin(wanted(2)))
        await asyncio.sleep(10)
        assert not second.done()
        assert world.statuses(2) == []
        await asyncio.sleep(15)
        assert await second is Outcome.BEGUN
        await runner.drained(60)

    run(story())


@pytest.mark.parametrize("step", [Step.BEFORE_CLAIM, Step.AFTER_CLAIM, Step.PROVIDER_ACCEPTED])
def test_places_come_back_whatever_happens(run, world, step) -> None:
    def away() -> None:
        raise DatabaseUnavailable

    async def story() -> None:
        runner = hands_of(world, in_all=1, per_account=1)
        for job_id in (1, 2):
            world.order(job_id)
        world.hooks.once(step, away)
        if step is Step.BEFORE_CLAIM:
            with pytest.raises(DatabaseUnavailable):
                await runner.begin(wanted(1))
        else:
            assert await runner.begin(wanted(1)) is Outcome.BEGUN
        await runner.drained(60)
        assert await runner.begin(Wanted(3, 7, CREATE)) is Outcome.UNKNOWN
        assert await runner.begin(wanted(2)) is Outcome.BEGUN
        await runner.drained(60)

    run(story())
    assert world.statuses(2) == ["started", "polling"]


def test_jobs_are_counted_by_how_they_ended(run, world) -> None:
    metrics = WorkerMetrics()

    async def story() -> None:
        runner = hands_of(world, metrics=metrics)
        world.order(1)
        await runner.begin(wanted(1))
        assert b"slipway_worker_jobs_in_hand 0.0" in generate_latest(metrics.registry)
        await asyncio.sleep(0)
        assert b"slipway_worker_jobs_in_hand 1.0" in generate_latest(metrics.registry)
        await runner.drained(60)

    run(story())
    told = generate_latest(metrics.registry).decode()
    assert "slipway_worker_jobs_in_hand 0.0" in told
    assert 'deliveries_total{kind="environment.create",outcome="waiting"} 1.0' in told


def test_what_takes_too_long_at_the_end_is_told(run, world, capsys) -> None:
    slow_creation(world, 100)

    async def story() -> None:
        runner = hands_of(world)
        world.order(1)
        await runner.begin(wanted(1))
        await runner.drained(5)
        assert "jobs_cut_off" in capsys.readouterr().out
        await runner.drained(200)

    run(story())
