"""The readers of a team, or of one job of it, that get the same bytes, joined once for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gateway.listening.backlog import Backlog
from gateway.listening.reader import Reader
from gateway.outgoing.broadcast import Broadcast
from gateway.outgoing.frame import chunk

if TYPE_CHECKING:
    from gateway.history.log import Head
    from gateway.limits import Limits
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry
    from gateway.outgoing.sink import Sink

R = TypeVar("R", bound=Reader)
Schedule = Callable[["Channel[R]"], None]
"""Has a channel flushed now or at the end of this turn of the loop (`Flush`)."""


class Place(Protocol[R]):
    """What a channel and its readers need of their team: its place in the log, and its ways."""

    team_id: int
    epoch: str
    position: int
    limits: Limits
    metrics: Metrics
    schedule: Schedule[R]

    def end(self, reader: R, status: str) -> None:
        """End the stream of a job whose terminal event was written."""

    def observe(self, head: Head) -> bool:
        """Compare with the log's head and fetch the difference."""

    async def reach(self, position: int) -> None:
        """Return when everything up to a position was delivered."""


class Channel(Generic[R]):
    """Readers up to date (`active`) and readers behind, of one team and job.

    Pending entries are always the newest of the channel: `sequence` counts all entries, and the
    active readers have `sequence - len(pending)` of them. `batching` and `wrote_at`, on the loop's
    clock, are for `Flush`; `written` is the wheel's second at the last write, None before it.
    """

    __slots__ = (
        "_broadcast",
        "active",
        "backlog",
        "batching",
        "behind",
        "dirty",
        "job_id",
        "pending",
        "sequence",
        "team",
        "written",
        "wrote_at",
    )

    def __init__(self, team: Place[R], job_id: int | None) -> None:
        self.team = team
        self.job_id = job_id
        self.active: dict[R, Sink] = {}
        self.behind: set[R] = set()
        self.pending: list[Entry] = []
        self.sequence = 0
        self.backlog: Backlog | None = None
        self.dirty = False
        self.batching = False
        self.wrote_at = 0.0
        self.written: int | None = None
        self._broadcast: Broadcast | None = None

    @property
    def team_id(self) -> int:
        """Whose events these are (`Batch`)."""
        return self.team.team_id

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
        """Add an entry for all readers; the team's position includes it already."""
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
            sink = self.active.get(client)
            if sink is not None:
                sink.write(data)
                self.team.metrics.deliveries_total += 1

    def flush(self) -> None:
        """Write what is pending, joined, to every active reader."""
        self.dirty = False
        join = self.team.limits.join
        while self.pending and self.active:
            # Before writing: a reader whose sink fills up within the write has this batch.
            batch, self.pending = self.pending, []
            if len(batch) > join:
                batch, self.pending = batch[:join], batch[join:]
            text = batch[0].text if len(batch) == 1 else b"".join([e.text for e in batch])
            broadcast = self._broadcast
            if broadcast is None:
                broadcast = self._broadcast = Broadcast(self.active.values())
            refused = broadcast.write(chunk(text))
            metrics = self.team.metrics
            if refused:
                metrics.write_errors_total += refused
            metrics.deliveries_total += len(batch) * broadcast.size
            metrics.writes_total += broadcast.size
            if self.job_id is not None:
                for entry in batch:
                    if entry.terminal:
                        self._end(entry)
        self.pending.clear()

    def activate(self, client: R) -> None:
        """Count a reader among those up to date; nothing may be pending."""
        self.behind.discard(client)
        if not self.behind:
            self.backlog = None
        client.was_live = True
        self.active[client] = client.sink
        self._broadcast = None

    def demote(self, client: R) -> None:
        """Take a reader out of those up to date and remember how far it got."""
        if self.active.pop(client, None) is None:
            return
        self._broadcast = None
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
            self._broadcast = None
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
