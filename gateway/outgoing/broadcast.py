"""Writes the same bytes to many sinks: to all their sockets in one call where that can be done.

The call is in C and optional (`gateway/outgoing/_speedups.c`). What a socket does not take,
whatever the reason, goes through its sink's `write`, where the transport finds out, buffers, tells
and closes.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gateway.outgoing.sink import Sink

    SendAll = Callable[[array[int], bytes], Sequence[tuple[int, int]]]

try:
    from gateway.outgoing._speedups import send_all as _send_all
except ImportError:  # no compiler when it was installed, or no sockets of this kind
    _send_all = None  # type: ignore[assignment]

send_all: SendAll | None = _send_all
"""Sends data to each of an array of sockets; gives the index of those that did not take all of it,
and how many bytes they took. None where it was not compiled."""


class Broadcast:
    """Some sinks, none of which is full; as soon as one is, another must be made without it."""

    __slots__ = ("_direct", "_sockets", "_writes", "size")

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self._direct: list[Sink] = []
        self._writes: list[Callable[[bytes], None]] = []
        sockets = []
        for sink in sinks:
            if send_all is None or sink.socket is None:
                self._writes.append(sink.write)
            else:
                self._direct.append(sink)
                sockets.append(sink.socket)
        self._sockets = array("i", sockets)
        self.size = len(self._direct) + len(self._writes)

    def write(self, data: bytes) -> int:
        """Write to all; give how many raised, which no sink may do, and cost the others nothing."""
        refused = 0
        if self._direct and send_all is not None:
            for index, taken in send_all(self._sockets, data):
                refused += _refuses(self._direct[index].write, data[taken:])
        for write in self._writes:
            refused += _refuses(write, data)
        return refused


def _refuses(write: Callable[[bytes], None], data: bytes) -> bool:
    try:
        write(data)
    except Exception:  # noqa: BLE001 - whatever a transport raises
        return True
    return False
