"""The generated messaging: builders, dispatch, contract errors, dead letters, in memory."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit import TestRabbitBroker as InMemoryBroker
from pydantic import BaseModel, ConfigDict, TypeAdapter

from generated.messaging.contract import CONTRACT_VERSION, ContractError, parse, serialise
from generated.messaging.runtime.delivery import raw_body
from generated.messaging.gateway import build_gateway_subscriber
from generated.messaging.message import (
    send_auth_event,
    send_create_environment,
    send_job_status,
)
from generated.messaging.publisher import ServicePublisher, publish
from generated.messaging.topology import Topology
from generated.models.environment import NodeSpec
from generated.models.event import JobStatusEvent, SessionRevokedEvent, TeamStatusChangedEvent
from generated.models.job import CreateEnvironmentJobPayload

STATUS = JobStatusEvent(
    type="job_status", job_id=42, team_id=7, status="polling", message="On its way",
    env_name="shop-42", occurred_at=1766000002,
)  # fmt: skip
REVOKED = SessionRevokedEvent(
    type="session_revoked", team_id=7, user_id=3, message="Bye", occurred_at=1766000002
)
ORDER = CreateEnvironmentJobPayload(
    job_id=42, team_id=7, user_id=3, shortdomain="shop-42", nodes=[NodeSpec(node_type="nginxphp")]
)


@dataclass
class Handlers:
    received: list[Any] = field(default_factory=list)

    async def receive_job_status(self, payload, delivery):
        self.received.append((payload, delivery))

    async def receive_auth_event(self, payload, delivery):
        self.received.append((payload, delivery))


@dataclass
class Wire:
    broker: RabbitBroker
    handlers: Handlers
    dead: list[Any]
    errors: list[ContractError]

    async def send(self, body: bytes, routing_key: str, **options: Any) -> None:
        options.setdefault("content_type", "application/json")
        exchange = RabbitExchange("events.topic", type=ExchangeType.TOPIC)
        await self.broker.publish(body, exchange=exchange, routing_key=routing_key, **options)


@pytest.fixture(params=[True, False], ids=["with types applied", "without"])
async def wire(request):
    broker = RabbitBroker(apply_types=request.param)
    handlers, dead, errors = Handlers(), [], []
    build_gateway_subscriber(
        broker, handlers, instance="one", on_error=lambda _, error: errors.append(error)
    )

    @broker.subscriber(
        RabbitQueue("events.dead", routing_key="#"),
        RabbitExchange("events.dead", type=ExchangeType.TOPIC),
        parser=parser_into(dead),
        decoder=raw_body,
    )
    async def dead_lettered(body: object) -> None: ...

    async with InMemoryBroker(broker):
        yield Wire(broker, handlers, dead, errors)


def parser_into(dead):
    async def parser(message, original):
        dead.append(message)
        return await original(message)

    return parser


async def test_a_published_event_arrives_typed(wire):
    await ServicePublisher(wire.broker).send_job_status(STATUS, event_id="q3JvT0aX.118")
    ((payload, delivery),) = wire.handlers.received
    assert payload == STATUS
    assert (delivery.team_id, delivery.job_id) == (7, 42)
    assert delivery.event_id == "q3JvT0aX.118"
    assert delivery.contract_version == CONTRACT_VERSION
    assert json.loads(delivery.body) == json.loads(STATUS.model_dump_json())


async def test_each_message_of_a_channel_arrives_as_its_own_type(wire):
    changed = TeamStatusChangedEvent(
        type="team_status_changed", team_id=7, user_id=1, status="SUSPENDED", message="x",
        occurred_at=1,
    )  # fmt: skip
    await publish(wire.broker, send_auth_event(REVOKED))
    await publish(wire.broker, send_auth_event(changed))
    assert [payload for payload, _ in wire.handlers.received] == [REVOKED, changed]
    assert [d.event for _, d in wire.handlers.received] == [
        "session_revoked",
        "team_status_changed",
    ]
    assert wire.handlers.received[0][1].event_id is None


async def test_unknown_members_are_tolerated_on_the_way_in(wire):
    body = json.dumps({**STATUS.model_dump(mode="json"), "more": {"x": 1}}).encode()
    await wire.send(body, "team.7.job.42.status")
    assert wire.handlers.received[0][0].model_extra == {"more": {"x": 1}}


@pytest.mark.parametrize(
    ("change", "key", "rule", "pointer"),
    [
        ({"status": "lost"}, "team.7.job.42.status", "enum", "/status"),
        ({"job_id": "42"}, "team.7.job.42.status", "int_type", "/job_id"),
        ({"team_id": 8}, "team.7.job.42.status", "routing_key_mismatch", "/team_id"),
        ({"env_name": ...}, "team.7.job.42.status", "missing", "/env_name"),
        ({"app_id": None}, "team.7.job.42.status", "string_type", "/app_id"),
    ],
)
async def test_a_bad_event_is_put_aside_with_its_reason(wire, change, key, rule, pointer):
    value = {**STATUS.model_dump(mode="json"), **change}
    body = json.dumps({k: v for k, v in value.items() if v is not ...}).encode()
    await wire.send(body, key, headers={"x-event-id": "q3JvT0aX.118"})
    assert wire.handlers.received == []
    (dead,) = wire.dead
    assert dead.body == body
    reason = json.loads(dead.headers["x-contract-error"])
    assert (reason["rule"], reason["pointer"]) == (rule, pointer)
    assert dead.headers["x-contract-version"] == CONTRACT_VERSION
    assert dead.headers["x-original-exchange"] == "events.topic"
    assert dead.headers["x-original-routing-key"] == dead.routing_key == key
    assert dead.headers["x-original-queue"] == "events.sse.one"
    assert dead.headers["x-event-id"] == "q3JvT0aX.118"
    assert [error.rule for error in wire.errors] == [rule]
    await wire.send(STATUS.model_dump_json().encode(), "team.7.job.42.status")
    assert len(wire.handlers.received) == 1


@pytest.mark.parametrize(
    ("body", "options", "rule"),
    [
        (b"{", {}, "json_invalid"),
        (b"\xff", {}, "json_invalid"),
        (b"{}", {"content_type": "text/plain"}, "content_type"),
        (b"{}", {"content_encoding": "gzip"}, "content_encoding"),
        (
            STATUS.model_dump_json().encode(),
            {"headers": {"x-event-id": "no"}},
            "string_pattern_mismatch",
        ),
    ],
)
async def test_what_is_no_json_is_put_aside(wire, body, options, rule):
    await wire.send(body, "team.7.job.42.status", **options)
    (dead,) = wire.dead
    assert json.loads(dead.headers["x-contract-error"])["rule"] == rule


async def test_an_unknown_type_is_put_aside_without_repeating_it(wire):
    body = json.dumps({**REVOKED.model_dump(mode="json"), "type": "hunter2"}).encode()
    await wire.send(body, "team.7.user.3.auth.session_revoked")
    (dead,) = wire.dead
    assert "hunter2" not in dead.headers["x-contract-error"]


def test_producers_are_strict():
    with pytest.raises(ContractError, match="extra_forbidden at /more"):
        send_job_status(STATUS.model_copy(update={"more": 1}))
    with pytest.raises(ContractError, match="/job_id"):
        send_job_status(STATUS.model_copy(update={"job_id": -1}))
    with pytest.raises(ContractError, match="/headers/x-event-id"):
        send_job_status(STATUS, event_id="no position")


class Inner(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int = 0
    labels: dict[str, str] = {}


class Outer(BaseModel):
    model_config = ConfigDict(extra="allow")
    inner: Inner = Inner()
    several: list[Inner] = []
    either: Inner | int = 0


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        (Outer(inner=Inner(more=1)), "/inner/more"),
        (Outer(several=[Inner(), Inner(more=1)]), "/several/1/more"),
    ],
)
def test_producers_are_strict_all_the_way_down(payload, pointer):
    with pytest.raises(ContractError, match=f"extra_forbidden at {pointer}"):
        serialise(TypeAdapter(Outer), payload)


def test_producers_are_strict_within_unions():
    with pytest.raises(ContractError):
        serialise(TypeAdapter(Outer), Outer(either=Inner(more=1)))


def test_a_map_is_no_unknown_member():
    payload = Outer(inner=Inner(labels={"any": "name"}))
    assert json.loads(serialise(TypeAdapter(Outer), payload))["inner"]["labels"] == {"any": "name"}


def test_an_event_ready_to_publish():
    message = send_job_status(STATUS, event_id="q3JvT0aX.118")
    assert message.exchange == "events.topic"
    assert message.routing_key == "team.7.job.42.status"
    assert message.headers == {"x-event-id": "q3JvT0aX.118", "x-contract-version": CONTRACT_VERSION}
    assert (message.type, message.delivery_mode, message.mandatory) == ("job_status", 2, False)
    assert b"app_id" not in message.body
    assert send_auth_event(REVOKED).type == "session_revoked"


def test_an_order_is_a_celery_task_message():
    message = send_create_environment(ORDER, task_id="job-42-1")
    args, kwargs, embed = json.loads(message.body)
    assert (args, set(kwargs), embed["chain"]) == ([], {"payload"}, None)
    assert parse(CreateEnvironmentJobPayload, json.dumps(kwargs["payload"]).encode()) == ORDER
    assert message.headers["task"] == "domains.environments.create_environment"
    assert message.headers["id"] == message.correlation_id == "job-42-1"
    assert (message.exchange, message.routing_key, message.mandatory) == (
        "jobs.direct", "jobs.env.create", True,
    )  # fmt: skip


def test_other_names_replace_the_contracts():
    topology = Topology.default().replace(
        exchanges={"jobs.direct": "j", "jobs.dead": "jd"},
        queues={"jobs.env.create": "q"},
        routing_keys={"jobs.env.create": "k", "team.*.job.*.status": "team.7.#"},
    )
    message = send_create_environment(ORDER, task_id="t", topology=topology)
    assert (message.exchange, message.routing_key) == ("j", "k")
    assert topology.queue("jobs.env.create").name == "q"
    assert topology.queue("jobs.env.create").arguments == {
        "x-dead-letter-exchange": "jd", "x-dead-letter-routing-key": "k",
    }  # fmt: skip
    subscribers = build_gateway_subscriber(
        RabbitBroker(), Handlers(), instance="i", topology=topology
    )
    assert [s.queue.routing() for s in subscribers] == ["team.7.#", "team.*.user.*.auth.*"]
    with pytest.raises(ValueError, match="no exchange 'jobs'"):
        Topology.default().replace(exchanges={"jobs": "x"})
