"""What a connection writes: frames gathered over one turn of the event loop leave together."""

import asyncio
from collections.abc import Callable

_FLUSH_BYTES = 64 * 1024
_HIGH_WATER = 256 * 1024


class Outbound:
    """The sending side of a socket.

    Frames are kept until the end of the turn, or until 64 KiB, so that the transport notices in
    time that a client does not read. `spoke` is the loop's time of the last write.
    """

    def __init__(self, transport: asyncio.Transport, unread: int) -> None:
        """`unread` is how many bytes a client may leave before it counts as overloaded."""
        transport.set_write_buffer_limits(high=_HIGH_WATER)
        self._transport = transport
        self._unread = unread
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._before: list[Callable[[], None]] = []
        self._scheduled = False
        self.spoke = self._loop.time()

    def send(self, data: bytes) -> None:
        """Queue frames."""
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= _FLUSH_BYTES:
            self.write()
        elif not self._scheduled:
            self._schedule()

    def before_write(self, action: Callable[[], None]) -> None:
        """Run an action, which may send, before this turn's frames leave."""
        self._before.append(action)
        if not self._scheduled:
            self._schedule()

    def write(self) -> None:
        """Hand everything queued to the transport."""
        if not self._waiting:
            return
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        if self._transport.is_closing():
            return
        self.spoke = self._loop.time()
        self._transport.write(data)

    def overloaded(self) -> bool:
        """Return whether the client has left more unread than it may."""
        return self._transport.get_write_buffer_size() > self._unread

    def _schedule(self) -> None:
        self._scheduled = True
        self._loop.call_soon(self._end_of_turn)

    def _end_of_turn(self) -> None:
        self._scheduled = False
        actions, self._before = self._before, []
        for action in actions:
            action()
        self.write()
