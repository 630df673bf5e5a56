"""Brings streams up to date that are not: new ones, and those whose sink was full.

A stream is behind from its first moment. What it misses comes from the channel's memory when that
reaches back far enough, else from the log page by page, and in one turn of the loop with the last
entry it joins the active clients: nothing can fall between, nothing comes twice.
"""

from __future__ import annotations

import asyncio
from itertools import chain, islice
from typing import TYPE_CHECKING

from backbone.job_status import TERMINAL
from gateway.history.log import LogUnavailable
from gateway.listening.catch_up import FIRST_PAUSE, LONGEST_PAUSE
from gateway.listening.client import Gap
from gateway.outgoing.frame import chunk, control_json, cursor, event_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backbone.tasks import Tasks
    from gateway.history.log import JobState, Snapshot
    from gateway.history.replay import Replay
    from gateway.limits import Limits
    from gateway.listening.catch_up import CatchUp
    from gateway.listening.channel import Channel
    from gateway.listening.client import Client
    from gateway.listening.team import Team
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry

EPOCH_PAUSE = 0.01
"""Seconds until what was read of another epoch than the team's is read again."""


class Refill:
    """The slow path of a stream; it is on it only while it is behind."""

    def __init__(
        self, catch_up: CatchUp, replay: Replay, limits: Limits, metrics: Metrics, tasks: Tasks
    ) -> None:
        self._catch_up = catch_up
        self._replay = replay
        self._limits = limits
        self._metrics = metrics
        self._tasks = tasks

    def start(self, team: Team, client: Client) -> None:
        """Go on with a stream that is behind, at once if memory has what it misses."""
        channel = team.channels.get(client.job_id)
        if channel is None or client.refilling or client.paused or client not in channel.behind:
            return
        self._find_gap(team, client)
        if client.gap is None and self._from_memory(team, channel, client):
            self._count(channel, client, "memory")
            return
        client.refilling = True
        self._tasks.spawn(self._run(team, channel, client))

    async def _run(self, team: Team, channel: Channel, client: Client) -> None:
        pause, source = FIRST_PAUSE, "memory"
        try:
            while client.open and not client.paused:
                self._find_gap(team, client)
                try:
                    if client.gap is not None:
                        await self._tell_gap(team, client, client.gap)
                    elif self._from_memory(team, channel, client):
                        self._count(channel, client, source)
                        return
                    else:
                        source = "log"
                        await self._from_log(team, client)
                except LogUnavailable:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
        except Exception:
            # A browser that comes back is better off than one that waits for ever.
            client.sink.abort()
            raise
        finally:
            client.refilling = False

    def _count(self, channel: Channel, client: Client, source: str) -> None:
        if client in channel.active:
            self._metrics.refills[source] += 1

    def _find_gap(self, team: Team, client: Client) -> None:
        """Notice that history can't be told: another epoch, or too far behind."""
        if client.gap is not None:
            return
        if client.epoch != team.epoch:
            client.gap = Gap("unknown_epoch")
        elif client.position > team.position:
            # The log went back after the stream's place was decided.
            client.gap = Gap("future")
        elif client.was_live and team.position - client.position > self._limits.refill:
            client.gap = Gap(None)

    def _from_memory(self, team: Team, channel: Channel, client: Client) -> bool:
        """Write what team and channel remember; False when it does not reach back far enough."""
        channel.flush()
        backlog = channel.backlog
        if not client.open or backlog is None:
            return True
        missed = backlog.after(client.sequence, client.position)
        if client.position < backlog.floor:
            if client.position < team.tail.floor:
                return False
            before = team.tail.between(client.position, backlog.floor)
            missed = chain(((client.sequence, entry) for entry in before), missed)
        while batch := list(islice(missed, self._limits.join)):
            for number, entry in batch:
                client.sequence = number
                if entry.position is not None:
                    client.position = entry.position
            self._write(client, [entry for _, entry in batch])
            if client.paused or not client.open:
                return True
        channel.activate(client)
        return True

    async def _from_log(self, team: Team, client: Client) -> None:
        """Read and write one page. Positions the team was not told yet are left to it."""
        known, limit = team.told.known(), self._limits.page
        page = await self._replay.page(
            team.team_id, client.position, job_id=client.job_id, limit=limit
        )
        if not client.open or team.told.life != known.life:
            return
        if page.head.epoch != team.epoch or page.head.last < known.position:
            self._catch_up.observe(team, page.head, known)
            await asyncio.sleep(EPOCH_PAUSE)
            return
        if page.head.trimmed > client.position:
            client.gap = Gap(None if client.was_live else "trimmed")
            return
        covered = known.position
        if len(page.entries) >= limit:
            covered = min(page.entries[-1].position or 0, team.position)
        entries = [entry for entry in page.entries if (entry.position or 0) <= team.position]
        join = self._limits.join
        for start in range(0, len(entries), join):
            if client.paused or not client.open:
                return
            batch = entries[start : start + join]
            client.position = batch[-1].position or client.position
            self._write(client, batch)
        if client.open and not client.paused:
            client.position = max(client.position, covered)

    async def _tell_gap(self, team: Team, client: Client, gap: Gap) -> None:
        """Let a snapshot stand for history and go on behind it."""
        known = team.told.known()
        snapshot = await self._replay.snapshot(team.team_id)
        job = None
        if client.job_id is not None:
            job = await self._replay.job(team.team_id, client.job_id)
        if team.told.life != known.life:
            return
        if snapshot.epoch != team.epoch or snapshot.position < known.position:
            self._catch_up.observe(team, await self._replay.head(team.team_id), known)
            await asyncio.sleep(EPOCH_PAUSE)
            return
        await self._catch_up.reach(team, snapshot.position)
        if not client.open or client.paused or team.told.life != known.life:
            return
        frame = self._gap_frame(client, gap, snapshot)
        client.gap = None
        client.epoch = snapshot.epoch
        client.position = snapshot.position
        status = _ended(job, snapshot)
        if gap.reason is not None or status is not None:
            # Without it the browser would come back with a position that may mean something else by
            # then; and with a job's that is over, for ever, as nothing with an id will follow.
            frame += cursor(event_id(snapshot.epoch, snapshot.position))
        client.sink.write(chunk(frame))
        if status is not None:
            client.observer.ended(client, status)

    def _gap_frame(self, client: Client, gap: Gap, snapshot: Snapshot) -> bytes:
        if gap.reason is None:
            self._metrics.lagged_total += 1
            self._metrics.refills["lagged"] += 1
            came = event_id(client.epoch, client.position)
            stands = event_id(snapshot.epoch, snapshot.position)
            text = f'{{"from":"{came}","to":"{stands}","snapshot":{snapshot.text}}}'
            return control_json("lagged", text)
        self._metrics.resets_total += 1
        self._metrics.refills["reset"] += 1
        return control_json("reset", f'{{"reason":"{gap.reason}","snapshot":{snapshot.text}}}')

    def _write(self, client: Client, entries: Iterable[Entry]) -> None:
        """Write entries that concern the stream, joined."""
        job_id = client.job_id
        due: list[Entry] = []
        for entry in entries:
            if entry.concerns(job_id, client.user_id):
                due.append(entry)
                if job_id is not None and entry.terminal:
                    # The stream ends here, whatever was told to the user later.
                    break
        if not due:
            return
        client.sink.write(chunk(b"".join([entry.text for entry in due])))
        self._metrics.deliveries_total += len(due)
        self._metrics.writes_total += 1
        if job_id is not None and due[-1].terminal:
            client.observer.ended(client, due[-1].status or "")


def _ended(job: JobState | None, snapshot: Snapshot) -> str | None:
    """Return the status of a job that is over at the snapshot's position."""
    if job is None or job.ended_at is None or job.ended_at > snapshot.position:
        return None
    return job.status if job.status in TERMINAL else None
