"""The hub: who gets what, in which order, and what it costs the others."""

import asyncio
import time

import pytest

from backbone.authorization import Cause, Grant
from backbone.errors import NotAuthenticated
from gateway.outgoing.entry import SESSION_REVOKED, TEAM_STATUS_CHANGED, Entry
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


def ids(source: EventSource) -> list[str]:
    return [d.last_event_id for d in source.frames("message")]


@virtual
async def test_an_event_reaches_its_team_and_job_and_nobody_else() -> None:
    world = World()
    team, other_team = EventSource(), EventSource()
    job, other_job = EventSource(), EventSource()
    await world.listen(team)
    await world.listen(job, job_id=1)
    await world.listen(other_job, job_id=2)
    await world.listen(other_team, team_id=8)
    world.tell(job_id=1)
    world.tell(job_id=2)
    await turns()
    assert ids(team) == ["e1.1", "e1.2"]
    assert ids(job) == ["e1.1"]
    assert ids(other_job) == ["e1.2"]
    assert ids(other_team) == []


@virtual
async def test_auth_events_reach_the_user_only_and_team_changes_everybody() -> None:
    world = World()
    ada, bob, ada_job = EventSource(), EventSource(), EventSource()
    await world.listen(ada, user_id=3)
    await world.listen(bob, user_id=4)
    await world.listen(ada_job, user_id=3, job_id=9)
    world.tell(job_id=1)
    world.tell(kind="concurrent_login_requested", user_id=3, status=None)
    world.tell(kind=TEAM_STATUS_CHANGED, user_id=1, status="TRIALING")
    world.tell(job_id=1)
    await turns()
    assert ids(ada) == ["e1.1", "e1.2", "e1.3", "e1.4"]
    assert ids(bob) == ["e1.1", "e1.3", "e1.4"]
    assert ids(ada_job) == ["e1.2", "e1.3"]


@virtual
async def test_events_of_one_turn_leave_in_one_write_of_at_most_the_limit() -> None:
    world = World(join=4)
    sink = await world.listen()

    async def burst(count: int) -> list[int]:
        await asyncio.sleep(1)
        begun = len(sink.chunks)
        for _ in range(count):
            world.tell()
        await turns()
        return [chunk.count(b"event: message") for chunk in sink.chunks[begun:]]

    # A idle channel's event is not held back for those that may follow it.
    assert await burst(10) == [1, 4, 4, 1]
    # More may come where more came.
    assert await burst(10) == [4, 4, 2]
    assert await burst(1) == [1]
    assert await burst(2) == [1, 1]


@virtual
async def test_an_event_is_written_before_the_turn_ends_unless_one_was_just_before() -> None:
    world = World()
    sink = await world.listen()
    other = await world.listen(team_id=8)
    await asyncio.sleep(1)
    begun = len(sink.chunks), len(other.chunks)

    def written() -> tuple[int, int]:
        return len(sink.chunks) - begun[0], len(other.chunks) - begun[1]

    world.tell()
    assert written() == (1, 0)
    world.tell()
    world.tell(8)
    assert written() == (1, 1)
    await turns()
    assert written() == (2, 1)


@virtual
async def test_an_event_costs_its_receivers_not_the_connections() -> None:
    world = World()
    for team in range(100):
        await world.listen(team_id=team)
    before = world.metrics.writes_total
    world.tell(5)
    await turns()
    assert world.metrics.writes_total - before == 1


@virtual
async def test_a_known_event_is_dropped_and_a_hole_is_read_from_the_log() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    first = world.log.append(7)
    lost = world.log.append(7)
    third = world.log.append(7)
    world.push(first)
    world.push(first)
    world.push(third)
    world.push(third)
    await turns()
    assert ids(source) == ["e1.1", "e1.2", "e1.3"]
    world.push(lost)
    await turns()
    assert ids(source) == ["e1.1", "e1.2", "e1.3"]
    assert world.metrics.duplicates_total == 2
    assert world.metrics.refetched_total >= 1


@virtual
async def test_events_that_overtake_each_other_arrive_in_order() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    world.log.down = True  # only what is pushed can be told
    written = [world.log.append(7) for _ in range(5)]
    for index in (4, 2, 0, 3, 1):
        world.push(written[index])
    await turns()
    assert ids(source) == [f"e1.{n}" for n in range(1, 6)]


