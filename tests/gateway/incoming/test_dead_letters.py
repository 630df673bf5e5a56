"""Which gateway puts a bad event aside, and what becomes of it when that one is gone."""

import asyncio
from types import SimpleNamespace
from typing import Any

from aiormq.exceptions import ChannelLockedResource

from backbone.amqp_transport import HEARTBEAT_SECONDS
from backbone.tcp import USER_TIMEOUT_MILLISECONDS
from gateway.incoming.dead_letters import (
    KEPT_BYTES,
    KEPT_SECONDS,
    LONGEST_PAUSE,
    DeadLetterWriter,
)
from generated.messaging.contract import ContractError
from generated.messaging.topology import Topology
from testing.virtual_time import virtual

ERROR = ContractError("rule", "/pointer", "detail")


class Broker:
    """Gives its exclusive queue to one connection, and notes what is published."""

    def __init__(self) -> None:
        self.holder: Any = None
        self.asked = 0
        self.failing = False
        self.published: list[bytes] = []

    async def publish(self, body: bytes, **_: Any) -> None:
        if self.failing:
            raise ConnectionError("gone")
        self.published.append(body)

    def connection(self) -> Any:
        connection = SimpleNamespace()

        async def channel() -> Any:
            return SimpleNamespace(declare_queue=declare, close=close)

        async def declare(name: str, *, exclusive: bool) -> None:
            assert (name, exclusive) == ("events.dead.writer", True)
            self.asked += 1
            await asyncio.sleep(0.01)
            if self.holder not in (None, connection):
                raise ChannelLockedResource("locked")
            self.holder = connection

        async def close() -> None: ...

        connection.channel = channel
        return connection


class Gateway:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.writer = DeadLetterWriter(Topology.default(), asyncio.get_running_loop().time)
        self.connect()

    def connect(self) -> None:
        self.connection = self.broker.connection()
        self.writer.connected(self.broker, self.connection)

    def get(self, body: bytes) -> None:
        """Do what the generated subscriber does with a bad message."""
        raw = SimpleNamespace(
            body=body, headers={}, routing_key="k", exchange="events.topic", content_type=None,
            content_encoding=None, message_id=None, correlation_id=None, type=None,
        )  # fmt: skip
        if self.writer.refused(raw, ERROR, "events.sse.x"):
            self.broker.published.append(body)

    def end(self) -> None:
        self.writer.lost()
        if self.broker.holder is self.connection:
            self.broker.holder = None


@virtual
async def test_each_bad_event_is_put_aside_once():
    broker = Broker()
    gateways = [Gateway(broker) for _ in range(3)]
    for number in range(5):
        for gateway in gateways:
            gateway.get(b"%d" % number)
        await asyncio.sleep(1)
    await asyncio.sleep(600)
    assert sorted(broker.published) == [b"0", b"1", b"2", b"3", b"4"]


@virtual
async def test_what_the_writer_could_not_put_aside_any_more_its_successor_does():
    broker = Broker()
    writer, other = Gateway(broker), Gateway(broker)
    writer.get(b"a")
    await asyncio.sleep(KEPT_SECONDS)
    other.get(b"b")  # the writer froze before it got this one
    await asyncio.sleep(30)
    writer.end()
    await asyncio.sleep(KEPT_SECONDS)
    assert broker.published == [b"a", b"b"]


@virtual
async def test_a_lost_connection_does_not_lose_what_waits():
    broker = Broker()
    writer, other = Gateway(broker), Gateway(broker)
    writer.get(b"a")
    await asyncio.sleep(1)
    other.get(b"b")
    other.end()
    writer.end()
    other.connect()
    await asyncio.sleep(1)
    assert broker.published == [b"a", b"b"]


@virtual
async def test_what_can_not_be_published_waits_for_the_next_connection(caplog):
    broker = Broker()
    broker.failing = True
    gateway = Gateway(broker)
    gateway.get(b"a")
    await asyncio.sleep(1)
    assert not broker.published
    broker.failing = False
    gateway.end()
    gateway.connect()
    await asyncio.sleep(1)
    assert broker.published == [b"a"]


@virtual
async def test_others_keep_a_bounded_amount_for_a_bounded_time():
    broker = Broker()
    writer, other = Gateway(broker), Gateway(broker)
    writer.get(b"a")
    await asyncio.sleep(1)
    for _ in range(100):
        other.get(b"x" * 65_536)
    assert other.writer._bytes <= KEPT_BYTES
    await asyncio.sleep(2 * KEPT_SECONDS)
    assert not other.writer._kept
    asked = broker.asked
    await asyncio.sleep(600)
    assert broker.asked == asked, "brokers log each refusal: who has nothing to write does not ask"


def test_others_keep_for_longer_than_a_gone_writer_is_noticed():
    noticed = 2 * HEARTBEAT_SECONDS + USER_TIMEOUT_MILLISECONDS / 1000
    assert noticed + LONGEST_PAUSE < KEPT_SECONDS
