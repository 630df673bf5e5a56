"""The ends of the teams' logs as they were told, so that a stream that resumes needs no reading."""

from __future__ import annotations

from collections import OrderedDict, deque
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.outgoing.entry import Entry

OVERHEAD = 300
"""Bytes that an entry needs beside its frame, about."""


class Tails:
    """All tails of a process: `entries` in each, `budget` bytes in all.

    When they have more, the tail that grew least lately gives way.
    """

    def __init__(self, entries: int, budget: int) -> None:
        self.entries = entries
        self.size = 0
        self._budget = budget
        self._grown: OrderedDict[Tail, None] = OrderedDict()

    def grew(self, tail: Tail, size: int) -> None:
        """Count bytes more, or fewer, of a tail that has a new entry."""
        self.size += size
        self._grown[tail] = None
        self._grown.move_to_end(tail)
        while self.size > self._budget and self._grown:
            next(iter(self._grown)).forget()

    def shrank(self, tail: Tail, size: int) -> None:
        """Count bytes fewer of a tail, which may be empty now."""
        self.size -= size
        if not tail.size:
            self._grown.pop(tail, None)


class Tail:
    """A team's last entries with a position: all above `floor` up to the last, without a hole."""

    __slots__ = ("_entries", "_tails", "floor", "size")

    def __init__(self, tails: Tails) -> None:
        self._tails = tails
        self._entries: deque[Entry] = deque()
        self.floor = 0
        self.size = 0

    @property
    def last(self) -> int:
        """The position of the last entry, or the floor."""
        return self.floor + len(self._entries)

    @property
    def room(self) -> int:
        """How many entries more may be kept."""
        return self._tails.entries - len(self._entries)

    def append(self, entry: Entry) -> None:
        """Keep an entry that has a position; behind a hole the tail begins anew."""
        position = entry.position or 0
        if position != self.last + 1:
            self.begin(position - 1)
        size = _size(entry)
        self._entries.append(entry)
        if len(self._entries) > self._tails.entries:
            size -= _size(self._entries.popleft())
            self.floor += 1
        self.size += size
        self._tails.grew(self, size)

    def extend(self, entries: Iterable[Entry]) -> None:
        """Keep those up to the floor, without a hole and as many as there is room for."""
        before = [entry for entry in entries if (entry.position or 0) <= self.floor]
        kept = before[-self.room :] if self.room else []
        if not kept or kept[-1].position != self.floor:
            return
        self._entries.extendleft(reversed(kept))
        self.floor -= len(kept)
        size = sum(map(_size, kept))
        self.size += size
        self._tails.grew(self, size)

    def begin(self, position: int) -> None:
        """Forget all entries and go on behind a position."""
        self._entries.clear()
        self.floor = position
        size, self.size = self.size, 0
        self._tails.shrank(self, size)

    def forget(self) -> None:
        """Forget all entries and go on behind the last."""
        self.begin(self.last)

    def trim(self, position: int) -> None:
        """Forget the entries up to a position, which the log has no more."""
        size = 0
        while self._entries and self.floor < position:
            size += _size(self._entries.popleft())
            self.floor += 1
        if size:
            self.size -= size
            self._tails.shrank(self, size)

    def at(self, position: int | None) -> Entry | None:
        """Return the entry at a position, None when it is not among them."""
        if position is None or not self.floor < position <= self.last:
            return None
        return self._entries[position - self.floor - 1]

    def between(self, after: int, last: int) -> Iterator[Entry]:
        """Return the entries behind a position that is not below the floor, up to another."""
        return islice(self._entries, after - self.floor, max(0, last - self.floor))


def _size(entry: Entry) -> int:
    return len(entry.text) + OVERHEAD