@virtual
async def test_events_without_position_are_told_live_and_have_no_id() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    world.tell()
    world.offer(7, Entry("job_status", b'{"x":\n1}', None))
    await turns()
    last = source.frames("message")[-1]
    assert last.json == {"x": 1}
    assert last.last_event_id == "e1.1"  # the cursor stays
    assert world.hub.teams[7].position == 1


@virtual
async def test_a_full_sink_falls_behind_alone_and_is_refilled_from_memory() -> None:
    world = World()
    slow, quick = EventSource(), EventSource()
    sink = await world.listen(slow)
    await world.listen(quick)
    sink.stall(capacity=0)
    for _ in range(50):
        world.tell()
        await turns(2)
    assert len(ids(quick)) == 50
    assert sink.full
    assert len(sink.waiting) < 1000  # bounded: what came after the first is not in memory
    reads = len(world.log.reads)
    sink.go_on()
    await turns()
    assert ids(slow) == [f"e1.{n}" for n in range(1, 51)]
    assert len(world.log.reads) == reads
    world.tell()
    await turns()
    assert ids(slow)[-1] == "e1.51"


@virtual
async def test_memory_drops_its_oldest_and_the_log_fills_in() -> None:
    world = World(queue_size=10, page=16)
    slow = EventSource()
    sink = await world.listen(slow)
    sink.stall(capacity=0)
    for _ in range(200):
        world.tell()
        await turns(2)
    assert world.metrics.dropped_total >= 180
    sink.go_on()
    await turns(200)
    assert ids(slow) == [f"e1.{n}" for n in range(1, 201)]
    assert slow.frames("lagged") == []


@virtual
async def test_far_behind_means_lagged_with_a_snapshot_then_live() -> None:
    world = World(queue_size=10, refill=100)
    slow = EventSource()
    sink = await world.listen(slow)
    sink.stall(capacity=0)
    for _ in range(200):
        world.tell()
        await turns(2)
    told = len(ids(slow))
    sink.go_on()
    await turns()
    (lagged,) = slow.frames("lagged")
    assert lagged.json["to"] == "e1.200" == lagged.json["snapshot"]["last_event_id"]
    assert lagged.json["from"] == ids(slow)[-1] == "e1.1"
    assert lagged.last_event_id == "e1.1"  # no id of its own
    assert told == 0
    world.tell()
    await turns()
    assert ids(slow) == ["e1.1", "e1.201"]


@virtual
async def test_trimmed_under_a_reader_that_is_behind_means_lagged() -> None:
    world = World(queue_size=2)
    slow = EventSource()
    sink = await world.listen(slow)
    sink.stall(capacity=0)
    for _ in range(20):
        world.tell()
        await turns(2)
    world.log.trim(7, 15)
    sink.go_on()
    await turns()
    (lagged,) = slow.frames("lagged")
    assert lagged.json["to"] == "e1.20"


@virtual
async def test_a_hole_that_was_trimmed_means_lagged_for_all() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    for _ in range(5):
        world.log.append(7)
    world.log.trim(7, 4)
    world.push(world.log.team(7).events[-1])
    await turns()
    (lagged,) = source.frames("lagged")
    assert (lagged.json["from"], lagged.json["to"]) == ("e1.0", "e1.5")
    world.tell()
    await turns()
    assert ids(source) == ["e1.6"]


@virtual
async def test_a_stalled_stream_is_cut_after_the_time_out() -> None:
    world = World(send_timeout=10)
    sink = await world.listen()
    sink.stall(capacity=0)
    world.tell()
    await turns()
    for _ in range(9):
        await asyncio.sleep(1)
        world.hub.tick()
    assert not sink.aborted
    await asyncio.sleep(1)
    world.hub.tick()
    assert sink.aborted
    assert world.metrics.stalled_total == 1
    assert world.idle


@virtual
async def test_a_restored_log_resets_every_stream() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    for _ in range(3):
        world.tell()
    await turns()
    world.log.restore(7, 1, "e2")
    world.tell()
    await turns()
    (reset,) = source.frames("reset")
    assert reset.json["reason"] == "unknown_epoch"
    assert reset.json["snapshot"]["last_event_id"] == "e2.2"
    world.tell()
    await turns()
    assert ids(source) == ["e1.1", "e1.2", "e1.3", "e2.3"]


