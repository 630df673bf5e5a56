"""One timer for all streams: heartbeats in slots of a second, ends by the second they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.listening.client import Client


class Due(NamedTuple):
    """Whose heartbeat and whose end the passed seconds brought."""

    beats: list[Client]
    ends: list[Client]


class TimerWheel:
    """Streams spread over the slots of a heartbeat's period; costs nothing but at their turn.

    A stream that an event was written to has its turn when its silence has lasted a period.
    `second` is the one last turned to.
    """

    def __init__(self, period: int, now: float) -> None:
        self._slots: list[set[Client]] = [set() for _ in range(max(1, period))]
        self._ends: dict[int, set[Client]] = {}
        self.second = int(now)
        self._next = 0

    def add(self, client: Client) -> None:
        """Begin to count a stream's time."""
        client.slot = self._next = (self._next + 1) % len(self._slots)
        self._slots[client.slot].add(client)
        self._ends.setdefault(self._end(client), set()).add(client)

    def discard(self, client: Client) -> None:
        """Stop to count a stream's time."""
        self._slots[client.slot].discard(client)
        second = self._end(client)
        ends = self._ends.get(second)
        if ends is not None:
            ends.discard(client)
            if not ends:
                del self._ends[second]

    def turn(self, now: float, written_at: Callable[[Client], int | None]) -> Due:
        """Move on to `now` and tell whose turn it was; no second is left out when called late.

        `written_at` gives the second of the last event that was written to a stream.
        """
        due = Due([], [])
        target = int(now)
        period = len(self._slots)
        first = max(self.second + 1, target - period + 1)
        for second in range(first, target + 1):
            for client in tuple(self._slots[second % period]):
                written = written_at(client)
                if written is not None and written > second - period:
                    self._slots[client.slot].discard(client)
                    client.slot = written % period
                    self._slots[client.slot].add(client)
                else:
                    due.beats.append(client)
        for second in sorted(end for end in self._ends if end <= target):
            due.ends.extend(self._ends[second])
        self.second = max(self.second, target)
        return due

    def _end(self, client: Client) -> int:
        # The second that contains the deadline, not the next: access must not outlive it by one.
        return int(client.deadline)
