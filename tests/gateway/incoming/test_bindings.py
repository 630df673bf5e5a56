"""Who is listened to is bound before the log is read; others' events don't come, or all do."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest

from gateway.incoming.bindings import BATCH, WAIT_SECONDS, TeamBindings
from gateway.metrics import Metrics
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual

KEYS = ("team.*.job.*.status", "team.*.user.*.auth.*")
ALL = set(KEYS)


def keys(*teams: int) -> set[str]:
    return {f"team.{team}.#" for team in teams}


class MemoryBinder:
    """A queue's bindings in memory; each command takes a while, and can be held up or refused."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.commands: list[tuple[str, int]] = []
        self.delay = 0.01
        self.refuses = False

    async def bind(self, keys: Sequence[str]) -> None:
        await self._pass("bind", keys)
        self.keys.update(keys)

    async def unbind(self, keys: Sequence[str]) -> None:
        await self._pass("unbind", keys)
        self.keys.difference_update(keys)

    async def _pass(self, command: str, keys: Sequence[str]) -> None:
        await asyncio.sleep(self.delay)
        if self.refuses:
            raise OSError("refused")
        self.commands.append((command, len(keys)))


class Bound:
    """Bindings that serve on a binder."""

    def __init__(self, most: int = 100) -> None:
        self.late = 0
        self.binder = MemoryBinder()
        self.metrics = Metrics()
        self.bindings = TeamBindings(KEYS, self.metrics, most=most, on_late=self._late)
        self.serving: asyncio.Task[None] | None = None

    def _late(self) -> None:
        self.late += 1

    async def connect(self) -> None:
        self.binder = MemoryBinder()
        await self.bindings.begin(self.binder)
        self.serving = asyncio.create_task(self.bindings.serve(self.binder))

    async def lose(self) -> None:
        assert self.serving is not None
        self.serving.cancel()
        with suppress(asyncio.CancelledError):
            await self.serving
        self.bindings.end()


@virtual
async def test_who_listens_waits_until_its_team_is_bound() -> None:
    bound = Bound()
    await bound.connect()
    assert bound.binder.keys == set()
    await bound.bindings.listen(7)
    assert bound.binder.keys == keys(7)
    assert bound.metrics.team_bindings == 1
    commands = len(bound.binder.commands)
    await bound.bindings.listen(7)
    assert len(bound.binder.commands) == commands, "it is bound"
    await bound.lose()


@virtual
async def test_those_who_come_while_others_are_bound_are_bound_together() -> None:
    bound = Bound(most=10_000)
    await bound.connect()
    teams = range(1, 2 * BATCH + 1)
    await asyncio.gather(*(bound.bindings.listen(team) for team in teams))
    assert bound.binder.keys == keys(*teams)
    assert len(bound.binder.commands) <= 3
    await bound.lose()


@virtual
async def test_who_leaves_is_unbound_when_nothing_else_is_to_do() -> None:
    bound = Bound()
    await bound.connect()
    await asyncio.gather(*(bound.bindings.listen(team) for team in (1, 2, 3)))
    for team in (1, 2):
        bound.bindings.leave(team)
    await bound.bindings.listen(4)
    assert keys(4) <= bound.binder.keys
    await asyncio.sleep(1)
    assert bound.binder.keys == keys(3, 4)
    assert bound.metrics.team_bindings == 2
    await bound.lose()


@virtual
async def test_a_team_that_comes_back_while_it_is_unbound_is_bound_again() -> None:
    bound = Bound()
    await bound.connect()
    await bound.bindings.listen(7)
    bound.bindings.leave(7)
    await turns()  # its unbinding has begun
    await bound.bindings.listen(7)
    assert [command for command, _ in bound.binder.commands] == ["bind", "unbind", "bind"]
    assert bound.binder.keys == keys(7)
    bound.bindings.leave(7)
    await bound.bindings.listen(7)
    await asyncio.sleep(1)
    assert bound.binder.keys == keys(7), "it came back before its unbinding began"
    await bound.lose()


