"""What the open streams of a process were opened with, and of which of it has to be asked now."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from itertools import islice
from typing import Generic, TypeVar

from backbone.authorization import Cause, Grant

BATCH = 2_000
"""How many of all grants are asked about at a time when anything may have changed."""

ROUND = 100
"""How many grants of which nothing was heard are asked about with each look, in turn."""

_SPARE = 1_000

C = TypeVar("C")


class Pending:
    """A stream that is being opened; `cause` is set when its access is withdrawn by then."""

    __slots__ = ("cause", "grant")

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.cause: Cause | None = None


class Grants(Generic[C]):
    """Streams, open or being opened, by their grant, each grant once however many streams.

    A grant has to be asked about when it is new, may have changed, or comes to the end that was
    last known. The others take turns, so that what nobody noted is found in the end, too.
    """

    def __init__(self) -> None:
        self._holders: dict[Grant, set[C | Pending]] = {}
        self._pending: set[Pending] = set()
        self._suspects: dict[Grant, None] = {}
        self._doubted: dict[Grant, None] = {}
        self._end_of: dict[Grant, float] = {}
        # By time; who left or has another end by now is still in it.
        self._ends: list[tuple[float, Grant]] = []
        self._round: list[Grant] = []

    def __len__(self) -> int:
        """Count the grants."""
        return len(self._holders)

    def __contains__(self, grant: object) -> bool:
        """Return whether a stream has the grant."""
        return grant in self._holders

    @property
    def doubtful(self) -> bool:
        """Whether there are grants left that anything may have become of."""
        return bool(self._doubted)

    def add(self, grant: Grant, holder: C | Pending) -> None:
        """Count a stream."""
        self._holders.setdefault(grant, set()).add(holder)
        # Whoever admitted it knew what was true a moment ago.
        self._suspects[grant] = None
        if isinstance(holder, Pending):
            self._pending.add(holder)

    def discard(self, grant: Grant, holder: C | Pending) -> None:
        """Count a stream no more."""
        if isinstance(holder, Pending):
            self._pending.discard(holder)
        holders = self._holders.get(grant)
        if holders is not None:
            holders.discard(holder)
            if not holders:
                del self._holders[grant]
                self._end_of.pop(grant, None)

    def suspect(self, grant: Grant) -> None:
        """Have it asked about with the next look: it may have changed."""
        if grant in self._holders:
            self._suspects[grant] = None

    def doubt_all(self) -> None:
        """Have all asked about as soon as possible: what changed is not known."""
        self._doubted = dict.fromkeys(self._holders)

    def to_ask(self, now: float) -> list[Grant]:
        """Take those to ask about at the time `now` (the database's); `until` says what it said."""
        asked = self._suspects
        self._suspects = {}
        # No other index knows these, so they are asked about for as long as they are opening.
        asked.update((pending.grant, None) for pending in self._pending)
        while self._ends and self._ends[0][0] <= now:
            ends, grant = heapq.heappop(self._ends)
            if self._end_of.get(grant) == ends:
                del self._end_of[grant]
                asked[grant] = None
        for grant in asked:
            self._doubted.pop(grant, None)
        for grant in tuple(islice(self._doubted, BATCH)):
            del self._doubted[grant]
            asked[grant] = None
        if not self._round:
            self._round = list(self._holders)
        asked.update(dict.fromkeys(self._round[-ROUND:]))
        del self._round[-ROUND:]
        return [grant for grant in asked if grant in self._holders]

    def until(self, grant: Grant, ends: float) -> None:
        """Note when a grant ends by itself, and ask again then."""
        if grant not in self._holders or self._end_of.get(grant) == ends:
            return
        self._end_of[grant] = ends
        heapq.heappush(self._ends, (ends, grant))
        if len(self._ends) > 2 * len(self._end_of) + _SPARE:
            self._ends = [(ends, grant) for grant, ends in self._end_of.items()]
            heapq.heapify(self._ends)

    def withdraw(self, grant: Grant, cause: Cause) -> Iterable[C]:
        """Mark the streams that are being opened, and give those that are open."""
        opened: list[C] = []
        for holder in self._holders.get(grant, ()):
            if isinstance(holder, Pending):
                holder.cause = cause
            else:
                opened.append(holder)
        return opened
