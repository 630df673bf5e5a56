"""Brings streams up to date that are not: new ones, and those whose sink was full.

A stream is behind from its first moment. What it misses comes from the channel's memory when that
reaches back far enough, else from the log page by page, and in one turn of the loop with the last
entry it joins the active readers: nothing can fall between, nothing comes twice.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from gateway.history.log import LogUnavailable
from gateway.listening.client import Client
from gateway.listening.reader import Gap
from gateway.outgoing.entry import TERMINAL
from gateway.outgoing.frame import chunk, control_json, cursor, event_id

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from gateway.history.replay import Replay
    from gateway.limits import Limits
    from gateway.metrics import Metrics
    from gateway.outgoing.entry import Entry


class Supplier(Protocol):
    """What a refill needs of the hub."""

    replay: Replay
    limits: Limits
    metrics: Metrics

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a task that is kept alive."""

    def end(self, client: Client, status: str) -> None:
        """End the stream of a job whose terminal event was written."""


class Refill:
    """The slow way of the hub; a stream is on it only while it is behind."""

    def __init__(self, hub: Supplier) -> None:
        self._hub = hub

    def start(self, client: Client) -> None:
        """Go on with a stream that is behind, at once if memory has what it misses."""
        if (
            client.refilling
            or not client.open
            or client.paused
            or client not in client.channel.behind
        ):
            return
        self._find_gap(client)
        if client.gap is None and self._from_memory(client):
            return
        client.refilling = True
        self._hub.spawn(self._run(client))

    async def _run(self, client: Client) -> None:
        pause = 0.05
        try:
            while client.open and not client.paused:
                self._find_gap(client)
                try:
                    if client.gap is not None:
                        await self._tell_gap(client, client.gap)
                    elif self._from_memory(client):
                        return
                    else:
                        await self._from_log(client)
                except LogUnavailable:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 2.0)
        except Exception:
            # A browser that comes back is better off than one that waits for ever.
            client.sink.abort()
            raise
        finally:
            client.refilling = False

    def _find_gap(self, client: Client) -> None:
        """Notice that history can't be told: another epoch, or too far behind."""
        team = client.channel.team
        if client.gap is not None:
            return
        if client.epoch != team.epoch:
            client.gap = Gap("unknown_epoch")
        elif client.was_live and team.position - client.position > self._hub.limits.refill:
            client.gap = Gap(None)

    def _from_memory(self, client: Client) -> bool:
        """Write what the channel remembers; False when it does not reach back far enough."""
        channel = client.channel
        channel.flush()
        backlog = channel.backlog
        if not client.open or backlog is None:
            return True
        if client.position < backlog.floor:
            return False
        missed = backlog.after(client.sequence, client.position)
        while batch := list(islice(missed, self._hub.limits.join)):
            for number, entry in batch:
                client.sequence = number
                if entry.position is not None:
                    client.position = entry.position
            self._write(client, [entry for _, entry in batch])
            if client.paused or not client.open:
                return True
        channel.activate(client)
        return True

    async def _from_log(self, client: Client) -> None:
        """Read and write one page. Positions the hub has not reached are left to it."""
        channel = client.channel
        team, epoch = channel.team, client.channel.team.epoch
        known, limit = team.position, self._hub.limits.page
        page = await self._hub.replay.page(
            team.team_id, client.position, job_id=channel.job_id, limit=limit
        )
        if not client.open or team.epoch != epoch:
            return
        if page.head.epoch != epoch:
            team.observe(page.head)
            await asyncio.sleep(0.01)
            return
        if page.head.trimmed > client.position:
            client.gap = Gap(None if client.was_live else "trimmed")
            return
        covered = known
        if len(page.entries) >= limit:
            covered = min(page.entries[-1].position or 0, team.position)
        entries = [entry for entry in page.entries if (entry.position or 0) <= team.position]
        join = self._hub.limits.join
        for start in range(0, len(entries), join):
            if client.paused or not client.open:
                return
            batch = entries[start : start + join]
            client.position = batch[-1].position or client.position
            self._write(client, batch)
        if client.open and not client.paused:
            client.position = max(client.position, covered)

    async def _tell_gap(self, client: Client, gap: Gap) -> None:
        """Let a snapshot stand for history and go on behind it."""
        channel = client.channel
        team = channel.team
        snapshot = await self._hub.replay.snapshot(team.team_id)
        job = None
        if channel.job_id is not None:
            job = await self._hub.replay.job(team.team_id, channel.job_id)
        if snapshot.epoch != team.epoch:
            team.observe(await self._hub.replay.head(team.team_id))
            await asyncio.sleep(0.01)
            return
        await team.reach(snapshot.position)
        if not client.open or client.paused or snapshot.epoch != team.epoch:
            return
        stands = event_id(snapshot.epoch, snapshot.position)
        if gap.reason is None:
            self._hub.metrics.lagged_total += 1
            came = event_id(client.epoch, client.position)
            text = f'{{"from":"{came}","to":"{stands}","snapshot":{snapshot.text}}}'
            frame = control_json("lagged", text)
        else:
            self._hub.metrics.resets_total += 1
            frame = control_json("reset", f'{{"reason":"{gap.reason}","snapshot":{snapshot.text}}}')
        client.gap = None
        client.epoch = snapshot.epoch
        client.position = snapshot.position
        ended = job is not None and job.ended_at is not None and job.ended_at <= snapshot.position
        if ended and job is not None and job.status in TERMINAL:
            # Nothing with an id will follow; without one the browser would come back for ever.
            client.sink.write(chunk(frame + cursor(stands)))
            self._hub.end(client, job.status)
        else:
            client.sink.write(chunk(frame))

    def _write(self, client: Client, entries: Iterable[Entry]) -> None:
        """Write entries that concern the stream, joined."""
        job_id = client.channel.job_id
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
        self._hub.metrics.deliveries_total += len(due)
        self._hub.metrics.writes_total += 1
        if job_id is not None and due[-1].terminal:
            self._hub.end(client, due[-1].status or "")
