"""Frames that break the protocol, heartbeats and credentials, on a bare socket. The same on the embedded broker and on RabbitMQ."""

import asyncio
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import aio_pika
import pytest
from aiormq import exceptions
from pamqp import commands as spec
from pamqp import frame, header

from tests.integration.amqp.scenario import (
    SECONDS,
    Inbox,
    send,
    unique,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


class Wire:
    """A client that speaks raw frames, for what well-behaved clients never send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.heard = b""

    @classmethod
    async def open(cls, url: str, *, heartbeat: int = 0) -> "Wire":
        parts = urlsplit(url)
        wire = cls(*await asyncio.open_connection(parts.hostname, parts.port or 5672))
        wire.writer.write(b"AMQP\x00\x00\x09\x01")
        await wire.expect(spec.Connection.Start)
        response = f"\0{unquote(parts.username or '')}\0{unquote(parts.password or '')}"
        wire.send(spec.Connection.StartOk({}, "PLAIN", response, "en_US"), 0)
        tune = await wire.expect(spec.Connection.Tune)
        wire.send(spec.Connection.TuneOk(tune.channel_max, tune.frame_max, heartbeat), 0)
        wire.send(spec.Connection.Open(unquote(parts.path[1:]) or "/"), 0)
        await wire.expect(spec.Connection.OpenOk)
        wire.send(spec.Channel.Open(), 1)
        await wire.expect(spec.Channel.OpenOk)
        return wire

    def send(self, method: Any, channel: int = 1) -> None:
        self.writer.write(frame.marshal(method, channel))

    async def expect(self, kind: type) -> Any:
        """The next method of this kind; heartbeats are skipped, anything else fails."""
        async with asyncio.timeout(SECONDS):
            while True:
                head = await self.reader.readexactly(7)
                rest = await self.reader.readexactly(int.from_bytes(head[3:7], "big") + 1)
                if head[0] != 8:
                    method = frame.unmarshal(head + rest)[2]
                    assert isinstance(method, kind), vars_of(method)
                    return method

    async def heartbeat(self) -> None:
        assert (
            await asyncio.wait_for(self.reader.readexactly(8), SECONDS) == b"\x08\0\0\0\0\0\0\xce"
        )

    async def closed(self) -> None:
        """Wait until the other side has hung up, whatever it says before."""
        async with asyncio.timeout(SECONDS):
            try:
                while await self.reader.read(65536):
                    pass
            except ConnectionError:
                pass
        self.writer.close()


def vars_of(method: Any) -> dict[str, Any]:
    return {"name": method.name} | dict(method)


PUBLISH = frame.marshal(spec.Basic.Publish(exchange="", routing_key="nowhere"), 1)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (501, b"\x01\x00\x01\x00\x00\x00\x04\x00\x3c\x00\x28\x00"),  # no end octet
        (501, b"\x03\x00\x01\xff\xff\xff\xff" + b"x" * 100),  # larger than frame_max
        (
            505,
            b"\x02\x00\x01\x00\x00\x00\x0e\x00\x3c" + bytes(12) + b"\xce",
        ),  # header without publish
        (505, PUBLISH + PUBLISH),
        (505, PUBLISH + b"\x03\x00\x01\x00\x00\x00\x01x\xce"),  # body without header
        (504, frame.marshal(spec.Queue.Declare(queue="x"), 2)),  # channel is not open
        (504, frame.marshal(spec.Channel.Open(), 1)),  # channel is open already
        (
            540,
            frame.marshal(spec.Basic.Publish(routing_key="x", immediate=True), 1)
            + frame.marshal(header.ContentHeader(body_size=0), 1),
        ),
        (540, frame.marshal(spec.Basic.Qos(prefetch_size=10), 1)),
    ],
)
async def test_a_client_that_breaks_the_protocol_loses_only_its_own_connection(
    url, connect, code, data
):
    channel = await (await connect()).channel()
    queue = await channel.declare_queue("", exclusive=True)
    inbox = await Inbox.of(queue, no_ack=True)
    wire = await Wire.open(url)
    wire.writer.write(data)
    closing = await wire.expect(spec.Connection.Close)
    assert closing.reply_code == code, closing.reply_text
    wire.send(spec.Connection.CloseOk(), 0)
    await wire.closed()
    await send(channel, queue.name, b"fine")
    assert await inbox.bodies(1) == [b"fine"]


async def test_another_protocol_is_answered_with_the_one_spoken(url):
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 5672)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await asyncio.wait_for(reader.readexactly(8), SECONDS) == b"AMQP\x00\x00\x09\x01"
    writer.close()


async def test_heartbeats_are_sent_and_a_silent_client_is_hung_up_on(url):
    wire = await Wire.open(url, heartbeat=1)
    await wire.heartbeat()
    await wire.heartbeat()
    await wire.closed()


async def test_frames_on_a_failed_channel_areignored_until_it_is_closed(url):
    wire = await Wire.open(url)
    wire.send(spec.Queue.Declare(queue=unique("none"), passive=True))
    wire.send(spec.Queue.Declare(queue="", exclusive=True))
    wire.writer.write(PUBLISH + frame.marshal(header.ContentHeader(body_size=0), 1))
    closing = await wire.expect(spec.Channel.Close)
    assert (closing.reply_code, closing.class_id, closing.method_id) == (404, 50, 10)
    wire.send(spec.Channel.CloseOk())
    wire.send(spec.Channel.Open())
    await wire.expect(spec.Channel.OpenOk)
    wire.send(spec.Connection.Close(200, "bye", 0, 0), 0)
    await wire.expect(spec.Connection.CloseOk)
    wire.writer.close()


async def test_wrong_credentials_are_refused(url):
    parts = urlsplit(url)
    wrong = urlunsplit(
        parts._replace(netloc=f"{parts.username}:wrong@{parts.hostname}:{parts.port or 5672}")
    )
    with pytest.raises(exceptions.ProbableAuthenticationError):
        await aio_pika.connect(wrong)
