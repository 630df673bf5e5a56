"""The obligations of an EventSource server, as a browser depends on them.

They run against any origin: ``pytest contract-tests/sse --base-url https://… --email … --password …`` (the provider behind it should be the
simulator, because the tests order environments); without ``--base-url`` against an embedded stack.
"""

import asyncio
import json
import re

import aio_pika
import httpx
import pytest

from sse.event_stream import EVENTS, StreamParser

CORS_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


async def finished_job(order, open_stream):
    """A job that is over, with everything its stream told."""
    accepted = await order()
    async with open_stream(
        job_id=accepted["job_id"], last_event_id=accepted["last_event_id"]
    ) as stream:
        events = await stream.events_until("end")
    return accepted, events


def messages(events):
    return [event for event in events if event.event == "message"]


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
    """At least one each 60 s, before proxies lose their patience; comments dispatch nothing."""
    async with open_stream() as stream, asyncio.timeout(60):
        async for block in stream:
            if block.comments and not block.is_event:
                assert block.id is None
                return
        raise AssertionError("the stream ended")


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


class TestOtherOrigins:
    """Cross-origin streams with credentials: what the Fetch standard asks of a server."""

    async def test_a_page_that_is_let_in_may_read_with_its_cookie(self, open_stream, page_origin):
        async with open_stream(headers={"Origin": page_origin}) as stream:
            headers = stream.response.headers
            # Neither may be a wildcard when credentials are included.
            assert headers["access-control-allow-origin"] == page_origin
            assert headers["access-control-allow-credentials"] == "true"
            assert "origin" in headers["vary"].lower()

    async def test_the_preflight_allows_last_event_id(self, origin, page_origin):
        async with httpx.AsyncClient(base_url=origin.base_url) as browser:
            answer = await browser.options(
                EVENTS,
                headers={
                    "Origin": page_origin,
                    "Access-Control-Request-Method": "GET",
                    "Access-Control-Request-Headers": "last-event-id,cache-control",
                },
            )
        assert answer.is_success
        assert answer.headers["access-control-allow-origin"] == page_origin
        assert answer.headers["access-control-allow-credentials"] == "true"
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert "last-event-id" in allowed
        assert "*" not in allowed

    async def test_a_resumed_stream_may_be_read_too(self, order, open_stream, page_origin):
        accepted = await order()
        headers = {"Origin": page_origin, "Last-Event-ID": accepted["last_event_id"]}
        async with open_stream(headers=headers, job_id=accepted["job_id"]) as stream:
            assert stream.response.headers["access-control-allow-origin"] == page_origin
            events = await stream.events_until("end")
        assert json.loads(events[0].data)["status"] == "resumed"

    async def test_a_refusal_may_be_read_too(self, origin, page_origin):
        async with httpx.AsyncClient(base_url=origin.base_url) as stranger:
            answer = await stranger.get(EVENTS, headers={"Origin": page_origin})
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == page_origin


@pytest.mark.parametrize("origin_header", ["https://console.example", "null"])
async def test_unknown_origins_get_no_permission_to_read(client, origin_header):
    async with client.stream("GET", EVENTS, headers={"Origin": origin_header}) as response:
        assert response.headers.get("access-control-allow-origin") not in {"*", origin_header}


class TestRefusals:
    """An answer that is not 200 closes a browser's EventSource for good, so each is meant that way."""

    async def test_nobody_signed_in(self, origin):
        async with httpx.AsyncClient(base_url=origin.base_url) as stranger:
            response = await stranger.get(EVENTS)
        self.assert_problem(response, 401, "not_authenticated")

    async def test_a_foreign_team(self, client):
        response = await client.get(EVENTS, params={"team_id": 999_999})
        self.assert_problem(response, 403, "team_forbidden")

    async def test_an_unknown_job(self, client):
        response = await client.get(EVENTS, params={"job_id": 999_999_999})
        self.assert_problem(response, 404, "not_found")

    async def test_a_job_that_is_no_number(self, client):
        response = await client.get(EVENTS, params={"job_id": "x"})
        self.assert_problem(response, 422, "invalid_request")

    @staticmethod
    def assert_problem(response, status, code):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == code
