"""Whatever lies in the queue: it is set aside with its reason, and the worker goes on."""

from __future__ import annotations

import json
import pickle
from typing import Any

from tests.integration.worker.stack import WorkerStack

TASK = "domains.environments.create_environment"
HEADERS: dict[str, Any] = {"task": TASK, "id": "x-1", "lang": "py"}
GOOD_BODY = json.dumps([[], {"payload": {}}, {}]).encode()
CALLING_BACK = json.dumps([[], {"payload": {}}, {"callbacks": [{"task": "os.system"}]}]).encode()
OWN_TYPES = (
    b'[[], {"payload": {"job_id": {"__type__": "datetime", "__value__": "2020-01-01"}}}, {}]'
)

BAD: list[tuple[str, bytes, Any, dict[str, Any], str]] = [
    ("no headers", GOOD_BODY, None, {}, "not_a_task"),
    ("protocol 1", b'{"task": "os.system", "id": "1", "args": []}', None, {}, "not_a_task"),
    ("no id", GOOD_BODY, {"task": TASK}, {}, "not_a_task"),
    ("numbers as names", GOOD_BODY, {"task": 1, "id": 2}, {}, "not_a_task"),
    ("unknown task", GOOD_BODY, {**HEADERS, "task": "os.system"}, {}, "unknown_task"),
    ("delayed", GOOD_BODY, {**HEADERS, "eta": "2099-01-01T00:00:00+00:00"}, {}, "delayed_task"),
    ("odd time limit", GOOD_BODY, {**HEADERS, "timelimit": "soon"}, {}, "not_a_task"),
    ("odd expiry", GOOD_BODY, {**HEADERS, "expires": 5}, {}, "not_a_task"),
    ("expired", GOOD_BODY, {**HEADERS, "expires": "2020-01-01T00:00:00+00:00"}, {}, "expired"),
    *(
        (name, GOOD_BODY, {**HEADERS, "task": name}, {}, "unknown_task")
        for name in (
            *("celery.accumulate", "celery.backend_cleanup", "celery.chain", "celery.chord"),
            *("celery.chord_unlock", "celery.chunks", "celery.group", "celery.map"),
            "celery.starmap",
        )
    ),
    ("a callback", CALLING_BACK, HEADERS, {}, "workflow"),
    ("said to be eager", GOOD_BODY, {**HEADERS, "is_eager": True}, {}, "missing"),
    ("Celery's own types", OWN_TYPES, HEADERS, {}, "int_type"),
    (
        "pickle",
        pickle.dumps([1]),
        HEADERS,
        {"content_type": "application/x-python-serialize"},
        "content_type",
    ),
    ("text", b"hello", HEADERS, {"content_type": "text/plain"}, "content_type"),
    ("not JSON", b"{", HEADERS, {}, "malformed_body"),
    ("not UTF-8", b'"\xff"', HEADERS, {"content_encoding": "utf-8"}, "malformed_body"),
    ("a number", b"5", HEADERS, {}, "malformed_body"),
    ("an object", b"{}", HEADERS, {}, "malformed_body"),
    ("two parts", b"[[], {}]", HEADERS, {}, "malformed_body"),
    ("base64", GOOD_BODY, HEADERS, {"content_encoding": "base64"}, "content_encoding"),
    ("odd compression", GOOD_BODY, {**HEADERS, "compression": "nonsense"}, {}, "malformed_body"),
    ("positional", json.dumps([[{}], {}, {}]).encode(), HEADERS, {}, "arguments"),
    ("empty payload", GOOD_BODY, HEADERS, {}, "missing"),
]


async def test_bad_messages_are_set_aside_with_their_reason(stack: WorkerStack) -> None:
    worker = await stack.worker()
    for name, body, headers, properties, rule in BAD:
        await stack.publish(body, headers, message_id=name, **properties)
        letter = await stack.dead_letter()
        reason = json.loads(letter.headers["x-contract-error"])
        assert reason["rule"] == rule, (name, reason)
        assert letter.headers["x-original-exchange"] == "jobs.direct", name
        assert letter.headers["x-original-routing-key"] == "jobs.env.create", name
        assert letter.headers["x-original-queue"] == "jobs.env.create", name
        if rule not in {"arguments", "missing", "int_type"}:
            assert letter.body == body, name
            assert letter.message_id == name
    assert worker.process.poll() is None
    assert await stack.waiting() == 0
    assert await stack.waiting("jobs.dead") == 0
    assert not worker.told("Task domains.environments.create_environment[x-1] succeeded")
    assert worker.told("domains.environments.create_environment[x-1] put aside")
    # Not even the id of what had expired is held against a later order.
    await stack.order()
    await stack.publish_duplicate()
    assert await stack.end() == "completed"
