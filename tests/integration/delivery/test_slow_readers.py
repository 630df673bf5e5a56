"""A reader that does not read, on real sockets and a real log: P8, slow hurts nobody, nothing is lost."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from backbone.database.engine import transaction
from backbone.database.tables import outbox, teams
from backbone.events.append import append
from backbone.events.retention import trim
from testing.tcp_proxy import Proxy
from tests.backbone.rows import job_event
from tests.gateway.event_source import EventSource
from tests.gateway.http_reader import HttpReader
from tests.integration.gateway_world import (
    GatewayWorld,
    gateway,
    ids,
    make_member,
    make_team,
    sign_in,
    tell,
)

FLOOD = 600
"""So many events overflow what two narrow sockets and a transport keep for a reader that stopped."""

MESSAGE = "x" * 500


@pytest.fixture
async def token(database) -> str:
    await make_team(database)
    await make_member(database)
    return await sign_in(database)


async def flood(database) -> list[str]:
    """Many events in few transactions."""
    told: list[str] = []
    for _ in range(0, FLOOD, 200):
        async with transaction(database) as conn:
            event = job_event(message=MESSAGE)
            told.extend([str(await append(conn, 7, event)) for _ in range(200)])
    return told


@dataclass
class Slow:
    """A reader behind a narrow wire that can be stopped."""

    world: GatewayWorld
    wire: Proxy
    reader: HttpReader

    def stop(self) -> None:
        self.wire.black_hole()

    def go_on(self) -> None:
        self.wire.heal()

    async def is_behind(self) -> None:
        """Wait until the gateway has noticed."""
        (channel,) = self.world.gateway.hub.teams[7].channels.values()
        async with asyncio.timeout(30):
            while not channel.behind:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def slow_reader(world: GatewayWorld, token: str, source: EventSource | None = None):
    wire = Proxy(world.port, buffer=2048)
    await wire.start()
    reader = await HttpReader.get(wire.port, token=token, source=source)
    try:
        await reader.got(1, "sync")
        yield Slow(world, wire, reader)
    finally:
        await reader.close()
        await wire.stop()


async def test_a_slow_reader_gets_from_the_log_what_memory_dropped(database, token) -> None:
    settings = {"SSE_QUEUE_SIZE": "10", "SSE_REFILL_LIMIT": "100000"}
    async with gateway(database, **settings) as world, slow_reader(world, token) as slow:
        quick = await world.stream(token)
        slow.stop()
        told = await flood(database)
        await quick.got(len(told), "message")
        assert ids(quick) == told
        await slow.is_behind()
        reads = world.gateway.metrics.log_reads_total
        slow.go_on()
        await slow.reader.got(len(told), "message")
        assert ids(slow.reader) == told
        assert world.gateway.metrics.log_reads_total > reads
        assert not slow.reader.source.frames("lagged", "reset")


async def test_who_is_far_behind_is_told_with_a_snapshot_and_goes_on_live(database, token) -> None:
    settings = {"SSE_QUEUE_SIZE": "10", "SSE_REFILL_LIMIT": "50"}
    async with gateway(database, **settings) as world, slow_reader(world, token) as slow:
        quick = await world.stream(token)
        slow.stop()
        told = await flood(database)
        await quick.got(len(told), "message")
        await slow.is_behind()
        slow.go_on()
        await slow.reader.got(1, "lagged")
        told += await tell(database, 3)
        await slow.reader.until(lambda: ids(slow.reader)[-1] == told[-1])
        assert_gaps_are_told(slow.reader.source, told)
        await quick.got(len(told), "message")
        assert ids(quick) == told


def assert_gaps_are_told(source: EventSource, told: list[str]) -> None:
    """What was left out is what the `lagged` frames say, and the rest came once and in order."""
    heard = ids(source)
    bridged: set[str] = set()
    frames = source.frames("lagged")
    assert frames
    for frame in frames:
        bridged |= set(told[told.index(frame.json["from"]) + 1 : told.index(frame.json["to"]) + 1])
        assert frame.json["snapshot"]["last_event_id"] == frame.json["to"]
        assert frame.last_event_id == frame.json["from"], "a control frame carries no id"
    assert heard == [event_id for event_id in told if event_id not in bridged]


async def test_a_stalled_reader_is_cut_and_loses_nothing(database, token) -> None:
    settings = {
        "SSE_SEND_TIMEOUT_SECONDS": "1",
        "SSE_QUEUE_SIZE": "10",
        "SSE_REFILL_LIMIT": "100000",
    }
    source = EventSource()
    async with (
        gateway(database, **settings) as world,
        slow_reader(world, token, source) as stalled,
    ):
        quick = await world.stream(token)
        stalled.stop()
        told = await flood(database)
        await quick.got(len(told), "message")
        assert ids(quick) == told
        async with asyncio.timeout(30):
            while world.gateway.metrics.subscribers_active > 1:
                await asyncio.sleep(0.01)
        assert not quick.closed
        stalled.go_on()
        await stalled.reader.end()
        assert not stalled.reader.complete
        assert len(ids(source)) < len(told)
        again = await world.stream(token, source=source)
        await again.got(len(told), "message")
        assert ids(source) == told


async def test_history_trimmed_under_a_slow_reader_is_told(database, token) -> None:
    settings = {"SSE_QUEUE_SIZE": "10", "SSE_REFILL_LIMIT": "100000"}
    async with gateway(database, **settings) as world, slow_reader(world, token) as slow:
        quick = await world.stream(token)
        slow.stop()
        told = await flood(database)
        await quick.got(len(told), "message")
        await slow.is_behind()
        await trim_all(database)
        slow.go_on()
        # Else the snapshot may be one with these events, and stand for them too.
        await slow.reader.got(1, "lagged")
        told += await tell(database, 3)
        await slow.reader.until(lambda: ids(slow.reader)[-1:] == told[-1:])
        assert len(slow.reader.source.frames("lagged")) == 1
        assert_gaps_are_told(slow.reader.source, told)


async def test_history_trimmed_before_a_reconnect_is_told(database, token) -> None:
    source = EventSource()
    # What the gateway remembers of a team needs no log.
    async with gateway(database, SSE_IDLE_TEAM_SECONDS="0") as world:
        reader = await world.stream(token, source=source)
        told = await tell(database, 2)
        await reader.got(2, "message")
        await reader.close()
        await tell(database, 5)
        await trim_all(database, keep=2)
        again = await world.stream(token, source=source)
        await again.got(1, "reset")
        (reset,) = source.frames("reset")
        assert reset.json["reason"] == "trimmed"
        assert reset.json["snapshot"]["last_event_id"] == "epoch7.7"
        assert json.loads(source.frames("sync")[-1].data)["status"] == "reset"
        later = await tell(database, 2)
        await again.got(4, "message")
        assert ids(source) == [*told, *later]


async def trim_all(database, keep: int = 1) -> None:
    """Trim as the background task does, but what waits for the relay too: no relay runs here."""
    async with transaction(database) as conn:
        await conn.execute(outbox.delete())
    gone = 1
    while gone:
        async with transaction(database) as conn:
            gone = await trim(conn, 7, older_than=0, keep=keep)
    async with transaction(database) as conn:
        row = (await conn.execute(select(teams).where(teams.c.id == 7))).one()
        assert row.trimmed_position == row.last_position - keep


async def test_streams_that_began_together_do_not_end_together(database, token) -> None:
    async with gateway(database, SSE_MAX_AGE_SECONDS="100") as world:
        hub = world.gateway.hub
        now = hub.clock()
        hub.clock = lambda: now
        readers = [await world.stream(token) for _ in range(20)]
        (channel,) = hub.teams[7].channels.values()
        deadlines = sorted(client.deadline - now for client in {*channel.active, *channel.behind})
        assert len(set(deadlines)) == 20
        assert 90 <= deadlines[0] <= deadlines[-1] <= 100
        # Its own timer turns the wheel; all that has to happen is that this time comes.
        hub.clock = lambda: now + 101
        for reader in readers:
            await reader.end()
            assert reader.complete
            assert reader.source.frames("drain")[0].json == {"reason": "max_age"}
        assert len({reader.source.retry for reader in readers}) > 5
