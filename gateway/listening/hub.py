"""Who listens to what: finds an event's team, and keeps streams from opening to end."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import structlog

from backbone.authorization import Cause, Grant
from backbone.events.position import EventId
from backbone.tasks import Tasks
from gateway.listening.catch_up import CatchUp
from gateway.listening.client import Client, Gap, Listening
from gateway.listening.feed import FullFeed
from gateway.listening.grants import Grants
from gateway.listening.idle_teams import IdleTeams
from gateway.listening.refill import Refill
from gateway.listening.stalled import Stalled
from gateway.listening.tail import Tails
from gateway.listening.team import Team
from gateway.listening.timer_wheel import TimerWheel
from gateway.outgoing.flush import Flush
from gateway.outgoing.frame import HEARTBEAT, chunk, control

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.history.log import Head
    from gateway.history.replay import Replay
    from gateway.limits import Limits
    from gateway.listening.channel import Schedule
    from gateway.listening.feed import Feed
    from gateway.listening.team_position import Known
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry
    from gateway.outgoing.sink import Sink

_BEAT = chunk(HEARTBEAT)

log = structlog.get_logger(__name__)


class Hub:
    """All open streams of a process (`StreamObserver`), by team.

    It reads the log through `replay`, tells `feed` whose events it needs, and writes to sinks only.
    `clock` counts seconds; `on_access_event` is called when an event told that somebody's access
    changed.
    """

    def __init__(
        self,
        replay: Replay,
        limits: Limits,
        metrics: Metrics,
        *,
        clock: Callable[[], float],
        on_access_event: Callable[[], None] = lambda: None,
    ) -> None:
        self.replay = replay
        self.limits = limits
        self.metrics = metrics
        self.clock = clock
        self.on_access_event = on_access_event
        self.feed: Feed = FullFeed()
        self.teams: dict[int, Team] = {}
        self.grants: Grants[Client] = Grants()
        self.draining = False
        self.opening = 0
        self.interruptible: set[asyncio.Task[object]] = set()
        self.detaches = True
        self._tasks = Tasks()
        self.catch_up = CatchUp(replay, limits, self._tasks)
        self._refill = Refill(self.catch_up, replay, limits, metrics, self._tasks)
        self._wheel = TimerWheel(limits.heartbeat, clock())
        self._schedule: Schedule = Flush(self._wheel).schedule
        self._stalled = Stalled()
        self._tails = Tails(limits.queue_size, limits.tail_bytes)
        self._idle_teams = IdleTeams(limits.idle_team)

    def note_plain_path(self) -> None:
        """Say once that this server does not hand connections over."""
        if self.detaches:
            self.detaches = False
            log.warning("gateway_path", path="asgi", detail="the server offers no connections")

    # Events come in

    def listened(self, team_id: int) -> Team | None:
        """Return the team that an event is to be offered to; None when nobody listens here."""
        team = self.teams.get(team_id)
        if team is None:
            self.metrics.messages_unlistened_total += 1
        return team

    def offer(self, team: Team, entry: Entry) -> None:
        """Give a pushed event to a team, and read before it what was not pushed."""
        if team.offer(entry):
            if team.idle:
                self._drop(team)
            else:
                self.catch_up.start(team)

    def doubt(self, team: Team) -> None:
        """Ask the log, as an event came that claims a place in it and nobody vouches for."""
        if team.doubt():
            if team.idle:
                self._drop(team)
            else:
                self.catch_up.confirm(team)

    def observe(self, team: Team, head: Head, known: Known) -> bool:
        """Compare a team with its log's head, as `CatchUp.observe` does; answer whether it lags."""
        if self.teams.get(team.team_id) is not team:
            return False
        if not team.idle:
            return self.catch_up.observe(team, head, known)
        if team.observe(head, known):
            self._drop(team)
        return False

    # Streams come and go

    async def enter(self, team_id: int, last_event_id: str | None = None) -> Team:
        """Hold a team whose place in the log is known; `leave` it in any case.

        When the log has to be read for it, then from where a stream wants to go on.

        Raises:
            LogUnavailable: the place can't be learnt now.
        """
        team = self.teams.get(team_id)
        if team is None:
            team = self.teams[team_id] = Team(
                team_id,
                self.limits,
                self.metrics,
                tails=self._tails,
                schedule=self._schedule,
                on_access_event=self.on_access_event,
            )
        team.holds += 1
        self._idle_teams.discard(team)
        try:
            if not team.located:
                # First, so that what is written behind the log's end is pushed.
                await self.feed.listen(team_id)
                came = None if last_event_id is None else EventId.parse(last_event_id)
                after = None if came is None else came.position
                team.locate(await self.replay.end(team_id, after))
                if team.incomplete:
                    self.catch_up.start(team)
        except BaseException:
            self.leave(team)
            raise
        return team

    def leave(self, team: Team) -> None:
        """Stop holding a team."""
        team.holds -= 1
        self._keep_idle(team)

    def open(self, team: Team, job_id: int | None, sink: Sink, listening: Listening) -> Client:
        """Add a stream at the team's position; `begin` makes it go."""
        channel = team.channel(job_id)
        client = Client(self, sink, listening, team.team_id, job_id)
        client.epoch, client.position = team.epoch, team.position
        client.sequence = channel.sequence
        channel.enter(client)
        team.users.setdefault(client.user_id, set()).add(client)
        self.grants.add(client.grant, client)
        self._wheel.add(client)
        team.size += 1
        self.metrics.subscribers_active += 1
        sink.attach(client)
        return client

    def begin(
        self, client: Client, sync: bytes, epoch: str, position: int, gap: Gap | None = None
    ) -> None:
        """Write the first frame, then what follows `position` (at most the team's), then live."""
        client.sink.write(chunk(sync))
        client.epoch = epoch
        client.position = position
        client.gap = gap
        self.behind(client)

    def behind(self, client: Client) -> None:
        """Bring a stream up to date (`StreamObserver`)."""
        if client.open:
            self._refill.start(self.teams[client.team_id], client)

    def paused(self, client: Client) -> None:
        """Hear that a sink is full (`StreamObserver`)."""
        if client.open:
            self._stalled.add(client, self.clock())
            self.teams[client.team_id].channels[client.job_id].demote(client)

    def resumed(self, client: Client) -> None:
        """Hear that a sink takes data again (`StreamObserver`)."""
        if client.open:
            self._stalled.discard(client)
            self.behind(client)

    def lost(self, client: Client) -> None:
        """Hear that a connection is gone (`StreamObserver`)."""
        self._forget(client)
        self._stalled.discard(client)

    # Streams end

    def ended(self, client: Client, status: str) -> None:
        """End a stream whose job's terminal event was written (`StreamObserver`)."""
        data = {"job_id": client.job_id, "status": status}
        self._finish(client, control("end", data))

    def drain(self, client: Client, reason: str) -> None:
        """End a stream and say why; the reconnect's delay is the stream's own."""
        if client.open:
            self._finish(client, control("drain", {"reason": reason}, retry=self.retry(reason)))

    def retry(self, reason: str = "") -> int:
        """Return a delay before a reconnect, in milliseconds, spread so that not all come at once.

        `reason` is why a stream ends, if it does: what is overloaded or stops needs the time.
        """
        base = self.limits.retry_milliseconds
        if reason == "shutdown":
            base = self.limits.shutdown_retry_milliseconds
        elif reason == "overloaded":
            base *= 3
        return random.randint(base // 2, base + base // 2)  # noqa: S311 - spreads load, keeps no secret

    def clients(self) -> list[Client]:
        """Return all open streams."""
        return [
            client
            for team in self.teams.values()
            for channel in team.channels.values()
            for client in (*channel.active, *channel.behind)
        ]

    def withdraw(self, grant: Grant, cause: Cause) -> None:
        """End the streams that were opened with a grant, also those that are being opened."""
        clients = self.grants.withdraw(grant, cause)
        team = self.teams.get(grant.team_id)
        if team is not None:
            team.flush()
        for client in clients:
            self._withdraw(client, cause)

    def expire(self, now: float) -> None:
        """End the streams whose session was to end before `now` (epoch seconds)."""
        for client in self.clients():
            if client.expires_at <= now:
                self._withdraw(client, Cause.SESSION_EXPIRED)

    def _withdraw(self, client: Client, cause: Cause) -> None:
        if not client.open:
            return
        self.metrics.withdrawn_total += 1
        data = {"reason": "access_withdrawn", "cause": cause.value}
        self._finish(client, control("drain", data, retry=self.retry()))

    def _finish(self, client: Client, last: bytes) -> None:
        client.sink.write(chunk(last))
        client.sink.finish()
        self._forget(client)
        # Until the connection is gone it is watched like a full one: its peer may never read on.
        self._stalled.add(client, self.clock())

    def _forget(self, client: Client) -> None:
        if not client.open:
            return
        client.open = False
        team = self.teams[client.team_id]
        channel = team.channels[client.job_id]
        channel.discard(client)
        if channel.empty:
            del team.channels[client.job_id]
        of_user = team.users.get(client.user_id)
        if of_user is not None:
            of_user.discard(client)
            if not of_user:
                del team.users[client.user_id]
        self.grants.discard(client.grant, client)
        self._wheel.discard(client)
        team.size -= 1
        self.metrics.subscribers_active -= 1
        self._keep_idle(team)

    def _keep_idle(self, team: Team) -> None:
        """Keep a team without streams for a while: browsers come back."""
        if not team.idle or self.teams.get(team.team_id) is not team:
            return
        if team.located and not team.incomplete:
            for left in self._idle_teams.add(team, self.clock()):
                self._drop(left)
        else:
            self._drop(team)

    def _drop(self, team: Team) -> None:
        self._idle_teams.discard(team)
        team.tail.forget()
        del self.teams[team.team_id]
        self.feed.leave(team.team_id)

    # Time goes by

    def tick(self) -> None:
        """Send heartbeats to the silent, end streams whose time is over, cut those that stall."""
        now = self.clock()
        due = self._wheel.turn(now, self._written)
        for client in due.beats:
            if client.open and not client.paused:
                client.sink.write(_BEAT)
        for client in due.ends:
            self.drain(client, "max_age")
        for team in self._idle_teams.overdue(now):
            self._drop(team)
        for client in self._stalled.overdue(now - self.limits.send_timeout):
            self.metrics.stalled_total += 1
            client.sink.abort()
            self._forget(client)

    def _written(self, client: Client) -> int | None:
        """Return the second in or after which an event was written to a stream, None if unknown.

        Who is among a channel's active clients got the channel's last event then, or a while later.
        """
        channel = self.teams[client.team_id].channels[client.job_id]
        return channel.written if client in channel.active else None

    async def drain_all(self, window: float) -> None:
        """End every stream with its own delay; return when all have left or the window is over."""
        self.draining = True
        ends = self.clock() + window
        # Requests that wait for a slow database must not hold the process up.
        for task in tuple(self.interruptible):
            task.cancel()
        for team in tuple(self.teams.values()):
            team.flush()
        for number, client in enumerate(self.clients()):
            self.drain(client, "shutdown")
            if number % 256 == 255:  # noqa: PLR2004 - a turn for the loop now and then
                await asyncio.sleep(0)
        await self._stalled.all_left(ends - self.clock())
        self._stalled.abort()

    async def close(self) -> None:
        """Stop all tasks and cut what is still open."""
        for client in self.clients():
            client.sink.abort()
            self._forget(client)
        self._stalled.abort()
        for team in self._idle_teams:
            self._drop(team)
        await self._tasks.cancel()
