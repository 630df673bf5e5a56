"""One team's place in the log: which event is next, and what to do when another comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from gateway.history.log import Head, LogUnavailable
from gateway.listening.channel import Channel, Schedule
from gateway.outgoing.entry import JOB_STATUS

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from gateway.history.replay import Replay
    from gateway.limits import Limits
    from gateway.listening.client import Client
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry


class House(Protocol):
    """What a team needs of the hub."""

    replay: Replay
    limits: Limits
    metrics: Metrics
    schedule: Schedule[Client]

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a task that is kept alive."""

    def end(self, client: Client, status: str) -> None:
        """End the stream of a job whose terminal event was written."""

    def bring_up(self, client: Client) -> None:
        """Go on with a stream that is behind."""

    def access_changed(self, team: Team, entry: Entry) -> None:
        """An event told that a session or a team's standing changed."""


class Team:
    """The channels of a team and the position up to which they were told everything.

    Pushed events come in any order, twice or not at all: the expected one is delivered, a known
    one dropped, and before one that is ahead the hole is read from the log.
    """

    __slots__ = (
        "_ahead",
        "_fill",
        "_hub",
        "_stale",
        "channels",
        "epoch",
        "holds",
        "limits",
        "located",
        "metrics",
        "position",
        "schedule",
        "size",
        "team_id",
        "users",
    )

    def __init__(self, hub: House, team_id: int) -> None:
        self._hub = hub
        self.limits = hub.limits
        self.metrics = hub.metrics
        self.schedule = hub.schedule
        self.team_id = team_id
        self.epoch = ""
        self.position = 0
        self.located = False
        self.holds = 0
        self.size = 0
        self.channels: dict[int | None, Channel[Client]] = {}
        self.users: dict[int, set[Client]] = {}
        self._ahead: dict[int, Entry] = {}
        self._fill: asyncio.Task[None] | None = None
        self._stale = False

    @property
    def idle(self) -> bool:
        """Whether nobody needs the team's place in the log."""
        return not self.channels and not self.holds

    def channel(self, job_id: int | None) -> Channel[Client]:
        """Give the channel of a job, or of the whole team, anew if need be."""
        channel = self.channels.get(job_id)
        if channel is None:
            channel = self.channels[job_id] = Channel(self, job_id)
        return channel

    def locate(self, head: Head) -> None:
        """Begin at the log's end. Events pushed meanwhile take their place behind it."""
        if self.located:
            return
        self.epoch, self.position, self.located = head.epoch, head.last, True
        self._settle()

    def end(self, reader: Client, status: str) -> None:
        """End the stream of a job whose terminal event was written (`Place`)."""
        self._hub.end(reader, status)

    def offer(self, entry: Entry) -> None:
        """Take an event that was pushed."""
        position = entry.position
        if position is None:
            if self.located:
                self._deliver(entry)
        elif not self.located:
            self._remember(position, entry)
        elif entry.epoch != self.epoch:
            self._stale = True
            self.fill()
        elif position == self.position + 1:
            self._deliver(entry)
            if self._ahead:
                self._settle()
        elif position > self.position:
            self._remember(position, entry)
            self.fill()
        else:
            self.metrics.duplicates_total += 1

    def observe(self, head: Head) -> bool:
        """Compare with the log's head; True when the log is ahead and the difference is fetched."""
        if not self.located or (head.epoch == self.epoch and head.last <= self.position):
            return False
        if head.epoch != self.epoch:
            self._stale = True
        self.fill()
        return True

    def fill(self) -> asyncio.Task[None]:
        """Read what the log has after the team's position; one reading at a time."""
        if self._fill is None:
            self._fill = self._hub.spawn(self._fill_hole())
            self._fill.add_done_callback(self._filled)
        return self._fill

    async def reach(self, position: int) -> None:
        """Return when everything up to a position that the log has was delivered."""
        epoch = self.epoch
        while self.epoch == epoch and self.position < position and not self.idle:
            await asyncio.shield(self.fill())

    async def settled(self) -> None:
        """Return when the running reading of the log, if any, is done."""
        if self._fill is not None:
            await asyncio.shield(self._fill)

    def flush(self) -> None:
        """Flush every channel."""
        for channel in tuple(self.channels.values()):
            channel.flush()

    def _filled(self, task: asyncio.Task[None]) -> None:
        self._fill = None
        if task.cancelled() or task.exception() is not None or self.idle:
            return
        if self._ahead or self._stale:
            self.fill()

    async def _fill_hole(self) -> None:
        """Read pages until one is short. A log that can't be read is asked again, ever slower."""
        pause, limit = 0.05, self.limits.page
        while not self.idle:
            before = self.position
            try:
                page = await self._hub.replay.page(self.team_id, before, job_id=None, limit=limit)
            except LogUnavailable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
                continue
            self._stale = False
            if page.head.epoch != self.epoch:
                self._begin_anew(page.head)
                return
            for entry in page.entries:
                if entry.position == self.position + 1:
                    self._deliver(entry)
                    self.metrics.refetched_total += 1
            if page.head.trimmed > self.position:
                self._skip(page.head.trimmed)
                continue
            self._settle()
            if len(page.entries) >= limit:
                continue
            if not self._ahead:
                return
            # Pushed but not in the log: ask a little later rather than at once.
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _begin_anew(self, head: Head) -> None:
        """The log was restored: its positions mean something else now, so each reader is reset."""
        self.flush()
        self._ahead.clear()
        self.epoch, self.position = head.epoch, head.last
        self._unsettle()

    def _skip(self, trimmed: int) -> None:
        """The hole was trimmed before it could be read: each reader gets a snapshot."""
        self.flush()
        for channel in self.channels.values():
            for client in tuple(channel.active):
                channel.demote(client)
        self.position = trimmed
        self._settle()
        self._unsettle()

    def _unsettle(self) -> None:
        for channel in tuple(self.channels.values()):
            channel.unsettle()
            for client in tuple(channel.behind):
                self._hub.bring_up(client)

    def _remember(self, position: int, entry: Entry) -> None:
        if len(self._ahead) < self.limits.ahead:
            self._ahead[position] = entry

    def _settle(self) -> None:
        """Deliver what was ahead and is next now; forget what is known by now."""
        ahead = self._ahead
        while ahead:
            entry = ahead.pop(self.position + 1, None)
            if entry is None:
                break
            self._deliver(entry)
        for position in [known for known in ahead if known <= self.position]:
            del ahead[position]

    def _deliver(self, entry: Entry) -> None:
        """Give an entry to the channels it concerns and make it the team's position."""
        if entry.user_id is not None:
            self._deliver_to_user(entry, entry.user_id)
        else:
            # Before it is pushed: a reader whose sink fills up within the write has the entry.
            if entry.position is not None:
                self.position = entry.position
            if entry.kind != JOB_STATUS:
                for channel in tuple(self.channels.values()):
                    channel.push(entry)
            else:
                channels = self.channels
                channel_of_team = channels.get(None)
                if channel_of_team is not None:
                    channel_of_team.push(entry)
                channel_of_job = channels.get(entry.job_id) if entry.job_id is not None else None
                if channel_of_job is not None:
                    channel_of_job.push(entry)
        self.metrics.events_total += 1
        if entry.kind != JOB_STATUS:
            self._hub.access_changed(self, entry)

    def _deliver_to_user(self, entry: Entry, user_id: int) -> None:
        """Write at once, behind what was pending; others only learn that the position moved on."""
        # Flush first: a reader that falls behind meanwhile must not be taken to have the entry.
        self.flush()
        if entry.position is not None:
            self.position = entry.position
        readers: dict[Channel[Client], list[Client]] = {}
        for client in self.users.get(user_id, ()):
            readers.setdefault(client.channel, []).append(client)
        for channel in self.channels.values():
            clients = readers.get(channel, [])
            if clients or channel.backlog is not None:
                channel.push_to(entry, clients)
