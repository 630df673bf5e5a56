"""How streams begin: fresh, resumed, reset; what is refused and how."""

import asyncio
import itertools

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from backbone.errors import DatabaseUnavailable, NotFound, Overloaded
from gateway.limits import Limits
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


def ids(source: EventSource) -> list[str]:
    return [d.last_event_id for d in source.frames("message")]


@virtual
async def test_a_fresh_stream_begins_at_the_logs_end() -> None:
    world = World()
    world.log.append(7)
    source = EventSource()
    await world.listen(source)
    assert source.dispatched[0].event == "sync"
    assert source.dispatched[0].json == {"status": "fresh", "to": "e1.1"}
    assert source.retry
    world.tell()
    await turns()
    assert ids(source) == ["e1.2"]


@virtual
async def test_a_reconnect_is_told_what_it_missed_then_live() -> None:
    world = World(page=3, join=2)
    source = EventSource()
    sink = await world.listen(source)
    world.tell()
    await turns()
    sink.lose()
    for _ in range(10):
        world.tell()
    sink = await world.listen(source)
    world.tell()
    await turns()
    assert source.frames("sync")[1].json == {"status": "resumed", "from": "e1.1", "to": "e1.11"}
    assert ids(source) == [f"e1.{n}" for n in range(1, 13)]


@virtual
async def test_events_that_come_while_the_log_is_read_are_neither_lost_nor_doubled() -> None:
    for when, stall in itertools.product(range(40), (False, True)):
        world = World(page=2, join=2, queue_size=3)
        source = EventSource()
        await world.listen()  # the team is known
        for _ in range(5):
            world.tell()
        source.last_event_id = "e1.2"
        connecting = asyncio.create_task(world.respond(source))
        for turn in range(40):
            if turn == when:
                for _ in range(4):
                    world.tell()
            await asyncio.sleep(0)
        _, sink, _ = await connecting
        if stall:
            sink.stall(0)
            world.tell()
            await turns(3)
            world.tell()
            sink.go_on()
        await turns()
        assert ids(source) == [f"e1.{n}" for n in range(3, 10 + 2 * stall)], (when, stall)


@virtual
async def test_the_query_serves_the_first_connect() -> None:
    world = World()
    for _ in range(3):
        world.log.append(7)
    source = EventSource()
    await world.listen(source, query="e1.1")
    assert source.dispatched[0].json["status"] == "resumed"
    assert ids(source) == ["e1.2", "e1.3"]


@virtual
async def test_a_client_ahead_of_the_gateway_waits_for_it() -> None:
    world = World()
    other = EventSource()
    await world.listen(other)  # the gateway stands at 0
    for _ in range(3):
        world.log.append(7)  # nothing was pushed yet
    source = EventSource()
    source.last_event_id = "e1.2"
    await world.listen(source)
    assert ids(source) == ["e1.3"]
    assert ids(other) == ["e1.1", "e1.2", "e1.3"]
    for written in world.log.team(7).events:
        world.push(written)
    await turns()
    assert ids(source) == ["e1.3"]


@virtual
@pytest.mark.parametrize(
    ("last_event_id", "reason"),
    [
        ("e0.3", "unknown_epoch"),
        ("e1.1", "trimmed"),
        ("e1.9", "future"),
        ("nonsense", "malformed"),
        ("e1.-1", "malformed"),
        ("e1.03", "malformed"),
        ("e1.3\n", "malformed"),
        ("é.3", "malformed"),
    ],
)
async def test_a_useless_position_is_told_and_bridged(last_event_id: str, reason: str) -> None:
    world = World()
    for _ in range(5):
        world.log.append(7)
    world.log.trim(7, 2)
    source = EventSource()
    source.last_event_id = last_event_id
    await world.listen(source)
    sync, reset = source.dispatched
    assert sync.json["status"] == "reset"
    assert sync.json.get("from") == (None if reason == "malformed" else last_event_id)
    assert (reset.event, reset.json["reason"]) == ("reset", reason)
    assert reset.json["snapshot"]["last_event_id"] == "e1.5"
    world.tell()
    await turns()
    assert ids(source) == ["e1.6"]


@virtual
async def test_a_position_at_the_trimmed_edge_is_resumed() -> None:
    world = World()
    for _ in range(5):
        world.log.append(7)
    world.log.trim(7, 2)
    source = EventSource()
    source.last_event_id = "e1.2"
    await world.listen(source)
    assert ids(source) == ["e1.3", "e1.4", "e1.5"]


@virtual
async def test_a_job_that_is_over_is_told_once_more_then_204() -> None:
    world = World()
    world.tell(job_id=1)
    world.tell(job_id=1, status="failed")
    world.tell(job_id=2)
    source = EventSource()
    sink = await world.listen(source, job_id=1)
    assert [d.event for d in source.dispatched] == ["sync", "message", "end"]
    assert source.last_event_id == "e1.2"
    assert sink.finished
    status, _, body = await world.respond(source, job_id=1)
    assert (status, body) == (204, b"")
    assert world.metrics.subscribers_active == 0
    assert world.idle


