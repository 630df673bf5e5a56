"""The log's duplicate in memory: the same five verbs, and hands to append, trim, restore and break it."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from backbone.events.position import EventId
from gateway.history.log import Head, JobState, LogUnavailable, Page, Snapshot
from gateway.outgoing.entry import JOB_STATUS, TERMINAL, Entry

T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """An event as it was written; `entry` makes what the broker would bring."""

    team_id: int
    epoch: str
    position: int
    kind: str
    job_id: int | None
    user_id: int | None
    status: str | None
    body: bytes

    def entry(self) -> Entry:
        return Entry(
            self.kind,
            self.body,
            str(EventId(self.epoch, self.position)),
            self.status,
            self.job_id,
            user_id=self.user_id,
        )


@dataclass
class TeamLog:
    epoch: str = "e1"
    trimmed: int = 0
    life: int = 0
    events: list[Written] = field(default_factory=list)  # all ever written in this epoch

    @property
    def last(self) -> int:
        return self.events[-1].position if self.events else 0


class MemoryLog:
    """Every verb takes a few turns of the loop, so that other things happen in between."""

    def __init__(self, turns: int = 1) -> None:
        self.teams: dict[int, TeamLog] = {}
        self.down = False
        self.turns = turns
        self.reads: list[str] = []

    # hands

    def team(self, team_id: int) -> TeamLog:
        return self.teams.setdefault(team_id, TeamLog())

    def append(
        self,
        team_id: int,
        *,
        kind: str = JOB_STATUS,
        job_id: int | None = 1,
        user_id: int | None = None,
        status: str | None = "polling",
    ) -> Written:
        log = self.team(team_id)
        position = log.last + 1
        body = {"type": kind, "team_id": team_id, "n": position, "epoch": log.epoch}
        if log.life:
            body["life"] = log.life
        if kind == JOB_STATUS:
            body["job_id"] = job_id
        else:
            job_id = None
            body["user_id"] = user_id
        body["status"] = status
        text = json.dumps(body, separators=(",", ":")).encode()
        written = Written(team_id, log.epoch, position, kind, job_id, user_id, status, text)
        log.events.append(written)
        return written

    def trim(self, team_id: int, upto: int) -> None:
        log = self.team(team_id)
        log.trimmed = max(log.trimmed, min(upto, log.last))

    def restore(self, team_id: int, keep: int, epoch: str) -> None:
        """The database was restored from a backup that ends at `keep`; a new epoch begins there."""
        old = self.team(team_id)
        new = TeamLog(epoch, min(old.trimmed, keep))
        new.events = [
            Written(e.team_id, epoch, e.position, e.kind, e.job_id, e.user_id, e.status, e.body)
            for e in old.events
            if e.position <= keep
        ]
        self.teams[team_id] = new

    def lose(self, team_id: int, keep: int) -> None:
        """A failover lost what was written after `keep`; nobody renewed the epoch."""
        log = self.team(team_id)
        log.events = [event for event in log.events if event.position <= keep]
        log.trimmed = min(log.trimmed, keep)
        log.life += 1

    # verbs

    async def heads(self, team_ids: Iterable[int]) -> Mapping[int, Head]:
        await self._pass("heads")
        return await self._late({team_id: self._head(team_id) for team_id in team_ids})

    async def ends(self, after: Mapping[int, int | None], *, limit: int) -> Mapping[int, Page]:
        await self._pass("ends")
        return await self._late(
            {
                team_id: Page(self._head(team_id), self._end(team_id, place, limit))
                for team_id, place in after.items()
            }
        )

    def _end(self, team_id: int, after: int | None, limit: int) -> tuple[Entry, ...]:
        log = self.team(team_id)
        last = [e for e in log.events if e.position > log.trimmed][-limit:]
        return tuple(e.entry() for e in last if after is not None and e.position > after)

    async def page(self, team_id: int, after: int, *, job_id: int | None, limit: int) -> Page:
        await self._pass(f"page {team_id} {after} {job_id}")
        log = self.team(team_id)
        events = [
            e
            for e in log.events
            if e.position > max(after, log.trimmed)
            and (job_id is None or e.job_id is None or e.job_id == job_id)
        ]
        return await self._late(Page(self._head(team_id), tuple(e.entry() for e in events[:limit])))

    async def snapshot(self, team_id: int) -> Snapshot:
        await self._pass("snapshot")
        head = self._head(team_id)
        text = json.dumps({"last_event_id": f"{head.epoch}.{head.last}", "jobs": []})
        return await self._late(Snapshot(head.epoch, head.last, text))

    async def job(self, team_id: int, job_id: int) -> JobState | None:
        await self._pass("job")
        mine = [e for e in self.team(team_id).events if e.job_id == job_id]
        if not mine:
            return JobState("queued", None) if job_id < 100 else None
        last = mine[-1]
        if last.status not in TERMINAL:
            return JobState(last.status or "", None)
        gone = last.position <= self.team(team_id).trimmed
        return await self._late(JobState(last.status or "", 0 if gone else last.position))

    def _head(self, team_id: int) -> Head:
        log = self.team(team_id)
        return Head(log.epoch, log.last, log.trimmed)

    async def _late(self, answer: T) -> T:
        """An answer is as old as its way back is long."""
        for _ in range(self.turns):
            await asyncio.sleep(0)
        return answer

    async def _pass(self, read: str) -> None:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        self.reads.append(read)
        if self.down:
            raise LogUnavailable
