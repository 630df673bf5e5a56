"""The judge of what was recorded is shown wrong answers, frames and events."""

import json
from dataclasses import replace

import pytest

from generated.messaging.contract import CONTRACT_VERSION
from traffic.book import Answer, Book, Published
from traffic.judge import Judge

EVENT = {
    "type": "job_status", "job_id": 42, "team_id": 7, "status": "polling", "message": "m",
    "env_name": "shop-42", "occurred_at": 1,
}  # fmt: skip
HEALTH = Answer("GET", "/api/v1/health/live", b"", 200, {"content-type": "application/json"},
                b'{"status":"ok","checks":[]}', authorized=False)  # fmt: skip


def published(**changed):
    event = {**EVENT, **changed.pop("event", {})}
    message = Published(
        exchange="events.topic", routing_key="team.7.job.42.status", body=json.dumps(event).encode(),
        headers={"x-event-id": "e1.4", "x-contract-version": CONTRACT_VERSION},
        content_type="application/json", type="job_status", delivery_mode=2,
    )  # fmt: skip
    return replace(message, **changed)


def test_what_is_right_has_no_faults(contract):
    stream = replace(
        HEALTH, path="/api/v1/events", headers={"content-type": "text/event-stream"}, whole=False,
        body=b'event: sync\ndata: {"status":"fresh","to":"e1.4"}\n\n',
    )  # fmt: skip
    verdict = Judge(contract).judge(Book([HEALTH, stream], [published()]))
    assert verdict.faults == []
    assert {
        "frame sync",
        "message sendJobStatus jobStatus",
        "status getLiveness 200",
    } <= verdict.seen


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": 418}, "answered 418, which is not documented"),
        ({"body": b'{"status":"fine","checks":[]}'}, "/status"),
        ({"body": b'{"status":"ok"}'}, "checks"),
        ({"body": b"ok"}, "no JSON"),
        ({"headers": {"content-type": "text/html"}}, "'text/html' is not documented"),
        ({"method": "GET", "path": "/api/v1/nowhere"}, "no operation"),
    ],
)
def test_a_wrong_answer(contract, changed, told):
    (fault,) = Judge(contract).judge(Book([replace(HEALTH, **changed)])).faults
    assert told in fault


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'event: message\nid: e1.1\ndata: {"type":"job_status"}\n\n', "frame message data"),
        (b"event: surprise\ndata: {}\n\n", "this frame is not documented"),
        (b'event: sync\ndata: {"status":"stale","to":"e1.4"}\n\n', "frame sync data: /status"),
        (b"event: message\nid: not a position\ndata: " + json.dumps(EVENT).encode() + b"\n\n",
         "/id"),
        (b"event: sync\ndata: {", "ended within a frame"),
        (b"id: e1.1\ndata: " + json.dumps(EVENT).encode() + b"\n\n", "/event"),
        (b"event: sync\nretry: soon\ndata: {}\n\n", "a retry that is ignored"),
    ],
)  # fmt: skip
def test_a_wrong_frame(contract, body, told):
    answer = replace(
        HEALTH, path="/api/v1/events", headers={"content-type": "text/event-stream"}, body=body
    )
    assert any(told in fault for fault in Judge(contract).judge(Book([answer])).faults)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"event": {"status": "dancing"}}, "/status"),
        ({"event": {"job_id": 43}}, "routing key"),
        ({"routing_key": "team.7.job.42.state"}, "routing key"),
        ({"type": "job_state"}, "is not described"),
        ({"headers": {"x-event-id": "e1.4"}}, "contract version"),
        (
            {"headers": {"x-event-id": "four", "x-contract-version": CONTRACT_VERSION}},
            "/x-event-id",
        ),
        ({"delivery_mode": 1}, "delivery mode"),
        ({"content_type": "text/plain"}, "content type"),
        ({"body": b"{"}, "can't be read"),
    ],
)
def test_a_wrong_event(contract, changed, told):
    (fault,) = Judge(contract).judge(Book(messages=[published(**changed)])).faults
    assert told in fault