@virtual
async def test_a_team_that_left_while_it_was_bound_is_unbound() -> None:
    bound = Bound()
    await bound.connect()
    listening = asyncio.create_task(bound.bindings.listen(7))
    await turns()
    listening.cancel()
    bound.bindings.leave(7)
    await asyncio.sleep(1)
    assert bound.binder.keys == set()
    await bound.lose()


@virtual
async def test_a_new_connection_is_bound_to_all_that_is_wanted() -> None:
    bound = Bound()
    await bound.bindings.listen(1)  # nobody waits for a connection that is not there
    await bound.connect()
    assert bound.binder.keys == keys(1)
    await bound.bindings.listen(2)
    bound.bindings.leave(1)
    await bound.lose()
    async with asyncio.timeout(0.001):
        await bound.bindings.listen(3)
    await bound.connect()
    assert bound.binder.keys == keys(2, 3)
    await bound.lose()


@virtual
async def test_above_so_many_teams_all_events_are_taken_until_there_are_half() -> None:
    bound = Bound(most=4)
    await bound.connect()
    await asyncio.gather(*(bound.bindings.listen(team) for team in range(4)))
    assert bound.binder.keys == keys(*range(4))
    await bound.bindings.listen(4)
    assert bound.binder.keys >= ALL
    assert bound.metrics.team_bindings == 0
    commands = len(bound.binder.commands)
    for team in range(5, 50):
        await bound.bindings.listen(team)
    assert len(bound.binder.commands) == commands
    for team in range(47):
        bound.bindings.leave(team)
    assert bound.binder.keys >= ALL
    bound.bindings.leave(47)
    await asyncio.sleep(2)
    assert bound.binder.keys == keys(48, 49)
    assert bound.binder.commands.index(("bind", 2)) < bound.binder.commands.index(("unbind", 2))
    await bound.lose()
    for team in range(9):
        await bound.bindings.listen(team)
    await bound.connect()
    assert bound.binder.keys == ALL, "a new connection binds nothing else then"
    await bound.lose()


@virtual
async def test_nobody_waits_for_a_slow_broker_for_long_and_the_log_is_compared_then() -> None:
    bound = Bound()
    await bound.connect()
    bound.binder.delay = WAIT_SECONDS * 5
    begun = asyncio.get_running_loop().time()
    await bound.bindings.listen(7)
    assert asyncio.get_running_loop().time() - begun == pytest.approx(WAIT_SECONDS)
    assert (bound.late, bound.binder.keys) == (0, set())
    await asyncio.sleep(WAIT_SECONDS * 5)
    assert (bound.late, bound.binder.keys) == (1, keys(7))
    await bound.lose()


@virtual
async def test_a_refusal_ends_it_so_that_the_connection_is_made_anew() -> None:
    bound = Bound()
    await bound.connect()
    bound.binder.refuses = True
    listening = asyncio.create_task(bound.bindings.listen(7))
    assert bound.serving is not None
    with pytest.raises(OSError, match="refused"):
        await bound.serving
    bound.bindings.end()
    await listening
    await bound.connect()
    assert bound.binder.keys == keys(7)
    await bound.lose()


@virtual
async def test_the_hub_binds_before_it_reads_and_unbinds_when_it_lets_a_team_go() -> None:
    world, bound = World(idle_team=5.0), Bound()
    world.hub.feed = bound.bindings
    await bound.connect()
    bound.binder.delay = 0.5
    connecting = asyncio.create_task(world.listen(EventSource()))
    await asyncio.sleep(0.4)
    assert world.log.reads == []
    sink = await connecting
    assert bound.binder.keys == keys(7)
    sink.lose()
    await asyncio.sleep(4)
    world.hub.tick()
    assert bound.binder.keys == keys(7)
    await asyncio.sleep(2)
    world.hub.tick()
    await asyncio.sleep(2)
    assert bound.binder.keys == set()
    await bound.lose()
