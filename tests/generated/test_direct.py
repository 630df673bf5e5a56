"""The fast path from the bytes of a connection to the handlers, without a broker."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from aiormq.abc import DeliveredMessage
from faststream.rabbit import RabbitBroker
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from generated.messaging.contract import ContractError
from generated.messaging.gateway import build_gateway_subscriber
from generated.messaging.message import send_job_status
from generated.messaging.runtime.fast_path import DirectConsumer, DirectHandler
from generated.messaging.runtime.frames import DirectMessage, DirectTransport, FrameReader
from generated.models.event import JobStatusEvent
from testing.amqp_frames import Peer, message_frames

STATUS = JobStatusEvent(
    type="job_status", job_id=42, team_id=7, status="polling", message="On its way",
    env_name="shop-42", occurred_at=1766000002,
)  # fmt: skip
KEY = "team.7.job.42.status"


class Channel:
    """What the fast path uses of aiormq's channel."""

    number = 1

    def __init__(self) -> None:
        self.closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_consumer_cancel_callbacks: set[Any] = set()
        self.consumed: dict[str, Any] = {}

    async def get_underlay_channel(self) -> "Channel":
        return self

    async def basic_consume(self, queue: str, callback: Any, **options: Any) -> None:
        self.consumed = {"queue": queue, "callback": callback, **options}