@virtual
async def test_what_was_remembered_of_a_former_epoch_is_not_told_after_the_reset() -> None:
    world = World()
    source = EventSource()
    sink = await world.listen(source)
    sink.stall(capacity=0)
    for _ in range(5):
        world.tell()
        await turns(2)
    world.log.restore(7, 1, "e2")
    await world.hub.catch_up.start(world.hub.teams[7])
    sink.go_on()
    await turns()
    world.tell()
    await turns()
    assert [d.event for d in source.dispatched] == ["sync", "message", "reset", "message"]
    assert ids(source) == ["e1.1", "e2.2"]


@virtual
async def test_a_channel_that_fails_does_not_hold_the_others_up() -> None:
    world = World()
    good = await world.listen()
    await world.listen(team_id=8)
    (channel,) = world.hub.teams[8].channels.values()
    channel.pending.append(None)  # type: ignore[arg-type] # whatever breaks a flush
    world.tell(8)
    world.tell(7)
    await turns()
    assert ids(good.source) == ["e1.1"]


@virtual
async def test_a_stray_event_of_a_former_epoch_changes_nothing() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    old = world.log.append(7)
    world.log.restore(7, 0, "e2")
    await world.hub.catch_up.start(world.hub.teams[7])
    await turns()
    world.push(old)
    await turns()
    assert ids(source) == []
    world.tell()
    await turns()
    assert ids(source) == ["e2.1"]


@virtual
async def test_the_stream_of_a_job_ends_with_its_terminal_event() -> None:
    world = World()
    job, team = EventSource(), EventSource()
    sink = await world.listen(job, job_id=1)
    await world.listen(team)
    world.tell(job_id=1)
    world.tell(job_id=1, status="completed")
    world.tell(job_id=2)
    await turns()
    assert sink.finished
    assert [d.event for d in job.dispatched] == ["sync", "message", "message", "end"]
    assert job.dispatched[-1].json == {"job_id": 1, "status": "completed"}
    assert job.last_event_id == "e1.2"
    assert ids(team) == ["e1.1", "e1.2", "e1.3"]


@virtual
async def test_the_stream_of_a_job_that_is_over_ends_though_the_user_was_told_more() -> None:
    world = World()
    await world.listen()  # the team is known
    world.tell(job_id=1)
    world.tell(job_id=1, status="completed")
    world.tell(kind="concurrent_login_requested", user_id=3, status=None)
    source = EventSource()
    sink = await world.listen(source, job_id=1, query="e1.0")
    await turns()
    assert sink.finished
    assert [d.event for d in source.dispatched] == ["sync", "message", "message", "end"]
    assert source.last_event_id == "e1.2"


@virtual
async def test_a_suspended_team_hears_why_and_loses_its_streams() -> None:
    world = World()
    sinks = [await world.listen(job_id=job) for job in (None, 1)]
    other = await world.listen(team_id=8)
    world.tell(kind=TEAM_STATUS_CHANGED, user_id=1, status="SUSPENDED")
    # What an event says is asked of the database: `AccessWatch`.
    assert world.accesses == 1
    assert not any(sink.finished for sink in sinks)
    world.hub.withdraw(Grant("s", 7), Cause.TEAM_INACTIVE)
    for sink in sinks:
        assert sink.finished
        last = sink.source.dispatched[-2:]
        assert [d.event for d in last] == ["message", "drain"]
        assert last[1].json == {"reason": "access_withdrawn", "cause": "team_inactive"}
    assert not other.finished


@virtual
async def test_a_revoked_session_loses_its_streams_and_others_stay() -> None:
    world = World()
    mine = await world.listen(session="gone")
    same_user = await world.listen(session="kept")
    world.tell(kind=SESSION_REVOKED, user_id=3, status=None)
    assert world.accesses == 1
    world.hub.withdraw(Grant("gone", 7), Cause.SESSION_REVOKED)
    assert mine.finished
    assert mine.source.dispatched[-1].json == {
        "reason": "access_withdrawn",
        "cause": "session_revoked",
    }
    assert len(world.hub.grants) == 1
    assert Grant("kept", 7) in world.hub.grants
    assert not same_user.finished
    assert ids(mine.source) == ["e1.1"]


