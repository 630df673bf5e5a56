"""A connection that left HTTP's machinery: what it tells, and that nothing gets past what waits."""

import asyncio
from typing import Any, cast

from gateway.outgoing.detached import DetachedConnection
from gateway.outgoing.frame import LAST_CHUNK
from tests.gateway.outgoing.listener import Listener
from tests.gateway.world import turns


class Socket:
    def fileno(self) -> int:
        return 12


class Transport:
    def __init__(self, **extra: Any) -> None:
        self.extra = {"socket": Socket()} | extra
        self.written = b""
        self.high: int | None = None
        self.closing = self.aborted = False

    def get_extra_info(self, name: str) -> Any:
        return self.extra.get(name)

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.aborted = True


class ConnectionSlot:
    released = 0

    def release(self) -> None:
        self.released += 1


def made(*, full: bool = False, **extra: Any):
    transport, place, connections = Transport(**extra), ConnectionSlot(), set()
    connection = DetachedConnection(
        cast("Any", transport), connections, cast("Any", place), full=full
    )
    connections.add(connection)
    return connection, transport, place, connections


def test_one_waiting_byte_makes_it_full() -> None:
    connection, transport, _, _ = made()
    listener = Listener()
    connection.attach(listener)
    assert transport.high == 0
    assert connection.socket == 12
    connection.pause_writing()
    connection.resume_writing()
    assert listener.heard == ["pause", "resume"]


def test_bytes_that_waited_before_anybody_listened_are_told() -> None:
    connection, _, _, _ = made(full=True)
    listener = Listener()
    connection.attach(listener)
    assert listener.heard == ["pause"]


def test_tls_has_no_socket_to_write_past_the_transport() -> None:
    connection, _, _, _ = made(sslcontext=object())
    assert connection.socket is None


def test_a_finished_body_is_ended_once_and_never_full_no_more() -> None:
    connection, transport, _, _ = made()
    listener = Listener()
    connection.attach(listener)
    connection.finish()
    connection.finish()
    assert transport.written == LAST_CHUNK
    connection.resume_writing()
    assert listener.heard == [], "nothing may follow the end"


def test_who_speaks_on_a_stream_is_ended_and_counts_as_full() -> None:
    connection, transport, _, _ = made()
    listener = Listener()
    connection.attach(listener)
    connection.data_received(b"GET / HTTP/1.1\r\n")
    assert transport.written == LAST_CHUNK
    assert transport.closing
    assert listener.heard == ["pause"]


async def test_a_lost_connection_lets_go_of_everything() -> None:
    connection, transport, place, connections = made()
    listener = Listener()
    connection.attach(listener)
    connection.connection_lost(None)
    assert (listener.heard, place.released, connections) == (["lose"], 1, set())
    assert connection.socket is None, "the number will soon be another connection's"
    connection.write(b"later")
    connection.finish()
    connection.abort()
    assert (transport.written, transport.aborted) == (b"", False)
    late = Listener()
    connection.attach(late)
    assert late.heard == [], "never from within a call"
    await turns(2)
    assert late.heard == ["lose"]
    assert isinstance(connection, asyncio.Protocol)
