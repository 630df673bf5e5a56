"""The follower: fetches what was not pushed, and doubts a broker that pushes nothing."""

import asyncio
import contextlib
from typing import Self

from gateway.incoming.follower import Follower
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


class Setting:
    def __init__(self, *, pushed: bool) -> None:
        self.world = World(poll=0.25, sweep=5.0)
        self.pushed = pushed
        self.doubts = 0
        self.follower = Follower(self.world.hub, pushed=lambda: self.pushed, on_silence=self._doubt)
        self.task = asyncio.create_task(self.follower.run())

    def _doubt(self) -> None:
        self.doubts += 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


def told(source: EventSource) -> int:
    return len(source.frames("message"))


@virtual
async def test_without_a_broker_the_log_is_followed_closely() -> None:
    async with Setting(pushed=False) as setting:
        source = EventSource()
        await setting.world.listen(source)
        setting.world.log.append(7)
        await asyncio.sleep(0.3)
        assert told(source) == 1


@virtual
async def test_nobody_listening_costs_no_reading() -> None:
    async with Setting(pushed=False) as setting:
        await asyncio.sleep(10)
        assert setting.world.log.reads == []


@virtual
async def test_what_the_broker_lost_is_found_by_the_sweep_and_the_broker_doubted() -> None:
    async with Setting(pushed=True) as setting:
        source = EventSource()
        await setting.world.listen(source)
        setting.world.log.append(7)
        await asyncio.sleep(4.9)
        assert told(source) == 0
        await asyncio.sleep(1.0)
        assert told(source) == 1
        assert setting.doubts == 1


@virtual
async def test_a_pushing_broker_is_not_doubted_for_an_event_on_its_way() -> None:
    async with Setting(pushed=True) as setting:
        source = EventSource()
        await setting.world.listen(source)
        await asyncio.sleep(4.9)
        event = setting.world.log.append(7)
        await asyncio.sleep(0.3)  # the sweep looks now
        setting.world.push(event)
        await asyncio.sleep(1)
        assert told(source) == 1
        assert setting.doubts == 0
        assert setting.world.metrics.refetched_total == 0


@virtual
async def test_a_poke_compares_at_once() -> None:
    async with Setting(pushed=True) as setting:
        source = EventSource()
        await setting.world.listen(source)
        setting.world.log.append(7)
        setting.follower.poke()
        await turns()
        assert told(source) == 1


@virtual
async def test_a_log_that_is_down_does_not_end_the_follower() -> None:
    async with Setting(pushed=False) as setting:
        source = EventSource()
        await setting.world.listen(source)
        setting.world.log.down = True
        await asyncio.sleep(5)
        setting.world.log.append(7)
        setting.world.log.down = False
        await asyncio.sleep(3)
        assert told(source) == 1
