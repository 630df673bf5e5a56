"""The readers of a team, or of one job of it, that get the same bytes, joined once for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gateway.backlog import Backlog
from gateway.frame import chunk
from gateway.reader import Reader

if TYPE_CHECKING:
    from gateway.entry import Entry
    from gateway.limits import Limits
    from gateway.log import Head
    from gateway.metrics import Metrics

R = TypeVar("R", bound=Reader)
Write = Callable[[bytes], None]


class Place(Protocol[R]):
    """What a channel and its readers need of their team: its place in the log, and its ways."""

    team_id: int
    epoch: str
    position: int
    limits: Limits
    metrics: Metrics

    def schedule(self, channel: Channel[R]) -> None:
        """Flush a channel in this turn of the loop."""

    def end(self, reader: R, status: str) -> None:
        """End the stream of a job whose terminal event was written."""

    def observe(self, head: Head) -> bool:
        """Compare with the log's head and fetch the difference."""

    async def reach(self, position: int) -> None:
        """Return when everything up to a position was delivered."""


class Channel(Generic[R]):
    """Readers up to date (`active`) and readers behind, of one team and job.

    Pending entries are always the newest of the channel: `sequence` counts all entries, and the
    active readers have `sequence - len(pending)` of them. `written` is the wheel's second at the
    last flush that the hub timed, None before it.
    """

    __slots__ = (
        "_writes",
        "active",
        "backlog",
        "behind",
        "dirty",
        "job_id",
        "pending",
        "sequence",
        "team",
        "written",
    )

    def __init__(self, team: Place[R], job_id: int | None) -> None:
        self.team = team
        self.job_id = job_id
        self.active: dict[R, Write] = {}
        self.behind: set[R] = set()
        self.pending: list[Entry] = []
        self.sequence = 0
        self.backlog: Backlog | None = None
        self.dirty = False
        self.written: int | None = None
        self._writes: tuple[Write, ...] | None = None

    @property
    def empty(self) -> bool:
        """Whether nobody reads it."""
        return not self.active and not self.behind

    @property
    def flushed(self) -> int:
        """The team's position up to which the active readers have everything of this channel."""
        for entry in self.pending:
            if entry.position is not None:
                return entry.position - 1
        return self.team.position

    def push(self, entry: Entry) -> None:
        """Add an entry for all readers; it leaves with the next flush."""
        self._keep(entry)
        if self.active:
            self.pending.append(entry)
            if not self.dirty:
                self.dirty = True
                self.team.schedule(self)

    def push_to(self, entry: Entry, clients: list[R]) -> None:
        """Write an entry to some of the active readers; nothing may be pending."""
        self._keep(entry)
        data = chunk(entry.text)
        for client in clients:
            write = self.active.get(client)
            if write is not None:
                write(data)
                self.team.metrics.deliveries_total += 1

    def flush(self) -> None:
        """Write what is pending, joined, to every active reader."""
        pending = self.pending
        join = self.team.limits.join
        while pending and self.active:
            batch = pending[:join]
            # Before writing: a reader whose sink fills up within the write has this batch.
            del pending[:join]
            text = batch[0].text if len(batch) == 1 else b"".join([e.text for e in batch])
            data = chunk(text)
            writes = self._writes
            if writes is None:
                writes = self._writes = tuple(self.active.values())
            metrics = self.team.metrics
            rest = iter(writes)
            while True:
                try:
                    for write in rest:
                        write(data)
                    break
                except Exception:  # noqa: BLE001 - whatever a transport raises
                    # A connection that breaks its promise must not cost the others their event.
                    metrics.write_errors_total += 1
            metrics.deliveries_total += len(batch) * len(writes)
            metrics.writes_total += len(writes)
            if self.job_id is not None:
                for entry in batch:
                    if entry.terminal:
                        self._end(entry)
        pending.clear()
        self.dirty = False

    def activate(self, client: R) -> None:
        """Count a reader among those up to date; nothing may be pending."""
        self.behind.discard(client)
        if not self.behind:
            self.backlog = None
        client.veteran = True
        self.active[client] = client.sink.write
        self._writes = None

    def demote(self, client: R) -> None:
        """Take a reader out of those up to date and remember how far it got."""
        if self.active.pop(client, None) is None:
            return
        self._writes = None
        client.position = self.flushed
        client.sequence = self.sequence - len(self.pending)
        self.enter(client)

    def enter(self, client: R) -> None:
        """Count a reader among those behind; from now on the channel remembers entries."""
        self.behind.add(client)
        if self.backlog is None:
            self.backlog = Backlog(self.flushed, self.team.limits.queue_size)
            first = self.sequence - len(self.pending) + 1
            for number, entry in enumerate(self.pending, first):
                self.backlog.append(number, entry)

    def unsettle(self) -> None:
        """Put every reader behind; what the channel remembers holds no longer."""
        for client in tuple(self.active):
            self.demote(client)
        if self.behind:
            self.backlog = Backlog(self.team.position, self.team.limits.queue_size)

    def discard(self, client: R) -> None:
        """Forget a reader."""
        if self.active.pop(client, None) is not None:
            self._writes = None
        elif client in self.behind:
            self.behind.discard(client)
            if not self.behind:
                self.backlog = None

    def _keep(self, entry: Entry) -> None:
        self.sequence += 1
        if self.backlog is not None and self.backlog.append(self.sequence, entry):
            self.team.metrics.dropped_total += 1

    def _end(self, entry: Entry) -> None:
        for client in tuple(self.active):
            self.team.end(client, entry.status or "")
