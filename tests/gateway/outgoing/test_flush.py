"""When pending entries are written: the first of an idle channel at once, a burst's rest joined."""

import asyncio

from structlog.testing import capture_logs

from gateway.outgoing.flush import TURN, Flush
from testing.virtual_time import virtual


class Clock:
    second = 12


class Batch:
    team_id = 7

    def __init__(self) -> None:
        self.pending: list[int] = []
        self.writes: list[list[int]] = []
        self.batching, self.wrote_at = False, -1.0
        self.written: int | None = None
        self.broken = False

    def push(self, flush: Flush, *entries: int) -> None:
        for entry in entries:
            first = not self.pending
            self.pending.append(entry)
            if first:
                flush.schedule(self)

    def flush(self) -> None:
        pending, self.pending = self.pending, []
        if self.broken:
            raise OSError("broken")
        if pending:
            self.writes.append(pending)


@virtual
async def test_a_lone_event_is_written_within_the_call() -> None:
    flush, batch = Flush(Clock()), Batch()
    batch.push(flush, 1)
    assert batch.writes == [[1]]
    assert batch.written == 12
    await asyncio.sleep(2 * TURN)
    batch.push(flush, 2)
    assert batch.writes == [[1], [2]]


@virtual
async def test_what_follows_in_the_same_turn_is_joined() -> None:
    flush, batch = Flush(Clock()), Batch()
    batch.push(flush, 1, 2, 3)
    assert batch.writes == [[1]]
    await asyncio.sleep(0)
    assert batch.writes == [[1], [2, 3]]
    assert batch.batching


@virtual
async def test_a_batching_channel_waits_for_the_turn_s_end_until_it_is_idle_again() -> None:
    flush, batch = Flush(Clock()), Batch()
    batch.push(flush, 1, 2, 3)
    await asyncio.sleep(2 * TURN)
    batch.push(flush, 4)
    assert batch.writes[-1] == [2, 3], "it may be a burst again"
    await asyncio.sleep(2 * TURN)
    assert batch.writes[-1] == [4]
    batch.push(flush, 5)
    assert batch.writes[-1] == [5], "the last turn had one event only"


@virtual
async def test_one_channel_s_error_keeps_nobody_else_s_events() -> None:
    flush, broken, sound = Flush(Clock()), Batch(), Batch()
    for batch in (broken, sound):
        batch.push(flush, 1)
    broken.broken = True
    with capture_logs() as logs:
        broken.push(flush, 2)
        sound.push(flush, 2)
        await asyncio.sleep(0)
    assert sound.writes == [[1], [2]]
    assert [(line["event"], line["team_id"]) for line in logs] == [("gateway_flush_failed", 7)]
    broken.broken = False
    await asyncio.sleep(2 * TURN)
    broken.push(flush, 3)
    assert broken.writes[-1] == [3]