@virtual
async def test_a_jobs_reader_that_missed_the_end_gets_it() -> None:
    world = World()
    world.tell(job_id=1)
    source = EventSource()
    source.last_event_id = "e1.1"
    for _ in range(3):
        world.tell(job_id=2)
    world.tell(job_id=1, status="cancelled")
    await world.listen(source, job_id=1)
    assert [d.event for d in source.dispatched] == ["sync", "message", "end"]
    status, *_ = await world.respond(source, job_id=1)
    assert status == 204


@virtual
async def test_a_job_whose_end_was_trimmed_ends_with_a_cursor_so_that_it_ends_for_good() -> None:
    world = World()
    world.tell(job_id=1, status="completed")
    world.tell(job_id=2)
    world.log.trim(7, 1)
    source = EventSource()
    sink = await world.listen(source, job_id=1)
    assert [d.event for d in source.dispatched] == ["sync", "reset", "end"]
    assert sink.finished
    status, *_ = await world.respond(source, job_id=1)
    assert status == 204


@virtual
async def test_an_unknown_job_is_not_found() -> None:
    world = World()
    with pytest.raises(NotFound):
        await world.respond(EventSource(), job_id=1000)
    assert world.idle


@virtual
async def test_a_log_that_is_down_refuses_first_connects_and_puts_reconnects_off() -> None:
    world = World()
    world.log.down = True
    with pytest.raises(DatabaseUnavailable) as raised:
        await world.respond(EventSource())
    assert raised.value.retry_after
    back = EventSource()
    back.last_event_id = "e1.0"
    status, _, body = await world.respond(back)
    assert status == 200
    back.feed(body)
    assert back.dispatched[-1].json == {"reason": "overloaded"}
    assert back.retry
    assert world.idle


@virtual
async def test_an_open_stream_survives_a_log_that_is_down() -> None:
    world = World(queue_size=2, page=3)
    source = EventSource()
    sink = await world.listen(source)
    sink.stall(capacity=0)
    for _ in range(10):
        world.tell()
        await turns(2)
    world.log.down = True
    sink.go_on()
    await turns()
    world.tell()
    await asyncio.sleep(30)
    assert len(ids(source)) == 1
    world.log.down = False
    await asyncio.sleep(5)
    assert ids(source) == [f"e1.{n}" for n in range(1, 12)]


@virtual
@pytest.mark.parametrize(
    "limit", [{"streams": 3}, {"streams_per_team": 3}, {"streams_per_user": 3}]
)
async def test_over_the_limit_first_connects_get_503_and_reconnects_a_delay(
    limit: dict[str, int],
) -> None:
    world = World(**limit)
    for _ in range(3):
        await world.listen()
    with pytest.raises(Overloaded) as raised:
        await world.respond(EventSource())
    assert raised.value.retry_after
    back = EventSource()
    back.last_event_id = "e1.0"
    status, _, body = await world.respond(back)
    back.feed(body)
    assert status == 200
    assert back.dispatched[-1].event == "drain"
    assert back.dispatched[-1].json == {"reason": "overloaded"}
    assert back.retry
    assert world.metrics.overloaded_total == 2


@virtual
async def test_a_draining_gateway_takes_no_new_streams() -> None:
    world = World()
    await world.hub.drain_all(1.0)
    back = EventSource()
    back.last_event_id = "e1.0"
    status, _, body = await world.respond(back)
    back.feed(body)
    assert (status, back.dispatched[-1].json) == (200, {"reason": "shutdown"})


@virtual
async def test_a_storm_of_reconnects_reads_the_log_a_few_times() -> None:
    world = World()
    for _ in range(20):
        world.log.append(7)
    sources = [EventSource() for _ in range(200)]
    for source in sources:
        source.last_event_id = "e1.5"
    await asyncio.gather(*(world.respond(source) for source in sources))
    await turns()
    assert all(ids(source) == [f"e1.{n}" for n in range(6, 21)] for source in sources)
    assert len(world.log.reads) < 40


@virtual
async def test_limits_bound_the_readings_at_a_time() -> None:
    world = World(log_readers=2)
    running = highest = 0
    snapshot = world.log.snapshot

    async def counted(team_id: int):
        nonlocal running, highest
        running += 1
        highest = max(highest, running)
        try:
            return await snapshot(team_id)
        finally:
            running -= 1

    world.log.snapshot = counted
    sources = [EventSource() for _ in range(30)]
    for source in sources:
        source.last_event_id = "nonsense"
    await asyncio.gather(*(world.respond(s, team_id=t) for t, s in enumerate(sources)))
    await turns(500)
    assert all(source.frames("reset") for source in sources)
    assert highest == 2
    assert Limits().log_readers == 8


@virtual
async def test_an_opening_is_a_span_as_short_as_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("gateway.http.stream.tracer", provider.get_tracer("test"))
    world = World()
    await world.listen()
    with pytest.raises(NotFound):
        await world.respond(EventSource(), job_id=404)
    opened, refused = exporter.get_finished_spans()
    assert {opened.name, refused.name} == {"sse.stream.open"}
    assert dict(opened.attributes or {}) == {"team_id": 7, "job_id": 0, "status": "fresh"}
    assert dict(refused.attributes or {}) == {"team_id": 7, "job_id": 404}
