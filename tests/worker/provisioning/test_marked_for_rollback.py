"""A decision stands: a failing job only removes and ends, whatever dies or goes wrong after it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from backbone.errors import DatabaseUnavailable
from generated.models.job import JobStatus
from slipway.simulator import Do, Script
from slipway.simulator import Step as Status
from tests.worker.provisioning.conftest import Killed, kill, one_ending
from worker.provisioning.checkpoints import Step
from worker.provisioning.create_environment import CreateEnvironment
from worker.provisioning.delivery import Outcome
from worker.provisioning.interruption import GiveUp, TryAgain
from worker.provisioning.limits import Limits

CREATING, BROKEN = 6, 11


def break_while_created(world) -> None:
    """The first creation comes to nothing; a second one would succeed."""
    plan = (Status(status=CREATING, polls=1), Status(status=BROKEN))
    world.simulator.scripts.add(Script(do=Do.STATUS, method="createenvironment", plan=plan))


def before(monkeypatch, target, name: str, *hooks) -> None:
    """Runs the hooks, one per call, before the method of this name; calls without one just pass."""
    method, left = getattr(target, name), list(hooks)

    async def hooked(*args):
        if left and (result := left.pop(0)()) is not None:
            await result
        return await method(*args)

    monkeypatch.setattr(target, name, hooked)


def one_failure(world, code: str = "provider_broken") -> None:
    assert one_ending(world) == "failed"
    assert world.jobs.codes[42] == code
    assert world.simulator.calls["createenvironment"] == len(world.simulator.created) == 1
    assert world.living() == []
    assert world.jobs.environments == {}


@pytest.fixture
def marked(run, world):
    """A job whose worker died when what it made was removed, and before that was written."""
    world.order()
    break_while_created(world)
    world.hooks.once(Step.BEFORE_LAST_COMMIT, kill)

    async def story() -> None:
        with pytest.raises(Killed):
            await world.deliver()
        assert world.living() == []
        await asyncio.sleep(world.jobs.lease_seconds + 1)

    run(story())
    return world


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("step", [Step.BEFORE_LAST_COMMIT, Step.AFTER_LAST_COMMIT])
def test_kill_after_the_removal_creates_nothing_anew(run, world, step, times) -> None:
    world.order()
    break_while_created(world)
    for _ in range(times):
        world.hooks.once(step, kill)

    async def story() -> None:
        for _ in range(times):
            with suppress(Killed):
                await world.deliver()
            await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver_until_ended()

    run(story())
    one_failure(world)
    assert world.jobs.rows[42].message == "The provider could not build the environment"


def test_kill_between_verdict_and_removal_leaves_nothing(run, world, monkeypatch) -> None:
    world.order()
    break_while_created(world)
    before(monkeypatch, CreateEnvironment, "undo", kill)

    async def story() -> None:
        with pytest.raises(Killed):
            await world.deliver()
        assert world.living() == ["shop-42"]
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver()

    run(story())
    one_failure(world)


def test_kill_before_the_verdict_is_recorded_finds_it_again(run, world, monkeypatch) -> None:
    world.order()
    break_while_created(world)
    before(monkeypatch, world.jobs, "mark_for_rollback", kill)

    async def story() -> None:
        with pytest.raises(Killed):
            await world.deliver()
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver()

    run(story())
    one_failure(world)


def test_a_removal_whose_answer_was_lost_creates_nothing_anew(run, world, monkeypatch) -> None:
    """The removal is tried again from the queue; nobody takes the job for a new one there."""
    world.order()
    break_while_created(world)
    world.simulator.scripts.add(Script(do=Do.CLOSE, method="deleteenv", acts=True))
    decisions = []
    before(monkeypatch, world.jobs, "mark_for_rollback", *[lambda: decisions.append(1)] * 9)
    run(world.deliver_until_ended())
    one_failure(world)
    assert world.statuses() == ["started", "polling", "queued", "started", "failed"]
    assert len(decisions) == 1


def test_a_verdict_is_not_told_before_the_end(run, marked) -> None:
    assert marked.jobs.rows[42].failure_code == "provider_broken"
    assert marked.statuses() == ["started", "polling"]
    assert marked.jobs.codes == {}
    run(marked.deliver())
    assert marked.statuses() == ["started", "polling", "polling", "failed"]
    one_failure(marked)


def test_a_cancel_request_comes_too_late_for_a_verdict(run, marked) -> None:
    marked.hooks.once(Step.BEFORE_CLAIM, marked.cancel)
    run(marked.deliver())
    one_failure(marked)


def test_a_verdict_outlives_the_last_failure(run, marked) -> None:
    marked.jobs.rows[42] = replace(marked.jobs.rows[42], failures=Limits().max_failures)
    run(marked.deliver())
    one_failure(marked)


def test_a_process_that_ends_still_carries_out_a_verdict(run, marked) -> None:
    marked.provisioning.draining.set()
    assert run(marked.deliver()) is Outcome.ENDED
    one_failure(marked)


@pytest.mark.parametrize("times", [1, 99])
def test_an_account_that_cannot_be_opened_is_tried_again(run, marked, monkeypatch, times) -> None:
    def shut() -> None:
        raise TryAgain("provider_unavailable", "The provider is not available")

    before(monkeypatch, marked.accounts, "open", *[shut] * times)
    run(marked.deliver_until_ended())
    one_failure(marked)
    told = "could not be removed: The provider is not available"
    assert (told in marked.jobs.rows[42].message) == (times > 1)


def test_an_account_that_is_gone_is_told_with_the_verdict(run, marked, monkeypatch) -> None:
    def gone() -> None:
        raise GiveUp("provider_account_missing", "There is no such team")

    before(monkeypatch, marked.accounts, "open", gone)
    assert run(marked.deliver()) is Outcome.ENDED
    one_failure(marked)
    assert marked.jobs.rows[42].message.endswith("could not be removed: There is no such team")


def test_a_database_that_is_away_during_the_removal_costs_no_failure(
    run, marked, monkeypatch
) -> None:
    def away() -> None:
        raise DatabaseUnavailable

    before(monkeypatch, marked.accounts, "open", away)

    async def story() -> None:
        with pytest.raises(DatabaseUnavailable):
            await marked.deliver()
        assert "queued" not in marked.statuses()
        await asyncio.sleep(marked.jobs.lease_seconds + 1)
        await marked.deliver()

    run(story())
    one_failure(marked)


def test_who_lost_the_lease_removes_nothing(run, world, monkeypatch) -> None:
    """Another attempt took over before the decision was recorded, and may be at work."""
    world.order()
    break_while_created(world)

    def lose() -> None:
        job = world.jobs.rows[42]
        world.jobs.rows[42] = replace(job, attempt=job.attempt + 1, status=JobStatus.started)

    before(monkeypatch, world.jobs, "mark_for_rollback", lose)
    run(world.deliver())
    assert world.statuses() == ["started", "polling"]
    assert world.living() == ["shop-42"]
    assert world.simulator.calls["deleteenv"] == 0
