"""The opening of a connection: start, PLAIN credentials, tune, open (AMQP 0-9-1, 2.2.4).

AMQPLAIN and every other mechanism is refused with 403; credentials appear nowhere else.
"""

from collections.abc import Callable
from typing import Any, Final

from pamqp import base, commands

from slipway.amqp import wire
from slipway.amqp.directory import Directory
from slipway.amqp.errors import (
    ACCESS_REFUSED,
    COMMAND_INVALID,
    NOT_ALLOWED,
    FatalError,
)
from slipway.amqp.vhost import VirtualHost

_LEAST_FRAME = 4096
_PLAIN_PARTS = 3
_SERVER: Final[dict[str, Any]] = {
    "product": "Slipway",
    "version": "0.1.0",
    "platform": "Python",
    "information": "An embedded AMQP 0-9-1 broker for development and tests",
    "capabilities": {
        "authentication_failure_close": True,
        "basic.nack": True,
        "connection.blocked": True,
        "consumer_cancel_notify": True,
        "direct_reply_to": True,
        "exchange_exchange_bindings": True,
        "per_consumer_qos": True,
        "publisher_confirms": True,
    },
}


class Handshake:
    """Walks through the opening; afterwards `vhost` is set and the tuned values hold."""

    def __init__(self, directory: Directory, send: Callable[[base.Frame], None]) -> None:
        self.user = ""
        self.vhost: VirtualHost | None = None
        self.cancel_notify = False
        self.blocked_notify = False
        self.frame_max = directory.limits.frame_max
        self.channel_max = directory.limits.channel_max
        self.heartbeat = directory.limits.heartbeat
        self._directory = directory
        self._send = send
        self._expected = commands.Connection.StartOk.index

    def begin(self) -> None:
        """Send connection.start."""
        self._send(commands.Connection.Start(0, 9, _SERVER, "PLAIN", "en_US"))

    def take(self, index: int, payload: bytes) -> None:
        """Take the client's next method; 503 if it is not the one that is due."""
        if index != self._expected:
            raise FatalError(COMMAND_INVALID, "method out of the order of the handshake")
        method = wire.decode_method(index, payload)
        if isinstance(method, commands.Connection.StartOk):
            self._start(method)
        elif isinstance(method, commands.Connection.TuneOk):
            self._tune(method)
        elif isinstance(method, commands.Connection.Open):
            self.vhost = self._directory.vhost(method.virtual_host)
            self._send(commands.Connection.OpenOk())

    def _start(self, method: commands.Connection.StartOk) -> None:
        if method.mechanism != "PLAIN":
            raise FatalError(
                ACCESS_REFUSED, "authentication mechanism not supported; this broker offers PLAIN"
            )
        response = method.response
        raw = response.encode() if isinstance(response, str) else bytes(response)
        parts = raw.split(b"\0")
        if len(parts) != _PLAIN_PARTS or not self._directory.admits(parts[1], parts[2]):
            raise FatalError(
                ACCESS_REFUSED, "login was refused using authentication mechanism PLAIN"
            )
        self.user = parts[1].decode()
        capabilities = method.client_properties.get("capabilities")
        if isinstance(capabilities, dict):
            self.cancel_notify = capabilities.get("consumer_cancel_notify") is True
            self.blocked_notify = capabilities.get("connection.blocked") is True
        self._send(commands.Connection.Tune(self.channel_max, self.frame_max, self.heartbeat))
        self._expected = commands.Connection.TuneOk.index

    def _tune(self, method: commands.Connection.TuneOk) -> None:
        """Zero means "as proposed" for frame_max and channel_max, "none" for heartbeat."""
        if method.frame_max and not _LEAST_FRAME <= method.frame_max <= self.frame_max:
            raise FatalError(
                NOT_ALLOWED, f"frame_max={method.frame_max} is not within 4096..{self.frame_max}"
            )
        if method.channel_max > self.channel_max:
            raise FatalError(
                NOT_ALLOWED, f"channel_max={method.channel_max} exceeds {self.channel_max}"
            )
        self.frame_max = method.frame_max or self.frame_max
        self.channel_max = method.channel_max or self.channel_max
        self.heartbeat = method.heartbeat
        self._expected = commands.Connection.Open.index
