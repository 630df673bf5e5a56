"""One team's place in the log: which event is next, and what to do when another comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from gateway.listening.channel import Channel, Schedule
from gateway.listening.client import Gap
from gateway.listening.tail import Tail
from gateway.listening.team_position import TeamPosition
from gateway.outgoing.entry import JOB_STATUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.history.log import Head, Page
    from gateway.limits import Limits
    from gateway.listening.client import Client
    from gateway.listening.tail import Tails
    from gateway.listening.team_position import Known
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry

log = structlog.get_logger(__name__)


class Team:
    """The channels of a team and the position up to which they were told everything.

    Pushed events come in any order, twice or not at all: the expected one is delivered, a known
    one dropped, and of one that is ahead the answer is that the log has to be read (`CatchUp`).
    `on_access_event` is called when an event told that access changed.
    """

    __slots__ = (
        "_ahead",
        "_limits",
        "_metrics",
        "_on_access_event",
        "_schedule",
        "_stale",
        "_went_back",
        "channels",
        "holds",
        "located",
        "size",
        "tail",
        "told",
        "users",
    )

    def __init__(
        self,
        team_id: int,
        limits: Limits,
        metrics: Metrics,
        *,
        tails: Tails,
        schedule: Schedule,
        on_access_event: Callable[[], None],
    ) -> None:
        self._limits = limits
        self._metrics = metrics
        self._schedule = schedule
        self._on_access_event = on_access_event
        self.told = TeamPosition(team_id)
        self.located = False
        self.holds = 0
        self.size = 0
        self.channels: dict[int | None, Channel] = {}
        self.users: dict[int, set[Client]] = {}
        self._ahead: dict[int, Entry] = {}
        self._stale = False
        self._went_back = False
        self.tail = Tail(tails)

    @property
    def team_id(self) -> int:
        """Whose log it is."""
        return self.told.team_id

    @property
    def epoch(self) -> str:
        """The epoch of the log that the channels were told of."""
        return self.told.epoch

    @property
    def position(self) -> int:
        """The position up to which the channels were told everything."""
        return self.told.position

    @property
    def idle(self) -> bool:
        """Whether nobody needs the team's place in the log."""
        return not self.channels and not self.holds

    @property
    def incomplete(self) -> bool:
        """Whether an event was pushed that only the log can explain."""
        return bool(self._ahead) or self._stale or self._went_back

    def channel(self, job_id: int | None) -> Channel:
        """Return the channel of a job, or of the whole team, anew if need be."""
        channel = self.channels.get(job_id)
        if channel is None:
            channel = Channel(self.told, job_id, self._limits, self._metrics, self._schedule)
            self.channels[job_id] = channel
        return channel

    def remembers(self, epoch: str, position: int) -> bool:
        """Return whether all that follows a position of the log was told and is in memory."""
        return epoch == self.epoch and self.tail.floor <= position <= self.position

    def remember(self, end: Page, known: Known) -> None:
        """Keep events that were told before the others are known by; `known` as for `read`."""
        if end.head.epoch == self.epoch and known.life == self.told.life:
            self.tail.extend(end.entries)

    def locate(self, end: Page) -> None:
        """Begin at the log's end. Events pushed before it is known are queued behind it."""
        if self.located:
            return
        head = end.head
        self.told.epoch, self.told.position, self.located = head.epoch, head.last, True
        self.tail.begin(head.last)
        if end.entries and end.entries[-1].position == head.last:
            for entry in end.entries:
                self.tail.append(entry)
        self._deliver_ahead()

    def offer(self, entry: Entry) -> bool:
        """Take an event that was pushed; True when the log has to be read before it is told."""
        position, told = entry.position, self.told
        if position is None:
            if self.located:
                self._deliver(entry)
        elif not self.located:
            self._remember(position, entry)
        elif entry.epoch != told.epoch:
            self._stale = True
            return True
        elif position == told.position + 1:
            self._deliver(entry)
            if self._ahead:
                self._deliver_ahead()
        elif position > told.position:
            self._remember(position, entry)
            return True
        else:
            self._metrics.duplicates_total += 1
            if self._contradicts(entry):
                self._went_back = True
                return True
        return False

    def doubt(self) -> bool:
        """Hear that an event may have been written; True when the log has to be asked."""
        # Who locates the team asks the log anyway, but maybe it began before.
        self._stale = self._stale or not self.located
        return self.located

    def observe(self, head: Head, known: Known) -> bool:
        """Compare with the log's head; True when there is a difference and the log has to be read.

        `known` is of the moment at which the reading of the head began, or before.
        """
        told = self.told
        if not self.located:
            return False
        if head.epoch != told.epoch:
            self._stale = True
        elif self._is_short(head, known):
            self._went_back = True
        else:
            self.tail.trim(head.trimmed)
            return head.last > told.position
        return True

    def read(self, page: Page, known: Known) -> bool:
        """Take events read from the log behind the team's position; True when it may have more.

        `known` is of the moment at which the reading began.
        """
        self._stale = False
        head = page.head
        if head.epoch != self.epoch:
            self._begin_anew(head, Gap("unknown_epoch"))
            return False
        if self._went_back or self._is_short(head, known):
            log.warning(
                "gateway_log_went_back",
                team_id=self.team_id,
                told=self.position,
                last=head.last,
                mend="if the database was restored, run `slipway restored`",
            )
            self._begin_anew(head, Gap("future"))
            return False
        for entry in page.entries:
            if entry.position == self.position + 1:
                self._deliver(entry)
                self._metrics.refetched_total += 1
        if head.trimmed > self.position:
            self._skip(head.trimmed)
            return True
        self.tail.trim(head.trimmed)
        self._deliver_ahead()
        return len(page.entries) >= self._limits.page

    def flush(self) -> None:
        """Flush every channel."""
        for channel in tuple(self.channels.values()):
            channel.flush()

    def _is_short(self, head: Head, known: Known) -> bool:
        """Return whether the log lacks events that were told: it lost them, or is a backup's."""
        return known.life == self.told.life and head.last < known.position

    def _contradicts(self, entry: Entry) -> bool:
        """Return whether another event was told under a pushed event's position, not long ago."""
        told = self.tail.at(entry.position)
        return told is not None and told.text != entry.text

    def _begin_anew(self, head: Head, gap: Gap) -> None:
        """Reset each client: the log's positions mean something else now."""
        self.flush()
        self._ahead.clear()
        self._went_back = False
        self.told.epoch, self.told.position = head.epoch, head.last
        self.tail.begin(head.last)
        self.told.life += 1
        for channel in self.channels.values():
            for client in (*channel.active, *channel.behind):
                client.gap = client.gap or gap
        self._unsettle()

    def _skip(self, trimmed: int) -> None:
        """Give a snapshot to each client: the hole was trimmed before it could be read."""
        self.flush()
        for channel in self.channels.values():
            for client in tuple(channel.active):
                channel.demote(client)
        self.told.position = trimmed
        self.tail.begin(trimmed)
        self._deliver_ahead()
        self._unsettle()

    def _unsettle(self) -> None:
        for channel in tuple(self.channels.values()):
            channel.unsettle()
            for client in tuple(channel.behind):
                client.observer.behind(client)

    def _remember(self, position: int, entry: Entry) -> None:
        if len(self._ahead) < self._limits.ahead:
            self._ahead[position] = entry

    def _deliver_ahead(self) -> None:
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
        if entry.position is not None:
            # Before it counts as told: who is refilled finds all that was told in the tail.
            self.tail.append(entry)
        if entry.user_id is not None:
            self._deliver_to_user(entry, entry.user_id)
        else:
            # Before it is pushed: a client whose sink fills up within the write has the entry.
            if entry.position is not None:
                self.told.position = entry.position
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
        self._metrics.events_total += 1
        if entry.changes_access:
            self._on_access_event()

    def _deliver_to_user(self, entry: Entry, user_id: int) -> None:
        """Write at once, behind what was pending; others only learn that the position moved on."""
        # Flush first: a client that falls behind by it must not be taken to have the entry.
        self.flush()
        if entry.position is not None:
            self.told.position = entry.position
        # By channel, as a job's channel may have ended with what was flushed.
        clients_of: dict[int | None, list[Client]] = {}
        for client in self.users.get(user_id, ()):
            clients_of.setdefault(client.job_id, []).append(client)
        for job_id, channel in self.channels.items():
            clients = clients_of.get(job_id, [])
            if clients or channel.backlog is not None:
                channel.push_to(entry, clients)
