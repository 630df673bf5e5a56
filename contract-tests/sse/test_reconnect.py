"""When a browser comes back: how long it waits, what it says it has, and what it is told then."""

import json

import pytest

from sse.event_stream import EVENTS
from sse.job import finished_job, messages


@pytest.mark.parametrize("by", ["header", "query"])
async def test_resumes_after_each_position(order, open_stream, by):
    accepted, events = await finished_job(order, open_stream)
    sent = messages(events)
    for seen in range(len(sent) - 1):
        cursor = sent[seen].id
        arguments = (
            {"headers": {"Last-Event-ID": cursor}} if by == "header" else {"last_event_id": cursor}
        )
        async with open_stream(job_id=accepted["job_id"], **arguments) as stream:
            again = await stream.events_until("end")
        sync = json.loads(again[0].data)
        assert sync["status"] == "resumed"
        assert sync["from"] == cursor
        assert [event.id for event in messages(again)] == [event.id for event in sent[seen + 1 :]]


async def test_the_header_wins_over_the_query_that_a_browser_repeats(order, open_stream):
    accepted, events = await finished_job(order, open_stream)
    sent = messages(events)
    async with open_stream(
        headers={"Last-Event-ID": sent[1].id},
        job_id=accepted["job_id"],
        last_event_id=accepted["last_event_id"],
    ) as stream:
        again = await stream.events_until("end")
    assert [event.id for event in messages(again)] == [event.id for event in sent[2:]]


async def test_204_stops_a_browser_that_has_everything(client, order, open_stream):
    accepted, events = await finished_job(order, open_stream)
    last = messages(events)[-1].id
    response = await client.get(
        EVENTS, params={"job_id": accepted["job_id"]}, headers={"Last-Event-ID": last}
    )
    assert response.status_code == 204
    assert response.content == b""


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        ("otherepoch.3", "unknown_epoch"),
        ("{epoch}.999999999", "future"),
        ("nonsense", "malformed"),
        ("a b(c)", "malformed"),
        ("{epoch}.-1", "malformed"),
        ("{epoch}.99999999999999999999999", "malformed"),
    ],
)
async def test_a_useless_position_gets_a_reset_with_a_snapshot(order, open_stream, cursor, reason):
    accepted, _ = await finished_job(order, open_stream)
    epoch = accepted["last_event_id"].rpartition(".")[0]
    async with open_stream(headers={"Last-Event-ID": cursor.format(epoch=epoch)}) as stream:
        sync, reset = await stream.next_event(), await stream.next_event()
        assert json.loads(sync.data)["status"] == "reset"
        assert reset.event == "reset"
        assert reset.id is None
        body = json.loads(reset.data)
        assert body["reason"] == reason
        snapshot = body["snapshot"]
        assert {job["id"]: job["status"] for job in snapshot["jobs"]}[
            accepted["job_id"]
        ] == "completed"
        # The snapshot's position is one to go on from: what happens next follows, nothing twice.
        following = await order()
        event = await stream.next_event()
        told = json.loads(event.data)
        assert told["job_id"] == following["job_id"]
        assert told["status"] == "queued"
        position = int(snapshot["last_event_id"].rpartition(".")[2])
        assert int(event.id.rpartition(".")[2]) == position + 1


async def test_a_page_and_a_stream_join_without_a_hole(client, order, open_stream):
    before = (await client.get("/api/v1/jobs")).json()
    accepted = await order()
    async with open_stream(last_event_id=before["last_event_id"]) as stream:
        assert json.loads((await stream.next_event()).data)["status"] == "resumed"
        first = await stream.next_event()
        assert json.loads(first.data)["job_id"] == accepted["job_id"]
        assert json.loads(first.data)["status"] == "queued"


async def test_the_first_frame_tells_how_long_to_wait_before_a_reconnect(open_stream):
    async with open_stream() as stream:
        first = await stream.next_event()
    assert first.retry is not None
    assert 0 < first.retry <= 60_000


async def test_waits_of_several_clients_differ_so_that_they_do_not_come_back_at_once(open_stream):
    waits = set()
    for _ in range(8):
        async with open_stream() as stream:
            waits.add((await stream.next_event()).retry)
    assert len(waits) > 1