@virtual
async def test_streams_end_with_their_session_while_nobody_can_be_asked() -> None:
    world = World()
    over, kept = await world.listen(session_seconds=50), await world.listen(session_seconds=500)
    world.hub.expire(time.time() + 100)
    assert (over.finished, kept.finished) == (True, False)
    assert over.source.dispatched[-1].json["cause"] == "session_expired"


@virtual
async def test_access_withdrawn_while_the_log_is_read_opens_no_stream() -> None:
    world = World()
    world.tell(job_id=1)
    reading = asyncio.Event()
    job = world.log.job

    async def slow(*arguments):
        reading.set()
        await asyncio.sleep(5)
        return await job(*arguments)

    world.log.job = slow
    opening = asyncio.create_task(world.respond(EventSource(), job_id=1, session="gone"))
    await reading.wait()
    world.hub.withdraw(Grant("gone", 7), Cause.MEMBERSHIP_REMOVED)
    with pytest.raises(NotAuthenticated):
        await opening
    assert not len(world.hub.grants)


@virtual
async def test_a_stream_ends_with_its_age() -> None:
    world = World(max_age=6)
    sink = await world.listen()
    for _ in range(5):
        assert not sink.finished
        await asyncio.sleep(1)
        world.hub.tick()
    assert sink.finished
    reason = sink.source.dispatched[-1].json["reason"]
    assert reason == "max_age"


@virtual
async def test_every_stream_gets_a_heartbeat_each_period() -> None:
    world = World(heartbeat=5)
    sinks = [await world.listen() for _ in range(7)]
    for _ in range(10):
        await asyncio.sleep(1)
        world.hub.tick()
    assert [sink.source.comments for sink in sinks] == [2] * 7


@virtual
async def test_who_gets_events_gets_no_heartbeat_until_a_period_after_the_last() -> None:
    world = World(heartbeat=5)
    busy = await world.listen()
    for second in range(20):
        if second <= 12:
            world.tell()
        await asyncio.sleep(1)
        world.hub.tick()
        assert busy.source.comments == (1 if second >= 16 else 0), second


@virtual
async def test_who_is_behind_is_not_spared_a_heartbeat_by_events_it_did_not_get() -> None:
    world = World(heartbeat=5)
    stuck, other = await world.listen(), await world.listen()
    await turns()
    (channel,) = world.hub.teams[7].channels.values()
    channel.demote(stuck.listener)
    for _ in range(10):
        world.tell()
        await asyncio.sleep(1)
        world.hub.tick()
    assert stuck.source.comments == 2
    assert other.source.comments == 0


@virtual
async def test_a_drain_tells_everyone_a_delay_of_its_own_and_waits_for_them() -> None:
    world = World(shutdown_retry_milliseconds=8000)
    sinks = [await world.listen() for _ in range(20)]
    stuck = await world.listen()
    stuck.stall(capacity=0)
    world.tell()
    await turns()
    drained = asyncio.create_task(world.hub.drain_all(5.0))
    await turns()
    assert all(sink.finished for sink in sinks)
    assert {sink.source.dispatched[-1].event for sink in sinks} == {"drain"}
    assert all(sink.source.last_event_id == "e1.1" for sink in sinks)
    assert len({sink.source.retry for sink in sinks}) > 5
    assert all(4000 <= (sink.source.retry or 0) <= 12_000 for sink in sinks)
    for sink in sinks:
        sink.lose()
    begun = asyncio.get_running_loop().time()
    await drained
    assert asyncio.get_running_loop().time() - begun == pytest.approx(5.0, abs=0.1)
    assert stuck.aborted


@virtual
async def test_what_is_over_is_forgotten() -> None:
    world = World()
    for number in range(50):
        sink = await world.listen(user_id=number, job_id=number % 3 or None)
        sink.lose()
    assert world.idle
    assert world.metrics.subscribers_active == 0
    due = world.hub._wheel.turn(1e9, lambda _: None)
    assert due.beats == []
    assert due.ends == []


@virtual
async def test_a_connection_that_raises_costs_the_others_nothing() -> None:
    world = World()
    broken = await world.listen()
    good = await world.listen()

    def refuse(chunk: bytes) -> None:
        raise RuntimeError("closed")

    broken.write = refuse  # type: ignore[method-assign]
    world.tell()
    await turns()
    assert ids(good.source) == ["e1.1"]
    assert world.metrics.write_errors_total == 1
