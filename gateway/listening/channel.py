"""The clients of a team, or of one job of it, that get the same bytes, joined once for all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from gateway.listening.backlog import Backlog
from gateway.outgoing.broadcast import Broadcast
from gateway.outgoing.frame import chunk
from gateway.outgoing.spans import writing

if TYPE_CHECKING:
    from gateway.limits import Limits
    from gateway.listening.client import Client
    from gateway.listening.team_position import TeamPosition
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry
    from gateway.outgoing.sink import Sink

Schedule = Callable[["Channel"], None]
"""Has a channel flushed now or at the end of this turn of the loop (`Flush`)."""


class Channel:
    """Clients up to date (`active`) and clients behind, of one team and job.

    Pending entries are always the newest of the channel: `sequence` counts all entries, and the
    active clients have `sequence - len(pending)` of them. `told` is the team's position. `batching`
    and `wrote_at`, on the loop's clock, are for `Flush`; `written` is the coarse clock's second at
    the last write, None before it.
    """

    __slots__ = (
        "_broadcast",
        "_limits",
        "_metrics",
        "_schedule",
        "active",
        "backlog",
        "batching",
        "behind",
        "dirty",
        "job_id",
        "pending",
        "sequence",
        "told",
        "written",
        "wrote_at",
    )

    def __init__(
        self,
        told: TeamPosition,
        job_id: int | None,
        limits: Limits,
        metrics: Metrics,
        schedule: Schedule,
    ) -> None:
        self.told = told
        self.job_id = job_id
        self._limits = limits
        self._metrics = metrics
        self._schedule = schedule
        self.active: dict[Client, Sink] = {}
        self.behind: set[Client] = set()
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
        return self.told.team_id

    @property
    def empty(self) -> bool:
        """Whether nobody reads it."""
        return not self.active and not self.behind

    @property
    def flushed(self) -> int:
        """The team's position up to which the active clients have everything of this channel."""
        for entry in self.pending:
            if entry.position is not None:
                return entry.position - 1
        return self.told.position

    def push(self, entry: Entry) -> None:
        """Add an entry for all clients; the team's position includes it already."""
        self._keep(entry)
        if self.active:
            self.pending.append(entry)
            if not self.dirty:
                self.dirty = True
                self._schedule(self)

    def push_to(self, entry: Entry, clients: list[Client]) -> None:
        """Write an entry to some of the active clients; nothing may be pending."""
        self._keep(entry)
        data = chunk(entry.text)
        span: AbstractContextManager[None] = nullcontext()
        if entry.span is not None:
            span = writing([entry], self.team_id, self.job_id, len(clients))
        with span:
            for client in clients:
                sink = self.active.get(client)
                if sink is not None:
                    sink.write(data)
                    self._metrics.deliveries_total += 1

    def flush(self) -> None:
        """Write what is pending, joined, to every active client."""
        self.dirty = False
        join = self._limits.join
        while self.pending and self.active:
            # Before writing: a client whose sink fills up within the write has this batch.
            batch, self.pending = self.pending, []
            if len(batch) > join:
                batch, self.pending = batch[:join], batch[join:]
            text = batch[0].text if len(batch) == 1 else b"".join([e.text for e in batch])
            broadcast = self._broadcast
            if broadcast is None:
                broadcast = self._broadcast = Broadcast(self.active.values())
            metrics = self._metrics
            for entry in batch:
                if entry.span is not None:
                    with writing(batch, self.team_id, self.job_id, broadcast.size):
                        refused = broadcast.write(chunk(text))
                    break
            else:
                refused = broadcast.write(chunk(text))
            if refused:
                metrics.write_errors_total += refused
            metrics.deliveries_total += len(batch) * broadcast.size
            metrics.writes_total += broadcast.size
            if self.job_id is not None:
                for entry in batch:
                    if entry.terminal:
                        self._end(entry)
        self.pending.clear()

    def activate(self, client: Client) -> None:
        """Count a client among those up to date; nothing may be pending."""
        self.behind.discard(client)
        if not self.behind:
            self.backlog = None
        client.was_live = True
        self.active[client] = client.sink
        self._broadcast = None

    def demote(self, client: Client) -> None:
        """Take a client out of those up to date and remember how far it got."""
        if self.active.pop(client, None) is None:
            return
        self._broadcast = None
        client.position = self.flushed
        client.sequence = self.sequence - len(self.pending)
        self.enter(client)

    def enter(self, client: Client) -> None:
        """Count a client among those behind; from now on the channel remembers entries."""
        self.behind.add(client)
        if self.backlog is None:
            self.backlog = Backlog(self.flushed, self._limits.queue_size)
            first = self.sequence - len(self.pending) + 1
            for number, entry in enumerate(self.pending, first):
                self.backlog.append(number, entry)

    def unsettle(self) -> None:
        """Put every client behind; what the channel remembers holds no longer."""
        for client in tuple(self.active):
            self.demote(client)
        if self.behind:
            self.backlog = Backlog(self.told.position, self._limits.queue_size)

    def discard(self, client: Client) -> None:
        """Forget a client."""
        if self.active.pop(client, None) is not None:
            self._broadcast = None
        elif client in self.behind:
            self.behind.discard(client)
            if not self.behind:
                self.backlog = None

    def _keep(self, entry: Entry) -> None:
        self.sequence += 1
        if self.backlog is not None and self.backlog.append(self.sequence, entry):
            self._metrics.dropped_total += 1

    def _end(self, entry: Entry) -> None:
        for client in tuple(self.active):
            client.observer.ended(client, entry.status or "")
