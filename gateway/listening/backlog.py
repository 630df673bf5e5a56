"""The latest entries of a channel that has readers behind; bounded, drops its oldest."""

from collections import deque
from collections.abc import Iterator

from gateway.outgoing.entry import Entry


class Backlog:
    """A ring of entries with their sequence in the channel.

    Every entry of the channel with a position above `floor` is in the ring or still to come.
    """

    __slots__ = ("_ring", "_size", "floor")

    def __init__(self, floor: int, size: int) -> None:
        self.floor = floor
        self._size = size
        self._ring: deque[tuple[int, Entry]] = deque()

    def append(self, sequence: int, entry: Entry) -> bool:
        """Keep an entry; True when the oldest had to go for it."""
        self._ring.append((sequence, entry))
        if len(self._ring) <= self._size:
            return False
        _, oldest = self._ring.popleft()
        if oldest.position is not None:
            self.floor = oldest.position
        return True

    def after(self, sequence: int, position: int) -> Iterator[tuple[int, Entry]]:
        """Return what a reader misses: by position, or by sequence where an entry has none."""
        for number, entry in self._ring:
            missing = number > sequence if entry.position is None else entry.position > position
            if missing:
                yield number, entry
