"""The channels of one connection: opened, fed with frames, and closed when a method fails."""

import structlog
from pamqp import commands

from slipway.amqp import basic, topology, wire
from slipway.amqp.channel import Channel, ConnectionPort
from slipway.amqp.errors import (
    CHANNEL_ERROR,
    NOT_IMPLEMENTED,
    UNEXPECTED_FRAME,
    ChannelError,
    FatalError,
)
from slipway.amqp.publish import Incoming

_METHODS = {**topology.METHODS, **basic.METHODS}

log = structlog.get_logger(__name__)


class Channels:
    """Numbered 1 to `channel_max`. What breaks the protocol raises FatalError."""

    def __init__(self, link: ConnectionPort, channel_max: int) -> None:
        self._link = link
        self._channel_max = channel_max
        self._open: dict[int, Channel] = {}
        self._incoming: dict[int, Incoming] = {}

    @property
    def receiving(self) -> bool:
        """Whether a message has begun and is not complete."""
        return bool(self._incoming)

    def take(self, frame: wire.Frame) -> None:
        """Process a frame of a channel; a ChannelError closes that channel only."""
        channel = self._open.get(frame.channel)
        if channel is None:
            self._begin(frame)
            return
        try:
            if frame.type == wire.METHOD:
                self._take_method(channel, frame.payload)
            elif not channel.closing:
                self._take_content(channel, frame)
        except ChannelError as error:
            self._fail(channel, error, frame)

    def dispatch(self) -> None:
        """Let the queues deliver: the socket takes data again."""
        for channel in list(self._open.values()):
            for consumer in list(channel.consumers.values()):
                consumer.queue.dispatch()

    def close(self) -> None:
        """End all channels; none of them gets back what another one returns."""
        channels, self._open = list(self._open.values()), {}
        for number in list(self._incoming):
            self._discard(number)
        for channel in channels:
            channel.closing = True
        for channel in channels:
            channel.close()

    def _begin(self, frame: wire.Frame) -> None:
        index = wire.method_index(frame.payload) if frame.type == wire.METHOD else 0
        if index == commands.Channel.CloseOk.index:
            return
        if index != commands.Channel.Open.index or frame.channel > self._channel_max:
            raise FatalError(CHANNEL_ERROR, f"expected 'channel.open' on channel {frame.channel}")
        channel = self._open[frame.channel] = Channel(frame.channel, self._link)
        channel.reply(commands.Channel.OpenOk())

    def _take_method(self, channel: Channel, payload: bytes) -> None:
        index = wire.method_index(payload)
        if index == commands.Channel.Close.index:
            self._end(channel)
            self._link.send(wire.encode_method(channel.number, commands.Channel.CloseOk()))
        elif channel.closing:
            if index == commands.Channel.CloseOk.index:
                self._end(channel)
        elif channel.number in self._incoming:
            raise FatalError(UNEXPECTED_FRAME, "expected content frames, got a method")
        elif index == wire.PUBLISH:
            self._incoming[channel.number] = Incoming(payload, self._link.max_message_bytes)
        elif index == commands.Channel.Open.index:
            raise FatalError(CHANNEL_ERROR, "second 'channel.open' seen")
        elif index != commands.Basic.CancelOk.index:
            method = wire.decode_method(index, payload)
            handler = _METHODS.get(index)
            if handler is None:
                raise FatalError(NOT_IMPLEMENTED, f"{method.name} is not supported here")
            handler(channel, method)

    def _take_content(self, channel: Channel, frame: wire.Frame) -> None:
        incoming = self._incoming.get(channel.number)
        if incoming is None:
            raise FatalError(UNEXPECTED_FRAME, "content frame without basic.publish")
        if frame.type == wire.HEADER:
            complete = incoming.header(frame.payload)
            self._link.reserve(incoming.reserved)
        else:
            complete = incoming.body(frame.payload)
        if complete:
            self._discard(channel.number)
            incoming.publish(channel)

    def _discard(self, number: int) -> None:
        incoming = self._incoming.pop(number, None)
        if incoming is not None:
            self._link.reserve(-incoming.reserved)

    def _end(self, channel: Channel) -> None:
        self._open.pop(channel.number, None)
        self._discard(channel.number)
        channel.close()

    def _fail(self, channel: Channel, error: ChannelError, frame: wire.Frame) -> None:
        self._discard(channel.number)
        index = wire.method_index(frame.payload) if frame.type == wire.METHOD else wire.PUBLISH
        log.info("amqp_channel_closed", code=error.code, reason=error.text)
        channel.close()
        channel.reply(
            commands.Channel.Close(error.code, error.reply_text, index >> 16, index & 0xFFFF)
        )
