"""The obligations of an EventSource server, as a browser depends on them.

They run against any origin: ``pytest contract-tests/sse --base-url https://… --email … --password …`` (the provider behind it should be the
simulator, because the tests order environments); without ``--base-url`` against an embedded stack.
"""

import asyncio
import json
import re

import aio_pika
import pytest

from sse.event_stream import EVENTS, StreamParser
from sse.job import finished_job, messages

CORS_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


async def test_answers_as_an_event_stream_must(open_stream):
    async with open_stream() as stream:
        headers = stream.response.headers
        assert headers["content-type"].split(";")[0] == "text/event-stream"
        assert "no-cache" in headers["cache-control"] or "no-store" in headers["cache-control"]
        assert "content-length" not in headers
        assert headers.get("content-encoding", "identity") == "identity"


async def test_the_first_frame_is_sync_and_carries_no_id(open_stream):
    async with open_stream() as stream:
        first = await stream.next_event()
    assert first.event == "sync"
    assert first.id is None
    assert json.loads(first.data)["status"] == "fresh"


async def test_tells_the_whole_job_once_in_order_and_ends(order, open_stream):
    accepted, events = await finished_job(order, open_stream)
    told = [json.loads(event.data) for event in messages(events)]
    assert [body["status"] for body in told] == ["queued", "started", "polling", "completed"]
    assert {body["job_id"] for body in told} == {accepted["job_id"]}
    end = events[-1]
    assert end.id is None
    assert json.loads(end.data) == {"job_id": accepted["job_id"], "status": "completed"}


async def test_ids_are_safe_for_a_cross_origin_reconnect_and_grow(order, open_stream):
    _, events = await finished_job(order, open_stream)
    ids = [event.id for event in messages(events)]
    assert all(CORS_SAFE_ID.fullmatch(event_id) for event_id in ids)
    epochs = {event_id.rpartition(".")[0] for event_id in ids}
    positions = [int(event_id.rpartition(".")[2]) for event_id in ids]
    assert len(epochs) == 1
    assert positions == sorted(set(positions))


async def test_only_messages_carry_ids(order, open_stream):
    _, events = await finished_job(order, open_stream)
    assert all((event.id is not None) == (event.event == "message") for event in events)


async def test_every_event_is_whole_json_and_closed_by_a_blank_line(order, open_stream):
    """The reader joins several `data` lines by line feeds, as the standard says."""
    _, events = await finished_job(order, open_stream)
    for event in events:
        json.loads(event.data)


async def test_every_byte_belongs_to_a_whole_block(client, order):
    accepted = await order()
    parser = StreamParser()
    async with client.stream(
        "GET",
        EVENTS,
        params={"job_id": accepted["job_id"], "last_event_id": accepted["last_event_id"]},
    ) as response:
        async for portion in response.aiter_raw():
            parser.feed(portion)
    # The body ended properly: httpx raises on a cut chunked body, and nothing is left over.
    assert parser.rest == ""


async def test_two_listeners_of_a_job_hear_the_same(order, open_stream):
    accepted = await order()
    query = {"job_id": accepted["job_id"], "last_event_id": accepted["last_event_id"]}

    async def listen():
        async with open_stream(**query) as stream:
            return [
                (event.event, event.id, event.data)
                for event in await stream.events_until("end")
                if event.event != "sync"
            ]

    one, other = await asyncio.gather(listen(), listen())
    assert one == other


async def test_a_comment_keeps_a_silent_stream_alive(open_stream):
    """At least one each 60 s, before proxies give up; comments dispatch nothing."""
    async with open_stream() as stream, asyncio.timeout(60):
        async for block in stream:
            if block.comments and not block.is_event:
                assert block.id is None
                return
        raise AssertionError("the stream ended")


async def test_no_control_frame_has_a_name_that_browsers_use_themselves(order, open_stream):
    _, events = await finished_job(order, open_stream)
    assert not {event.event for event in events} & {"open", "error", ""}


async def test_another_programs_text_is_one_event_whatever_lines_it_has(
    client, origin, open_stream
):
    """UTF-8, line breaks of all sorts between tokens, and the separators that only JavaScript minds."""
    if origin.amqp_url is None:
        pytest.skip("--amqp-url does not say which broker is behind --base-url")
    team_id = (await client.get("/api/v1/auth/me")).json()["team"]["id"]
    body = {
        "type": "job_status",
        "job_id": 999_999,
        "team_id": team_id,
        "status": "polling",
        "message": "Grüße an 船\u2028\u2029\x85 🚢: data: id: 7",
        "env_name": "x",
        "occurred_at": 1,
    }
    text = json.dumps(body, indent=2, ensure_ascii=False).replace("\n", "\r\n")
    async with open_stream() as stream:
        assert (await stream.next_event()).event == "sync"
        connection = await aio_pika.connect(origin.amqp_url)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("events.topic")
            message = aio_pika.Message(text.encode(), content_type="application/json")
            await exchange.publish(message, routing_key=f"team.{team_id}.job.999999.status")
        while (event := await stream.next_event()).event != "message":
            pass
    assert event.id is None
    assert json.loads(event.data) == body
