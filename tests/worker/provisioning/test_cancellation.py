"""A job that somebody cancels: it removes what it made, or the request came too late."""

from __future__ import annotations

import asyncio

import pytest

from slipway.simulator import Do, Script
from tests.worker.provisioning.conftest import Killed, kill, one_ending
from worker.provisioning.checkpoints import Step
from worker.provisioning.delivery import Outcome


@pytest.mark.parametrize(
    "step", [Step.BEFORE_CLAIM, Step.AFTER_CLAIM, Step.PROVIDER_ACCEPTED, Step.POLLING]
)
def test_a_cancelled_job_removes_what_it_made(run, world, step) -> None:
    world.order()
    world.hooks.once(step, world.cancel)
    assert run(world.deliver()) is Outcome.ENDED
    assert one_ending(world) == "cancelled"
    assert world.living() == []
    assert len(world.simulator.created) == (step is not Step.BEFORE_CLAIM)


def test_a_request_that_comes_too_late_changes_nothing(run, world) -> None:
    world.order()
    world.hooks.once(Step.BEFORE_LAST_COMMIT, world.cancel)
    run(world.deliver())
    assert one_ending(world) == "completed"
    assert world.living() == ["shop-42"]


@pytest.mark.parametrize("step", [Step.PROVIDER_ACCEPTED, Step.BEFORE_LAST_COMMIT])
def test_kill_while_cancelling_ends_as_cancelled(run, world, step) -> None:
    world.order()
    world.hooks.once(Step.PROVIDER_ACCEPTED, world.cancel)
    world.hooks.once(step, kill)

    async def story() -> None:
        with pytest.raises(Killed):
            await world.deliver()
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        await world.deliver_until_ended()

    if step is Step.PROVIDER_ACCEPTED:
        world.hooks.at[step] = [lambda: (world.cancel(), kill())]
    run(story())
    assert one_ending(world) == "cancelled"
    assert world.living() == []


def test_removing_is_tried_again_when_the_provider_is_busy(run, world) -> None:
    world.order()
    world.hooks.once(Step.POLLING, world.cancel)
    world.simulator.scripts.add(
        Script(do=Do.RESULT, method="deleteenv", result=2212, error="locked")
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "cancelled"
    assert world.living() == []
    assert world.simulator.calls["deleteenv"] == 2


def test_what_cannot_be_removed_is_told(run, world) -> None:
    world.order()
    world.hooks.once(Step.POLLING, world.cancel)
    world.simulator.scripts.add(
        Script(do=Do.RESULT, method="deleteenv", result=8, error="denied", times=None)
    )
    run(world.deliver_until_ended())
    assert one_ending(world) == "failed"
    assert "could not be removed" in world.jobs.rows[42].message
