"""A client's connection: frames in and out, heartbeats, and back-pressure both ways.

A client that breaks the protocol loses its own connection and harms no other.
"""

import asyncio
from collections.abc import Callable
from typing import cast

import structlog
from pamqp import base, commands

from slipway.amqp import wire
from slipway.amqp.channels import Channels
from slipway.amqp.directory import Directory
from slipway.amqp.errors import (
    CHANNEL_ERROR,
    CONNECTION_FORCED,
    INTERNAL_ERROR,
    NOT_IMPLEMENTED,
    UNEXPECTED_FRAME,
    FatalError,
)
from slipway.amqp.handshake import Handshake
from slipway.amqp.heartbeat import Heartbeat
from slipway.amqp.outbound import Outbound
from slipway.amqp.vhost import VirtualHost

_CLOSE_SECONDS = 3.0
_GREETING_BYTES = len(wire.PROTOCOL_HEADER)

log = structlog.get_logger(__name__)


class Connection(asyncio.Protocol):
    """One socket. It is the `ConnectionPort` of its channels and owns its exclusive queues.

    Reading stops while the client leaves too much unread, and at the next publish while the
    broker's memory is exceeded (acknowledgements before it are still taken).
    """

    vhost: VirtualHost
    _transport: asyncio.Transport
    _outbound: Outbound

    def __init__(
        self,
        directory: Directory,
        on_open: Callable[["Connection"], bool],
        on_lost: Callable[["Connection"], None],
    ) -> None:
        """`on_open` returns whether the broker takes the connection."""
        self._directory = directory
        self._on_open = on_open
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._handshake = Handshake(directory, self._reply)
        self._reader = wire.FrameReader(directory.limits.frame_max)
        self._greeting = b""
        self._channels: Channels | None = None
        self._held: wire.Frame | None = None
        self._greeted = False
        self._reading = True
        self._closing = False
        self._blocked = False
        self._heartbeat: Heartbeat | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.user = ""
        self.frame_max = directory.limits.frame_max
        self.max_message_bytes = directory.limits.message
        self.replies = directory.replies
        self.writable = True
        self.cancel_notify = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock of the handshake; a broker that is full hangs up at once."""
        # uvloop's transports do not inherit from asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._outbound = Outbound(self._transport, self._directory.limits.unread)
        if not self._on_open(self):
            self._closing = True
            self.abort()
            return
        self._timer = self._loop.call_later(self._directory.limits.handshake, self._too_slow)

    def data_received(self, data: bytes) -> None:
        """Process what arrived; nothing a client sends escapes as an exception."""
        if self._heartbeat is not None:
            self._heartbeat.heard = self._loop.time()
        if not self._greeted:
            data = self._greet(data)
        if data:
            self._reader.append(data)
            self._advance()

    def pause_writing(self) -> None:
        """Stop deliveries to a client that reads too slowly."""
        self.writable = False

    def resume_writing(self) -> None:
        """Read the client again, which has caught up, and go on delivering."""
        self.writable = True
        self._resume_reading()
        if self._channels is not None:
            self._channels.dispatch()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the cause is not ours
        """Give back what the client had and delete its exclusive queues."""
        self._closing = True
        self.writable = False
        self._held = None
        self._stop_timers()
        self._release()
        self._on_lost(self)

    def send(self, data: bytes) -> None:
        """Queue frames; they leave together at the end of this turn of the loop."""
        self._outbound.send(data)
        if self._outbound.overloaded():
            self._pause_reading()

    def before_write(self, action: Callable[[], None]) -> None:
        """Run an action before this turn's frames leave."""
        self._outbound.before_write(action)

    def when_durable(self, action: Callable[[], None]) -> None:
        """Run an action after the journal's commit."""
        self._directory.when_durable(action)

    def reserve(self, size: int) -> None:
        """Count bytes of a message being received against the broker's memory."""
        self._directory.memory.count(size)

    def overloaded(self) -> bool:
        """Return whether the client has left more unread than the limit."""
        return self._outbound.overloaded()

    def relieve(self) -> None:
        """Memory is free again: take the publish that was held back."""
        if self._blocked and not self._closing:
            self._blocked = False
            self._reply(commands.Connection.Unblocked())
        if self._held is not None:
            self._resume_reading()

    def shut(self) -> None:
        """Tell the client that the broker stops (320), and hang up after its answer."""
        self._fail(FatalError(CONNECTION_FORCED, "broker is shutting down"))

    def abort(self) -> None:
        """Hang up now."""
        self._transport.abort()

    def _greet(self, data: bytes) -> bytes:
        greeting = self._greeting = self._greeting + data
        if not wire.PROTOCOL_HEADER.startswith(greeting[:_GREETING_BYTES]):
            # AMQP 0-9-1, 4.2.2: answer with the version we speak, then hang up.
            self._transport.write(wire.PROTOCOL_HEADER)
            self._closing = self._greeted = True
            self._transport.close()
            return b""
        if len(greeting) < _GREETING_BYTES:
            return b""
        self._greeted = True
        self._handshake.begin()
        return greeting[_GREETING_BYTES:]

    def _advance(self) -> None:
        try:
            while self._reading:
                frame = self._held or self._reader.next()
                if frame is None:
                    return
                self._held = None
                if self._directory.memory.exceeded and self._must_wait(frame):
                    self._held = frame
                    self._tell_blocked()
                    self._pause_reading()
                    return
                self._take(frame)
        except FatalError as fault:
            if self._closing:
                self.abort()
            self._fail(fault)
        except Exception:
            log.exception("amqp_internal_error")
            self._fail(FatalError(INTERNAL_ERROR, "the broker failed; see its log"))

    def _tell_blocked(self) -> None:
        """Tell a client that asked for it why it is not read (RabbitMQ's connection.blocked)."""
        if self._handshake.blocked_notify and not self._blocked:
            self._blocked = True
            self._reply(commands.Connection.Blocked("low on memory"))

    def _must_wait(self, frame: wire.Frame) -> bool:
        """Return whether a frame begins a message that the broker has no memory for.

        While another channel is in the middle of a message, only a second full measure stops the
        connection: that message could never be completed otherwise.
        """
        if self._closing or self._channels is None or frame.type != wire.METHOD:
            return False
        if wire.method_index(frame.payload) != wire.PUBLISH:
            return False
        memory = self._directory.memory
        return not self._channels.receiving or memory.used > 2 * memory.limit

    def _take(self, frame: wire.Frame) -> None:
        if frame.type == wire.HEARTBEAT:
            return
        if self._closing:
            if frame.channel == 0 and frame.type == wire.METHOD:
                self._take_while_closing(wire.method_index(frame.payload))
        elif frame.channel == 0:
            self._take_own(frame)
        elif self._channels is None:
            raise FatalError(CHANNEL_ERROR, "frame on a channel before the connection is open")
        else:
            self._channels.take(frame)

    def _take_own(self, frame: wire.Frame) -> None:
        if frame.type != wire.METHOD:
            raise FatalError(UNEXPECTED_FRAME, "content frame on channel 0")
        index = wire.method_index(frame.payload)
        if index == commands.Connection.Close.index:
            self._release()
            self._reply(commands.Connection.CloseOk())
            self._hang_up()
        elif self._channels is not None:
            name = wire.decode_method(index, frame.payload).name
            raise FatalError(NOT_IMPLEMENTED, f"{name} is not supported here")
        else:
            self._handshake.take(index, frame.payload)
            if self._handshake.vhost is not None:
                self._opened(self._handshake.vhost)

    def _take_while_closing(self, index: int) -> None:
        if index == commands.Connection.Close.index:
            self._reply(commands.Connection.CloseOk())
        if index in {commands.Connection.CloseOk.index, commands.Connection.Close.index}:
            self._hang_up()

    def _opened(self, vhost: VirtualHost) -> None:
        hand = self._handshake
        self.vhost = vhost
        self.user = hand.user
        self.frame_max = self._reader.frame_max = hand.frame_max
        self.cancel_notify = hand.cancel_notify
        self._channels = Channels(self, hand.channel_max)
        self._stop_timers()
        self._heartbeat = Heartbeat(
            hand.heartbeat, self._outbound, lambda: self._reading, self.abort
        )
        log.debug("amqp_connection_opened", vhost=vhost.name, heartbeat=hand.heartbeat)

    def _fail(self, fault: FatalError) -> None:
        if self._closing:
            return
        self._closing = True
        log.info("amqp_connection_closed", code=fault.code, reason=fault.text)
        self._release()
        self._held = None
        if not self._greeted:
            self._hang_up()
            return
        self._reply(commands.Connection.Close(fault.code, fault.reply_text, 0, 0))
        self._outbound.write()
        self._stop_timers()
        self._timer = self._loop.call_later(_CLOSE_SECONDS, self.abort)
        self._resume_reading()

    def _release(self) -> None:
        """End all channels, then the exclusive queues of this connection."""
        if self._channels is None:
            return
        self._channels.close()
        for queue in list(self.vhost.queues.values()):
            if queue.exclusive_to is self:
                self.vhost.remove_queue(queue)

    def _reply(self, method: base.Frame) -> None:
        self.send(wire.encode_method(0, method))

    def _hang_up(self) -> None:
        self._closing = True
        self._outbound.write()
        self._transport.close()

    def _pause_reading(self) -> None:
        if self._reading and not self._transport.is_closing():
            self._reading = False
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._reading or self._transport.is_closing():
            return
        self._reading = True
        if self._heartbeat is not None:
            self._heartbeat.heard = self._loop.time()
        self._transport.resume_reading()
        self._loop.call_soon(self._advance)

    def _stop_timers(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _too_slow(self) -> None:
        log.info("amqp_handshake_timeout")
        self.abort()
