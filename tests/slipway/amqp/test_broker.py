"""The broker as a whole: starting, stopping, refusing, and holding its bounds."""

import asyncio
import contextlib
import os
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any

import aio_pika
import pytest
import structlog
import uvloop
from aio_pika import Message
from aiormq import exceptions
from pamqp import commands as spec
from pamqp import frame, header

from slipway.amqp import Broker, Limits

pytestmark = [pytest.mark.enable_socket]

TIMEOUT = 5.0
GREETING = b"AMQP\x00\x00\x09\x01"
SMALL = Limits(memory=200_000, message=100_000, handshake=0.2)


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    async with Broker(user="slip", password="way") as started:
        yield started


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not condition():
            await asyncio.sleep(0.001)


class Raw:
    """A client made of frames."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def connect(self, **tuned: int) -> "Raw":
        self.reader, self.writer = await asyncio.open_connection(self.broker.host, self.broker.port)
        self.writer.write(GREETING)
        await self.expect(spec.Connection.Start)
        self.send(spec.Connection.StartOk({}, "PLAIN", "\0slip\0way", "en_US"), 0)
        await self.expect(spec.Connection.Tune)
        self.send(spec.Connection.TuneOk(**tuned), 0)
        return self

    async def open(self) -> "Raw":
        await self.connect()
        self.send(spec.Connection.Open("/"), 0)
        await self.expect(spec.Connection.OpenOk)
        self.send(spec.Channel.Open())
        await self.expect(spec.Channel.OpenOk)
        return self

    def send(self, method: Any, channel: int = 1) -> None:
        self.writer.write(frame.marshal(method, channel))

    def publish(self, key: str, body: bytes, **properties: Any) -> None:
        self.send(spec.Basic.Publish(routing_key=key))
        self.send(header.ContentHeader(0, len(body), spec.Basic.Properties(**properties)))
        for at in range(0, len(body), 4000):
            self.writer.write(
                b"\x03\0\x01"
                + struct.pack(">I", len(body[at : at + 4000]))
                + body[at : at + 4000]
                + b"\xce"
            )

    async def expect(self, kind: type) -> Any:
        async with asyncio.timeout(TIMEOUT):
            head = await self.reader.readexactly(7)
            rest = await self.reader.readexactly(int.from_bytes(head[3:7], "big") + 1)
        method = frame.unmarshal(head + rest)[2]
        assert isinstance(method, kind), (method.name, dict(method))
        return method

    async def refused(self, code: int) -> str:
        closing = await self.expect(spec.Connection.Close)
        assert closing.reply_code == code, closing.reply_text
        self.send(spec.Connection.CloseOk(), 0)
        async with asyncio.timeout(TIMEOUT):
            assert await self.reader.read() == b""
        self.writer.close()
        return str(closing.reply_text)


# --- life -----------------------------------------------------------------------------------


async def test_stopping_tells_the_clients_and_frees_the_port():
    broker = Broker()
    await broker.start()
    port = broker.port
    connection = await aio_pika.connect(broker.url)
    closed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    connection.close_callbacks.add(lambda _, error: closed.set_result(error))
    await broker.stop()
    error = await asyncio.wait_for(closed, TIMEOUT)
    assert "CONNECTION_FORCED" in str(error)
    await broker.stop()
    await broker.start(port=port)
    assert broker.port == port
    await broker.stop()


async def test_stopping_does_not_wait_for_a_client_that_hangs():
    broker = Broker(user="slip", password="way")
    await broker.start()
    raw = await Raw(broker).open()
    async with asyncio.timeout(TIMEOUT):
        await broker.stop()
    raw.writer.close()


async def test_a_taken_port_is_an_error_and_the_journal_is_free_again(tmp_path):
    path = tmp_path / "journal"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        broker = Broker(journal=path)
        with pytest.raises(OSError, match="ddress"):
            await broker.start(port=taken.getsockname()[1])
    async with Broker(journal=path):
        pass


async def test_inspection_needs_a_started_broker():
    with pytest.raises(RuntimeError, match="start"):
        Broker().vhost()


def test_it_runs_on_uvloop(tmp_path):
    async def work() -> list[bytes]:
        async with (
            Broker(journal=tmp_path / "journal") as broker,
            await aio_pika.connect(broker.url) as connection,
        ):
            channel = await connection.channel()
            queue = await channel.declare_queue("q", durable=True)
            for n in range(50):
                await channel.default_exchange.publish(Message(b"%d" % n, delivery_mode=2), "q")
            return [(await queue.get(no_ack=True)).body for _ in range(50)]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(work()) == [b"%d" % n for n in range(50)]


# --- doors ----------------------------------------------------------------------------------


async def test_virtual_hosts_are_apart_and_a_closed_list_is_closed():
    async with Broker(user="slip", password="way", vhosts=["/", "one"]) as broker:
        for url, durable in ((broker.url + "one", True), (broker.url + "%2F", False)):
            connection = await aio_pika.connect(url)
            await (await connection.channel()).declare_queue("q", durable=durable)
            await connection.close()
        assert [broker.vhost(name).queues["q"].durable for name in ("one", "/")] == [True, False]
        raw = await Raw(broker).connect()
        raw.send(spec.Connection.Open("two"), 0)
        assert "'two'" in await raw.refused(530)
    async with Broker() as broker:
        connection = await aio_pika.connect(broker.url + "made-at-first-use")
        await connection.close()


@pytest.mark.parametrize("mechanism", ["AMQPLAIN", "EXTERNAL", "RABBIT-CR-DEMO"])
async def test_other_mechanisms_are_refused_by_name_of_the_offered(broker, mechanism):
    raw = Raw(broker)
    raw.reader, raw.writer = await asyncio.open_connection(broker.host, broker.port)
    raw.writer.write(GREETING)
    start = await raw.expect(spec.Connection.Start)
    assert start.mechanisms == "PLAIN"
    raw.send(spec.Connection.StartOk({}, mechanism, "\x05LOGINS\0\0\0\x04slip", "en_US"), 0)
    assert "PLAIN" in await raw.refused(403)


@pytest.mark.parametrize(
    "response", ["", "\0slip\0", "\0slip\0wa", "\0slip\0wayy", "slip\0way", "\0Slip\0way", "\0\0"]
)
async def test_wrong_credentials_are_refused(broker, response):
    raw = Raw(broker)
    raw.reader, raw.writer = await asyncio.open_connection(broker.host, broker.port)
    raw.writer.write(GREETING)
    await raw.expect(spec.Connection.Start)
    raw.send(spec.Connection.StartOk({}, "PLAIN", response, "en_US"), 0)
    await raw.refused(403)


@pytest.mark.parametrize(
    "tuned", [{"frame_max": 1000}, {"frame_max": 2**20}, {"channel_max": 60_000}]
)
async def test_tuning_beyond_the_offer_is_refused(broker, tuned):
    raw = await Raw(broker).connect(**tuned)
    await raw.refused(530)


async def test_nothing_works_before_the_handshake_is_done(broker):
    raw = await Raw(broker).connect()
    raw.send(spec.Channel.Open(), 1)
    await raw.refused(504)
    raw = await Raw(broker).connect()
    raw.send(spec.Connection.StartOk({}, "PLAIN", "\0slip\0way", "en_US"), 0)
    await raw.refused(503)


async def test_a_handshake_that_takes_too_long_is_hung_up_on():
    async with Broker(limits=SMALL) as broker:
        reader, writer = await asyncio.open_connection(broker.host, broker.port)
        writer.write(GREETING[:5])
        async with asyncio.timeout(TIMEOUT):
            with contextlib.suppress(ConnectionError):
                assert await reader.read(100) == b""
        writer.close()


async def test_connections_and_channels_are_counted():
    async with Broker(limits=Limits(connections=1, channel_max=2)) as broker:
        connection = await aio_pika.connect(broker.url)
        with pytest.raises((OSError, exceptions.AMQPError)):
            await aio_pika.connect(broker.url)
        await connection.close()
        await until(lambda: not broker._connections)
        await (await aio_pika.connect(broker.url)).close()


async def test_transactions_are_refused_clearly(broker):
    for method in (spec.Tx.Select(), spec.Tx.Commit(), spec.Tx.Rollback()):
        raw = await Raw(broker).open()
        raw.send(method)
        assert "publisher confirms" in await raw.refused(540)


async def test_credentials_are_never_logged():
    with structlog.testing.capture_logs() as logs:
        async with Broker(user="slip", password="way") as broker:
            with pytest.raises(exceptions.AMQPError):
                await aio_pika.connect(broker.url.replace(":way@", ":wrong-secret@"))
            await (await aio_pika.connect(broker.url)).close()
    assert logs
    for word in ("way", "wrong-secret", "slip"):
        assert not [log for log in logs if word in repr(log).replace("slipway", "")], word


async def test_a_closing_connection_does_not_feed_its_own_channels(broker):
    """RabbitMQ may, and so counts a delivery that nobody saw against the delivery limit."""
    lost = await aio_pika.connect(broker.url)
    for _ in range(2):
        channel = await lost.channel()
        queue = await channel.declare_queue("q", durable=True, arguments={"x-queue-type": "quorum"})
        await queue.consume(asyncio.Queue[Any]().put)
    for body in (b"1", b"2"):
        await channel.default_exchange.publish(Message(body), "q")
    await lost.close()
    await until(lambda: len(broker.vhost().queues["q"].ready) == 2)
    assert [entry.deliveries for entry in broker.vhost().queues["q"].ready] == [1, 1]


# --- bounds ---------------------------------------------------------------------------------


async def test_a_message_above_the_limit_closes_its_channel_only():
    async with Broker(user="slip", password="way", limits=SMALL) as broker:
        raw = await Raw(broker).open()
        raw.publish("q", bytes(100_001))
        closing = await raw.expect(spec.Channel.Close)
        assert (closing.reply_code, closing.class_id, closing.method_id) == (406, 60, 40)
        raw.send(spec.Channel.CloseOk())
        raw.send(spec.Channel.Open())
        await raw.expect(spec.Channel.OpenOk)
        raw.writer.close()
        await until(lambda: not broker._connections)
        assert broker.memory_used == 0


async def test_publishers_wait_while_memory_is_short_and_consumers_go_on():
    async with Broker(user="slip", password="way", limits=SMALL) as broker:
        raw = await Raw(broker).open()
        raw.send(spec.Queue.Declare(queue="q"))
        await raw.expect(spec.Queue.DeclareOk)
        body = bytes(10_000)
        for _ in range(300):
            raw.publish("q", body)
        await until(lambda: broker._directory.memory.exceeded)
        await asyncio.sleep(0.05)
        held = broker.memory_used
        assert held < SMALL.memory + 11_000, "stops within one message of the limit"
        assert len(broker.vhost().queues["q"].ready) == held // (10_000 + 414)

        connection = await aio_pika.connect(broker.url)
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=5)
        count = 0
        done = asyncio.Event()
        high = 0

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            nonlocal count, high
            high = max(high, broker.memory_used)
            await message.ack()
            count += 1
            if count == 300:
                done.set()

        await (await channel.get_queue("q")).consume(take)
        await asyncio.wait_for(done.wait(), 30)
        await connection.close()
        assert high < SMALL.memory + 11_000
        raw.writer.close()


async def test_messages_being_received_count_and_are_forgotten_with_their_channel():
    async with Broker(user="slip", password="way", limits=SMALL) as broker:
        raw = await Raw(broker).open()
        for number in (2, 3):
            raw.send(spec.Channel.Open(), number)
            await raw.expect(spec.Channel.OpenOk)
        for number in (1, 2):
            raw.send(spec.Basic.Publish(routing_key="q"), number)
            raw.send(header.ContentHeader(0, 80_000), number)
        await until(lambda: broker.memory_used == 160_000)
        raw.send(spec.Channel.Close(200, "", 0, 0), 1)
        await raw.expect(spec.Channel.CloseOk)
        assert broker.memory_used == 80_000
        raw.writer.close()
        await until(lambda: not broker._connections)
        assert broker.memory_used == 0


async def test_messages_interleaved_on_two_channels_are_completed_although_memory_is_short():
    async with Broker(
        user="slip", password="way", limits=Limits(memory=150_000, message=100_000)
    ) as broker:
        raw = await Raw(broker).open()
        raw.send(spec.Channel.Open(), 2)
        await raw.expect(spec.Channel.OpenOk)
        raw.send(spec.Queue.Declare(queue="q"))
        await raw.expect(spec.Queue.DeclareOk)
        for number in (1, 2):
            raw.send(spec.Basic.Publish(routing_key="q"), number)
            raw.send(header.ContentHeader(0, 80_000), number)
        raw.send(spec.Channel.Open(), 3)
        await raw.expect(spec.Channel.OpenOk)
        raw.send(spec.Basic.Publish(routing_key="q"), 3)
        raw.send(header.ContentHeader(0, 0), 3)
        for _ in range(20):
            for number in (1, 2):
                raw.writer.write(struct.pack(">BHI", 3, number, 4000) + bytes(4000) + b"\xce")
        await until(lambda: len(broker.vhost().queues["q"].ready) == 3)
        raw.writer.close()


async def test_acknowledgements_are_taken_while_memory_is_short():
    async with Broker(user="slip", password="way", limits=SMALL) as broker:
        raw = await Raw(broker).open()
        raw.send(spec.Queue.Declare(queue="q"))
        await raw.expect(spec.Queue.DeclareOk)
        for _ in range(2):
            raw.publish("q", bytes(99_900))
        await until(lambda: broker._directory.memory.exceeded)
        raw.send(spec.Basic.Get(queue="q", no_ack=True))
        raw.publish("q", b"waits no more")
        await until(lambda: len(broker.vhost().queues["q"].ready) == 2)
        raw.writer.close()


async def test_a_consumer_that_does_not_read_gets_no_more_than_its_buffer(broker):
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(slow, (broker.host, broker.port))
        raw = Raw(broker)
        raw.reader, raw.writer = await asyncio.open_connection(sock=slow.dup())
        raw.writer.write(GREETING)
        await raw.expect(spec.Connection.Start)
        raw.send(spec.Connection.StartOk({}, "PLAIN", "\0slip\0way", "en_US"), 0)
        await raw.expect(spec.Connection.Tune)
        raw.send(spec.Connection.TuneOk(), 0)
        raw.send(spec.Connection.Open("/"), 0)
        await raw.expect(spec.Connection.OpenOk)
        raw.send(spec.Channel.Open())
        await raw.expect(spec.Channel.OpenOk)
        raw.send(spec.Queue.Declare(queue="q"))
        await raw.expect(spec.Queue.DeclareOk)
        raw.writer.transport.pause_reading()
        raw.send(spec.Basic.Consume(queue="q", no_ack=True))
        queue = broker.vhost().queues["q"]
        await until(lambda: len(queue.consumers) == 1)
        connection = await aio_pika.connect(broker.url)
        channel = await connection.channel()
        body = os.urandom(50_000)
        for _ in range(300):
            await channel.default_exchange.publish(Message(body), "q")
        assert len(queue.ready) > 100
        raw.writer.transport.resume_reading()

        async def drain() -> None:
            while queue.ready:
                await raw.reader.read(2**20)

        await asyncio.wait_for(drain(), 30)
        await connection.close()
        raw.writer.close()


async def test_a_client_that_never_reads_its_returns_is_no_longer_read():
    limits = Limits(unread=500_000)
    async with Broker(user="slip", password="way", limits=limits) as broker:
        raw = await Raw(broker).open()
        raw.writer.transport.pause_reading()
        (served,) = broker._connections
        for _ in range(3000):
            raw.send(spec.Basic.Publish(routing_key="nowhere", mandatory=True))
            raw.send(header.ContentHeader(0, 4000))
            raw.writer.write(b"\x03\0\x01" + struct.pack(">I", 4000) + bytes(4000) + b"\xce")
        await until(lambda: not served._reading)
        assert served._transport.get_write_buffer_size() < 2 * limits.unread
        raw.writer.transport.abort()
        await until(lambda: not broker._connections)


async def test_random_bytes_from_many_connections_disturb_nobody(broker, monkeypatch):
    chance = random.Random(int(os.environ.get("FUZZ_SEED", "7")))  # noqa: S311 - noise, no secret
    logs = structlog.testing.CapturingLogger()
    monkeypatch.setattr("slipway.amqp.connection.log", logs)
    connection = await aio_pika.connect(broker.url)
    channel = await connection.channel()
    queue = await channel.declare_queue("q")
    good = [
        frame.marshal(spec.Basic.Publish(routing_key="q"), 1),
        frame.marshal(
            header.ContentHeader(0, 3, spec.Basic.Properties(headers={"a": [1, {"b": None}]})), 1
        ),
        b"\x03\0\x01\0\0\0\x03abc\xce",
        frame.marshal(spec.Queue.Declare(queue="x", arguments={"x-max-length": 5}), 1),
        frame.marshal(spec.Basic.Nack(0, True, True), 1),
        frame.marshal(spec.Basic.Consume(queue="x"), 1),
    ]
    for _ in range(60):
        raw = await Raw(broker).open()
        stream = bytearray(b"".join(chance.choices(good, k=12)))
        for _ in range(chance.randint(1, 6)):
            stream[chance.randrange(len(stream))] = chance.randrange(256)
        raw.writer.write(bytes(stream))
        raw.writer.write_eof()
        async with asyncio.timeout(TIMEOUT + 5):
            while await raw.reader.read(65536):
                pass
        raw.writer.close()
    await channel.default_exchange.publish(Message(b"alive"), "q")
    while (got := await queue.get(no_ack=True)).body != b"alive":
        assert len(got.body) <= 3
    await connection.close()
    assert logs.calls
    assert "exception" not in {call.method_name for call in logs.calls}, "only foreseen errors"
