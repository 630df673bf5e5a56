"""Everything that Celery would drop, choke on or delay is refused with its rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import kombu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.settings import load_settings
from generated.messaging.contract import CONTRACT_VERSION, ContractError
from generated.messaging.topology import Topology
from generated.tasks.worker import WORKER_MAX_BYTES, WORKER_TASKS, worker_queues
from worker.broker_topology import BrokerTopology
from worker.celery_app import create_celery_app
from worker.consumer import PAUSE_SECONDS, JobConsumer
from worker.deliveries import check
from worker.job_app import JobApp
from worker.metrics import WorkerMetrics

TASK = "domains.environments.create_environment"
NOW = 1_766_000_000.0
"""2025-12-17T19:33:20Z."""
EXPIRES = "/headers/expires"
GOOD: dict[str, Any] = {
    "headers": {"task": TASK, "id": "job-42-1", "lang": "py"},
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "body": json.dumps([[], {"payload": {}}, {"callbacks": None}]).encode(),
}


def refused(**changed: Any) -> ContractError:
    with pytest.raises(ContractError) as caught:
        check(**{**GOOD, **changed}, tasks={TASK}, now=NOW)
    return caught.value


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"content_encoding": None},
        {"content_encoding": "UTF-8"},
        {"body": '[[], {"payload": {"name": "Käse"}}, null]'},
        {"headers": {**GOOD["headers"], "eta": None, "expires": None, "timelimit": [None, None]}},
        {"headers": {**GOOD["headers"], "timelimit": [30, 20.5]}},
        {"headers": {**GOOD["headers"], "expires": "2025-12-17T19:33:21+00:00"}},
    ],
)
def test_celery_messages_pass(changed: dict[str, Any]) -> None:
    check(**{**GOOD, **changed}, tasks={TASK}, now=NOW)


@pytest.mark.parametrize(
    ("changed", "rule", "pointer"),
    [
        ({"headers": None}, "not_a_task", "/headers/task"),
        ({"headers": {}}, "not_a_task", "/headers/task"),
        ({"headers": {"task": 7, "id": "x"}}, "not_a_task", "/headers/task"),
        ({"headers": {"task": TASK}}, "not_a_task", "/headers/id"),
        ({"headers": {"task": TASK, "id": ""}}, "not_a_task", "/headers/id"),
        ({"headers": {"task": "os.system", "id": "x"}}, "unknown_task", "/headers/task"),
        # No JSON at all, and told as too large: it is measured before it is parsed.
        ({"body": b"x" * (WORKER_MAX_BYTES[TASK] + 1)}, "too_large", ""),
        (
            {"headers": {**GOOD["headers"], "eta": "2099-01-01T00:00:00Z"}},
            "delayed_task",
            "/headers/eta",
        ),
        ({"headers": {**GOOD["headers"], "timelimit": 5}}, "not_a_task", "/headers/timelimit"),
        (
            {"headers": {**GOOD["headers"], "timelimit": ["a", 1]}},
            "not_a_task",
            "/headers/timelimit",
        ),
        ({"content_type": "application/x-python-serialize"}, "content_type", ""),
        ({"content_type": None}, "content_type", ""),
        ({"content_encoding": "base64"}, "content_encoding", ""),
        ({"body": b"\x80\x04not json"}, "malformed_body", ""),
        ({"body": b"{"}, "malformed_body", ""),
        ({"body": b"[" * 100_000}, "malformed_body", ""),
        ({"body": b"5"}, "malformed_body", ""),
        ({"body": b"{}"}, "malformed_body", ""),
        ({"body": b"[[], {}]"}, "malformed_body", ""),
        ({"body": b"[{}, {}, {}]"}, "malformed_body", ""),
        ({"body": b"[[], [], {}]"}, "malformed_body", ""),
        ({"body": b"[[], {}, 1]"}, "malformed_body", ""),
        ({"body": b'[[], {}, {"callbacks": [{"task": "x"}]}]'}, "workflow", "/2"),
        ({"body": b'[[], {}, {"chord": {"task": "x"}}]'}, "workflow", "/2"),
        ({"body": b'[[], {}, {"is_eager": true}]'}, "workflow", "/2"),
        (
            {"headers": {**GOOD["headers"], "expires": "2025-12-17T19:33:20+00:00"}},
            "expired",
            EXPIRES,
        ),
        ({"headers": {**GOOD["headers"], "expires": "2025-12-17T19:33:19"}}, "expired", EXPIRES),
        ({"headers": {**GOOD["headers"], "expires": "soon"}}, "not_a_task", EXPIRES),
        ({"headers": {**GOOD["headers"], "expires": 5}}, "not_a_task", EXPIRES),
    ],
)
def test_what_celery_would_lose_is_refused(changed: dict, rule: str, pointer: str) -> None:
    error = refused(**changed)
    assert (error.rule, error.pointer) == (rule, pointer)


def test_celery_sees_of_the_headers_only_what_a_task_needs() -> None:
    """It takes any header for an attribute of the request: `callbacks` are called, and so on."""
    headers = {**GOOD["headers"], "retries": 0, "x-contract-version": "1.0.0"}
    obeyed = {
        "expires": "2025-12-18T00:00:00Z",
        "callbacks": [{"task": "x"}],
        "chord": {"task": "x"},
        "is_eager": True,
        "shadow": "another",
        "group": "g",
    }
    passed_on = check(**{**GOOD, "headers": headers | obeyed}, tasks={TASK}, now=NOW)
    assert passed_on == headers


def test_the_reason_does_not_quote_the_message() -> None:
    error = refused(body=b'{"password": "hunter2"')
    assert "hunter2" not in f"{error} {error.header_value}"


@given(
    headers=st.dictionaries(
        st.sampled_from(["task", "id", "eta", "timelimit", "expires"]), st.integers() | st.text()
    ),
    body=st.binary(max_size=64),
)
def test_nothing_else_than_a_contract_error_comes_out(headers: dict, body: bytes) -> None:
    with suppress(ContractError):
        check(**{**GOOD, "headers": headers, "body": body}, tasks={TASK}, now=NOW)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"root_id": "job-42-1", "x-contract-version": "1.0.0"},
        {"x-contract-version": "9.9.9"},
        {"parent_id": None, "retries": 0, "traceparent": "00-1-2-01", "of-others": {"a": [1]}},
    ],
)
def test_headers_of_the_contract_pass_and_others_beside_them(more: dict[str, Any]) -> None:
    check(**{**GOOD, "headers": {**GOOD["headers"], **more}}, tasks={TASK}, now=NOW)


@pytest.mark.parametrize(
    ("changed", "rule", "pointer"),
    [
        ({"lang": None}, "string_type", "/headers/lang"),
        ({"lang": 7}, "string_type", "/headers/lang"),
        ({"lang": "x" * 17}, "string_too_long", "/headers/lang"),
        ({"id": "x" * 256}, "string_too_long", "/headers/id"),
        ({"root_id": 7}, "string_type", "/headers/root_id"),
        ({"root_id": "x" * 256}, "string_too_long", "/headers/root_id"),
        ({"x-contract-version": 1}, "string_type", "/headers/x-contract-version"),
        ({"x-contract-version": "1" * 33}, "string_too_long", "/headers/x-contract-version"),
    ],
)
def test_headers_that_celery_takes_but_the_contract_does_not_are_refused(
    changed: dict[str, Any], rule: str, pointer: str
) -> None:
    error = refused(headers={**GOOD["headers"], **changed})
    assert (error.rule, error.pointer) == (rule, pointer)


def test_a_header_that_the_contract_requires_may_not_be_missing() -> None:
    error = refused(headers={"task": TASK, "id": "job-42-1"})
    assert (error.rule, error.pointer) == ("missing", "/headers/lang")


def test_only_the_tasks_of_the_contract_have_a_strategy() -> None:
    app = create_celery_app(load_settings({"RABBITMQ_URL": "amqp://guest:guest@127.0.0.1:1/"}))
    consumer = JobConsumer.__new__(JobConsumer)
    consumer.app, consumer.strategies, consumer.hostname = app, {}, "test"
    consumer.__dict__.update(connection_errors=(), event_dispatcher=None, timer=Mock())
    consumer.__dict__.update(disable_rate_limits=True, task_buckets={}, pool=Mock())
    consumer.__dict__.update(controller=Mock(), apply_eta_task=None, on_task_request=None)
    consumer.update_strategies()
    assert "celery.map" in app.tasks
    assert consumer.strategies.keys() == WORKER_TASKS


class Listening(JobConsumer):
    """The consumer's way with deliveries, on a broker in memory; what passes is not worked on."""

    def __init__(self, app: JobApp, connection: kombu.Connection) -> None:
        self.app, self.connection = app, connection
        self.connection_errors = self.channel_errors = ()
        self.on_task_message = set()
        self._maximum_prefetch_restored = True
        self.came: list[kombu.Message] = []
        self.passed: list[kombu.Message] = []
        self.strategies = {TASK: lambda message, *_: self.passed.append(message)}
        handle = self.create_task_handler()

        def take(message: kombu.Message) -> None:
            self.came.append(message)
            handle(message)

        self.task_consumer = connection.Consumer(
            worker_queues(app.broker_topology.topology), on_message=take
        )


