"""A deletion: gone once, never somebody else's, and cancelled only before the provider was told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.worker.provisioning.conftest import Killed, kill, one_ending
from worker.provisioning.checkpoints import Step


async def _made(world) -> None:
    world.order()
    await world.deliver()
    world.order_deletion(50, "shop-42", app_id=world.jobs.rows[42].app_id)


@pytest.mark.parametrize("step", list(Step))
def test_kill_at_each_step_of_a_deletion(run, world, step) -> None:
    async def story() -> None:
        await _made(world)
        world.hooks.once(step, kill)
        with pytest.raises(Killed):
            await world.deliver(50)
        await asyncio.sleep(world.jobs.lease_seconds + 1)
        if world.jobs.rows[50].status != "completed":
            await world.deliver_until_ended(50)

    run(story())
    assert one_ending(world, 50) == "completed"
    assert world.living() == []


def test_deleting_what_is_gone_completes(run, world) -> None:
    world.order_deletion(50, "shop-42")
    run(world.deliver(50))
    assert one_ending(world, 50) == "completed"


def test_a_name_that_another_environment_has_by_now_is_not_deleted(run, world) -> None:
    async def story() -> None:
        await _made(world)
        world.jobs.rows[50] = replace(world.jobs.rows[50], app_id="an-older-one")
        await world.deliver(50)

    run(story())
    assert one_ending(world, 50) == "completed"
    assert world.living() == ["shop-42"]


def test_a_deletion_can_be_cancelled_until_the_provider_was_told(run, world) -> None:
    async def story(step: Step) -> None:
        await _made(world)
        world.hooks.once(step, lambda: world.cancel(50))
        await world.deliver(50)

    run(story(Step.AFTER_CLAIM))
    assert one_ending(world, 50) == "cancelled"
    assert world.living() == ["shop-42"]


def test_a_deletion_under_way_is_not_cancelled(run, world) -> None:
    async def story() -> None:
        await _made(world)
        world.hooks.once(Step.PROVIDER_ACCEPTED, lambda: world.cancel(50))
        await world.deliver(50)

    run(story())
    assert one_ending(world, 50) == "completed"
    assert world.living() == []