class Broker(RabbitBroker):
    """A broker whose declarations lead to `channel`."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.channel = channel
        self.bound: list[tuple[str, str]] = []
        self.published: list[tuple[bytes, dict[str, Any]]] = []
        self.confirms = asyncio.Event()
        self.confirms.set()

    async def declare_queue(self, queue: Any) -> Any:
        async def bind(exchange: str, routing_key: str) -> None:
            self.bound.append((exchange, routing_key))

        return SimpleNamespace(name=queue.name, channel=self.channel, bind=bind)

    async def declare_exchange(self, exchange: Any) -> Any:
        return exchange.name

    async def publish(self, message: Any = None, **options: Any) -> Any:
        await self.confirms.wait()
        self.published.append((message, options))


class Handlers:
    def __init__(self) -> None:
        self.received: list[Any] = []

    async def receive_job_status(self, payload, delivery):
        if payload.message == "refuse":
            raise ContractError("taste", "/message", "not liked")
        if payload.message == "fail":
            raise LookupError("of the handler")
        self.received.append((payload, delivery))

    async def receive_auth_event(self, payload, delivery):
        self.received.append((payload, delivery))


class World:
    def __init__(self) -> None:
        self.channel = Channel()
        self.peer = Peer()
        self.broker = Broker(self.channel)
        self.handlers = Handlers()
        self.errors: list[ContractError] = []
        self.ended = 0
        self.another = False

    async def start(self) -> "World":
        transport = DirectTransport(self.peer)
        await transport.create("amqp://nowhere")  # type: ignore[arg-type]
        subscription = build_gateway_subscriber(
            self.broker,
            self.handlers,
            instance="one",
            on_error=self.refused,
        )
        await subscription.start(self.broker, self.end, transport)
        return self

    async def deliver(self, body: bytes, *, tag: str = "", pieces: int = 1, **options: Any) -> None:
        tag = tag or self.channel.consumed["consumer_tag"]
        options.setdefault("routing_key", KEY)
        self.peer.send(message_frames(tag, body, pieces=pieces, **options))
        await asyncio.sleep(0)

    def refused(self, _: Any, error: ContractError) -> bool | None:
        self.errors.append(error)
        return False if self.another else None

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
async def world():
    return await World().start()


def body_of(**change: Any) -> bytes:
    return STATUS.model_copy(update=change).model_dump_json(exclude_unset=True).encode()


async def test_the_queue_is_bound_and_consumed_without_acknowledgement(world):
    assert world.broker.bound == [
        ("events.topic", "team.*.job.*.status"),
        ("events.topic", "team.*.user.*.auth.*"),
    ]
    assert world.channel.consumed["queue"] == "events.sse.one"
    assert world.channel.consumed["no_ack"] is True


@pytest.mark.parametrize("pieces", [1, 2, 3])
async def test_a_message_is_handled_when_its_last_frame_has_come(world, pieces):
    message = send_job_status(STATUS, event_id="q3JvT0aX.118")
    await world.deliver(
        message.body,
        pieces=pieces,
        headers=dict(message.headers),
        message_id="m",
        correlation_id="c",
    )
    ((payload, delivery),) = world.handlers.received
    assert payload == STATUS
    assert delivery.body == message.body
    assert (delivery.exchange, delivery.routing_key) == ("events.topic", KEY)
    assert (delivery.event_id, delivery.message_id, delivery.correlation_id) == (
        "q3JvT0aX.118", "m", "c",
    )  # fmt: skip
    assert world.peer.received == []


async def test_a_bad_message_is_put_aside_and_the_next_is_handled(world):
    world.broker.confirms.clear()
    await world.deliver(body_of(job_id=-1), headers={"x-event-id": "q3JvT0aX.1"})
    await world.deliver(b"", routing_key="team.7.job.42.status")
    await world.deliver(body_of(message="refuse"))
    await world.deliver(body_of())
    assert len(world.handlers.received) == 1
    world.broker.confirms.set()  # the next message did not wait for it
    await asyncio.sleep(0.01)
    assert [error.pointer for error in world.errors] == ["/job_id", "", "/message"]
    dead, options = world.broker.published[0]
    assert dead == body_of(job_id=-1)
    assert json.loads(options["headers"]["x-contract-error"])["pointer"] == "/job_id"
    assert options["headers"]["x-original-queue"] == "events.sse.one"
    assert options["headers"]["x-event-id"] == "q3JvT0aX.1"


async def test_of_a_body_beyond_the_contract_s_limit_only_so_much_is_kept_and_put_aside(world):
    size = 3_000_000
    await world.deliver(b"x" * size, pieces=30, headers={"x-event-id": "q3JvT0aX.1"})
    await world.deliver(body_of())
    assert len(world.handlers.received) == 1
    await asyncio.sleep(0.01)
    assert [(error.rule, str(size) in error.detail) for error in world.errors] == [
        ("too_large", True)
    ]
    ((dead, _),) = world.broker.published
    assert dead == b"x" * 65_536


async def test_what_another_consumer_puts_aside_is_left_to_it():
    world = World()
    world.another = True
    await world.start()
    await world.deliver(b"{")
    await asyncio.sleep(0.01)
    assert [error.rule for error in world.errors] == ["json_invalid"]
    assert world.broker.published == []


async def test_a_failing_handler_is_logged_and_the_next_message_is_handled(world, caplog):
    await world.deliver(body_of(message="fail"))
    await world.deliver(body_of())
    assert len(world.handlers.received) == 1
    assert "of the handler" in caplog.text


async def test_a_message_that_can_not_be_put_aside_is_logged(world, caplog):
    async def refused(*_: Any, **__: Any) -> Any:
        raise ConnectionError("gone")

    world.broker.publish = refused
    await world.deliver(b"{")
    await asyncio.sleep(0.01)
    assert "gone" in caplog.text


async def test_messages_of_other_consumers_go_on_to_aiormq(world):
    other = message_frames("ctag1", body_of(), routing_key=KEY)
    world.peer.send(other)
    await world.deliver(body_of())
    assert world.peer.received == [other]
    assert len(world.handlers.received) == 1


async def test_without_a_transport_messages_come_by_the_callback(caplog):
    caplog.set_level("INFO")
    world = World()
    subscription = build_gateway_subscriber(world.broker, world.handlers, instance="one")
    await subscription.start(world.broker, world.end)
    assert "by aiormq's callback" in caplog.text
    body = body_of()
    properties = Basic.Properties(content_type="application/json", headers={"x-event-id": "a.1"})
    await world.channel.consumed["callback"](
        DeliveredMessage(
            delivery=Basic.Deliver("t", 1, False, "events.topic", KEY),
            header=ContentHeader(0, len(body), properties),
            body=body,
            channel=None,  # type: ignore[arg-type]
        )
    )
    ((payload, delivery),) = world.handlers.received
    assert payload == STATUS
    assert (delivery.event_id, delivery.body, delivery.routing_key) == ("a.1", body, KEY)


async def test_the_end_of_the_consumer_and_of_the_channel_is_told(world):
    (cancelled,) = world.channel.on_consumer_cancel_callbacks
    cancelled(Basic.Cancel("direct"))
    assert world.ended == 1
    world.channel.closing.set_result(None)
    await asyncio.sleep(0.01)
    assert world.ended == 2


async def test_what_has_come_is_handled_after_the_channel_s_end(world):
    world.peer.send(
        message_frames(world.channel.consumed["consumer_tag"], body_of(), routing_key=KEY)
    )
    world.channel.closing.set_result(None)
    await asyncio.sleep(0.01)
    assert len(world.handlers.received) == 1
    assert not [task for task in asyncio.all_tasks() if "DirectConsumer" in repr(task)]


async def test_while_too_many_messages_wait_the_connection_is_not_read():
    handled: list[bytes] = []
    go_on = asyncio.Event()

    async def dispatch(message: Any) -> None:
        await go_on.wait()
        handled.append(message.body)

    async def refuse(*_: Any) -> None: ...

    peer = Peer()
    frames = FrameReader(peer, peer.protocol, lambda: 0.0)  # type: ignore[arg-type]
    consumer = DirectConsumer(frames, DirectHandler(dispatch, refuse), most=2)
    frames.consume(1, "t", consumer.take, 100)
    for number in range(5):
        frames.data_received(message_frames("t", b"%d" % number))
        await asyncio.sleep(0)
    assert peer.calls == ["pause_reading"]
    go_on.set()
    await asyncio.sleep(0.01)
    assert handled == [b"0", b"1", b"2", b"3", b"4"]
    assert peer.calls == ["pause_reading", "resume_reading"]
    consumer.end()
    await asyncio.sleep(0.01)


async def test_a_consumer_that_fails_ends_its_connection(caplog):
    class Broken(DirectHandler):
        async def handle(self, message: DirectMessage) -> None:
            raise RuntimeError("a defect")

    async def refuse(*_: Any) -> None: ...

    peer = Peer()
    frames = FrameReader(peer, peer.protocol, lambda: 0.0)  # type: ignore[arg-type]
    consumer = DirectConsumer(frames, Broken(refuse, refuse))
    consumer.take(DirectMessage("", "q", redelivered=False))
    await asyncio.sleep(0.01)
    assert peer.calls == ["abort"]
    assert "not handled any more" in caplog.text