@pytest.fixture
def consumer() -> Iterator[Listening]:
    app = JobApp("test", broker="memory://", set_as_current=False)
    app.broker_topology = BrokerTopology(Topology.default())
    app.metrics = WorkerMetrics()
    with app.connection_for_write() as connection:
        consumer = Listening(app, connection)
        for name in ("jobs.env.create", "jobs.dead"):
            connection.default_channel.queue_purge(name)
        consumer.task_consumer.consume()
        yield consumer
    app.close()


def deliver(consumer: Listening, headers: dict[str, Any]) -> SimpleNamespace | None:
    """Send a message to the worker's queue; gives what then lies in the dead-letter queue."""
    with consumer.app.connection_for_write() as connection:
        connection.Producer(auto_declare=False).publish(
            GOOD["body"], exchange="jobs.direct", routing_key="jobs.env.create", headers=headers,
            content_type="application/json", content_encoding="utf-8", message_id="m-1",
            correlation_id="c-1",
        )  # fmt: skip
        consumer.connection.drain_events(timeout=5)
        letter = connection.default_channel.basic_get("jobs.dead", no_ack=True)
        return letter and SimpleNamespace(
            headers=letter.headers, properties=letter.properties, body=letter.body
        )


def test_a_good_delivery_reaches_its_task(consumer: Listening) -> None:
    assert deliver(consumer, GOOD["headers"]) is None
    (passed,) = consumer.passed
    assert not passed.acknowledged


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (
            {"task": TASK, "id": "job-42-1", "x-secret": "hunter2"},
            {"rule": "missing", "pointer": "/headers/lang", "detail": "Field required"},
        ),
        (
            {**GOOD["headers"], "root_id": 7},
            {
                "rule": "string_type",
                "pointer": "/headers/root_id",
                "detail": "Input should be a valid string",
            },
        ),
    ],
)
def test_a_dead_letter_is_the_message_as_it_came_with_the_reason(
    consumer: Listening, headers: dict[str, Any], reason: dict[str, str]
) -> None:
    letter = deliver(consumer, headers)
    assert consumer.passed == []
    assert letter is not None
    assert json.loads(letter.headers["x-contract-error"]) == reason
    assert letter.headers.items() >= headers.items()
    assert letter.headers["x-original-exchange"] == "jobs.direct"
    assert letter.headers["x-original-routing-key"] == "jobs.env.create"
    assert letter.headers["x-original-queue"] == "jobs.env.create"
    assert letter.headers["x-contract-version"] == CONTRACT_VERSION
    assert letter.body == GOOD["body"]
    assert (letter.properties["message_id"], letter.properties["correlation_id"]) == ("m-1", "c-1")
    (original,) = consumer.came
    assert original.acknowledged


def test_a_broker_that_takes_no_dead_letter_is_not_asked_for_each(
    consumer: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs wait while it is asked; what it is not asked for it dead-letters by itself."""
    asked: list[kombu.Message] = []

    def take_nothing(message: kombu.Message, _: ContractError) -> None:
        asked.append(message)
        raise TimeoutError

    now = 1000.0
    monkeypatch.setattr("worker.consumer.time", Mock(monotonic=lambda: now, time=lambda: NOW))
    monkeypatch.setattr(consumer, "_dead_letter", take_nothing)
    consumer.app.broker_topology = Mock(dead_letters_by_itself=lambda _: True)
    for _ in range(3):
        message = Mock(delivery_info={"exchange": "", "routing_key": "jobs.env.create"})
        consumer.dead_letter(message, ContractError("rule", "", ""))
        message.reject_log_error.assert_called_once()
        message.ack_log_error.assert_not_called()
    assert len(asked) == 1
    now += PAUSE_SECONDS
    consumer.dead_letter(message, ContractError("rule", "", ""))
    assert len(asked) == 2
