"""The fast path from a channel's frames to the handlers, frame by frame, without a broker."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from faststream.rabbit import RabbitBroker
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from generated.messaging.contract import ContractError
from generated.messaging.runtime.fast_path import DirectFrames, DirectHandler, DirectMessage
from generated.messaging.gateway import build_gateway_subscriber
from generated.messaging.message import send_job_status
from generated.models.event import JobStatusEvent

STATUS = JobStatusEvent(
    type="job_status", job_id=42, team_id=7, status="polling", message="On its way",
    env_name="shop-42", occurred_at=1766000002,
)  # fmt: skip
KEY = "team.7.job.42.status"


class Channel:
    """What the fast path uses of aiormq's channel; `deliver` is the connection's reader."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[Any] = asyncio.Queue()
        self.closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_consumer_cancel_callbacks: set[Any] = set()
        self.consumed: dict[str, Any] = {}

    async def get_underlay_channel(self) -> "Channel":
        return self

    async def basic_consume(self, queue: str, callback: Any, **options: Any) -> None:
        self.consumed = {"queue": queue, **options}

    async def deliver(self, body: bytes, *, tag: str = "", pieces: int = 1, **options: Any) -> None:
        tag = tag or self.consumed["consumer_tag"]
        deliver = Basic.Deliver(tag, 1, False, "events.topic", options.pop("routing_key", KEY))
        properties = Basic.Properties(content_type="application/json", **options)
        size = -(-len(body) // pieces) or 1
        contents = [ContentBody(body[at : at + size]) for at in range(0, len(body), size)]
        for frame in (deliver, ContentHeader(0, len(body), properties), *contents):
            await self.frames.put((0, frame))


class Broker(RabbitBroker):
    """A broker whose declarations lead to `channel`."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.channel = channel
        self.bound: list[tuple[str, str]] = []
        self.published: list[tuple[bytes, dict[str, Any]]] = []

    async def declare_queue(self, queue: Any) -> Any:
        async def bind(exchange: str, routing_key: str) -> None:
            self.bound.append((exchange, routing_key))

        return SimpleNamespace(name=queue.name, channel=self.channel, bind=bind)

    async def declare_exchange(self, exchange: Any) -> Any:
        return exchange.name

    async def publish(self, message: Any = None, **options: Any) -> Any:
        await asyncio.sleep(0)  # as the confirm, it comes when the reader reads on
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
        self.broker = Broker(self.channel)
        self.handlers = Handlers()
        self.errors: list[ContractError] = []
        self.ended = 0
        self.another = False

    async def start(self) -> "World":
        subscription = build_gateway_subscriber(
            self.broker,
            self.handlers,
            instance="one",
            on_error=self.refused,
        )
        await subscription.start(self.broker, self.end)
        return self

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
async def test_a_message_is_handled_where_its_last_frame_is_read(world, pieces):
    message = send_job_status(STATUS, event_id="q3JvT0aX.118")
    await world.channel.deliver(
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
    assert world.channel.frames._others.empty()


async def test_a_bad_message_is_put_aside_and_the_next_is_handled(world):
    await world.channel.deliver(body_of(job_id=-1), headers={"x-event-id": "q3JvT0aX.1"})
    await world.channel.deliver(b"", routing_key="team.7.job.42.status")
    await world.channel.deliver(body_of(message="refuse"))
    await world.channel.deliver(body_of())
    assert len(world.handlers.received) == 1
    assert world.broker.published == []  # the reader does not wait for the confirm
    await asyncio.sleep(0.01)
    assert [error.pointer for error in world.errors] == ["/job_id", "", "/message"]
    dead, options = world.broker.published[0]
    assert dead == body_of(job_id=-1)
    assert json.loads(options["headers"]["x-contract-error"])["pointer"] == "/job_id"
    assert options["headers"]["x-original-queue"] == "events.sse.one"
    assert options["headers"]["x-event-id"] == "q3JvT0aX.1"


async def test_of_a_body_beyond_the_contract_s_limit_only_so_much_is_kept_and_put_aside(world):
    size = 3_000_000
    await world.channel.deliver(b"x" * size, pieces=30, headers={"x-event-id": "q3JvT0aX.1"})
    await world.channel.deliver(body_of())
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
    await world.channel.deliver(b"{")
    await asyncio.sleep(0.01)
    assert [error.rule for error in world.errors] == ["json_invalid"]
    assert world.broker.published == []


async def test_a_failing_handler_is_logged_and_the_next_message_is_handled(world, caplog):
    await world.channel.deliver(body_of(message="fail"))
    await world.channel.deliver(body_of())
    assert len(world.handlers.received) == 1
    assert "of the handler" in caplog.text


async def test_a_message_that_can_not_be_put_aside_is_logged(world, caplog):
    async def refused(*_: Any, **__: Any) -> Any:
        raise ConnectionError("gone")

    world.broker.publish = refused
    await world.channel.deliver(b"{")
    await asyncio.sleep(0.01)
    assert "gone" in caplog.text


async def test_other_frames_go_on_to_the_channels_reader(world):
    others = [Basic.Ack(1), Basic.CancelOk("direct")]
    await world.channel.frames.put((0, others[0]))
    await world.channel.deliver(body_of(), tag="ctag1")
    await world.channel.deliver(body_of())
    await world.channel.frames.put((0, others[1]))
    passed = []
    for _ in range(5):
        passed.append((await world.channel.frames.get())[1])
        world.channel.frames.task_done()
    assert [passed[0], passed[4]] == others
    assert [type(frame) for frame in passed[1:4]] == [Basic.Deliver, ContentHeader, ContentBody]
    assert len(world.handlers.received) == 1


async def test_the_end_of_the_consumer_and_of_the_channel_is_told(world):
    (cancelled,) = world.channel.on_consumer_cancel_callbacks
    cancelled(Basic.Cancel("direct"))
    assert world.ended == 1
    world.channel.closing.set_result(None)
    await asyncio.sleep(0.01)
    assert world.ended == 2


async def test_a_message_without_a_body_is_one():
    taken: list[DirectMessage] = []

    async def dispatch(message: Any) -> None:
        taken.append(message)

    async def refuse(*_: Any) -> None: ...

    frames = DirectFrames(asyncio.Queue(), "t", DirectHandler(dispatch, refuse))
    for frame in (Basic.Deliver("t", 1, False, "", "q"), ContentHeader(0, 0, Basic.Properties())):
        await frames.put((0, frame))
    assert [(message.body, message.headers, message.exchange) for message in taken] == [
        (b"", {}, "")
    ]
