"""Reading the log for many: who asks the same shares a reading, unless it has begun."""

import asyncio

import pytest

from gateway.history.log import LogUnavailable
from gateway.history.replay import Replay
from gateway.metrics import Metrics
from tests.gateway.memory_log import MemoryLog
from tests.gateway.world import turns, virtual


@virtual
async def test_a_reading_that_has_begun_is_not_joined() -> None:
    log = MemoryLog(turns=10)
    replay = Replay(log, Metrics())
    log.append(7)
    early = asyncio.create_task(replay.head(7))
    await turns(15)  # it has read; its answer is on its way
    assert log.reads == ["heads"]
    log.append(7)
    late = asyncio.create_task(replay.head(7))
    assert (await early).last == 1
    assert (await late).last == 2


@virtual
async def test_a_reading_that_waits_for_its_turn_is_shared() -> None:
    log = MemoryLog(turns=10)
    replay = Replay(log, Metrics(), readers=1)
    log.append(7)
    first = asyncio.create_task(replay.head(8))
    await turns(1)
    asked = [asyncio.create_task(replay.head(7)) for _ in range(20)]
    assert {(await each).last for each in asked} == {1}
    await first
    assert log.reads == ["heads", "heads"]


@virtual
async def test_many_teams_are_read_at_once_and_each_from_where_most_is_wanted() -> None:
    log = MemoryLog(turns=10)
    replay = Replay(log, Metrics(), tail=4)
    for team_id in range(1, 41):
        for _ in range(6):
            log.append(team_id)
    wanted = [(team_id, after) for team_id in range(1, 41) for after in (None, 5, 3)]
    ends = await asyncio.gather(*(replay.end(*each) for each in wanted))
    assert log.reads == ["ends"]
    for (_, after), end in zip(wanted, ends, strict=True):
        assert end.head.last == 6
        assert [entry.position for entry in end.entries] == [4, 5, 6], after
    assert [e.position for e in (await replay.end(1, 0)).entries] == [3, 4, 5, 6], "the last four"
    assert (await replay.end(1, None)).entries == ()


@virtual
async def test_who_leaves_takes_nobodys_reading_along() -> None:
    replay = Replay(MemoryLog(turns=10), Metrics(), readers=1)
    leaving, staying = (asyncio.create_task(replay.head(7)) for _ in range(2))
    await turns(1)
    leaving.cancel()
    assert (await staying).last == 0


@virtual
async def test_failures_are_counted_and_told_to_all_who_asked() -> None:
    log, metrics = MemoryLog(), Metrics()
    log.down = True
    replay = Replay(log, metrics)
    for answer in await asyncio.gather(*(replay.head(7) for _ in range(3)), return_exceptions=True):
        assert isinstance(answer, LogUnavailable)
    assert metrics.log_failures_total == metrics.log_reads_total == 1
    with pytest.raises(LogUnavailable):
        await replay.heads([7])
