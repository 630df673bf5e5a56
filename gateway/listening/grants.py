"""What the open streams of a process were opened with, each grant once however many streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from backbone.authorization import Cause, Grant

C = TypeVar("C")


class Pending:
    """A stream that is being opened; `cause` is set when its access is withdrawn by then."""

    __slots__ = ("cause", "grant")

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.cause: Cause | None = None


class Grants(Generic[C]):
    """Streams, open or being opened, by their grant."""

    def __init__(self) -> None:
        self._holders: dict[Grant, set[C | Pending]] = {}

    def __len__(self) -> int:
        """Count the grants."""
        return len(self._holders)

    def all(self) -> list[Grant]:
        """List the grants."""
        return list(self._holders)

    def add(self, grant: Grant, holder: C | Pending) -> None:
        """Count a stream."""
        self._holders.setdefault(grant, set()).add(holder)

    def discard(self, grant: Grant, holder: C | Pending) -> None:
        """Count a stream no more."""
        holders = self._holders.get(grant)
        if holders is not None:
            holders.discard(holder)
            if not holders:
                del self._holders[grant]

    def withdraw(self, grant: Grant, cause: Cause) -> Iterable[C]:
        """Mark the streams that are being opened, and give those that are open."""
        opened: list[C] = []
        for holder in self._holders.get(grant, ()):
            if isinstance(holder, Pending):
                holder.cause = cause
            else:
                opened.append(holder)
        return opened
