"""Trims each team's log by age and count, a small batch at a time, never what is still to send."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Row,
    any_,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.batches import batch_size, paced
from backbone.database.engine import is_postgresql, reading, transaction
from backbone.database.tables import events, outbox, teams
from backbone.errors import DatabaseUnavailable
from backbone.lease_lock import LeaseLock
from backbone.supervisor import progress

LEASE = "retention"
LEASE_SECONDS = 60.0
TEAMS_AT_ONCE = 250
"""How many teams are looked at by one statement."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long (seconds) and how many events per team are kept; the stricter one decides."""

    seconds: float
    count: int
    interval: float


async def trim(
    conn: AsyncConnection, team_id: int, *, older_than: float, keep: int, batch: int = 500
) -> int:
    """Trim at most `batch` events of the team's oldest, in the caller's transaction.

    An event goes when it was logged before `older_than` (epoch seconds) or is not among the last
    `keep`, unless it or an earlier one still waits in the outbox. Returns how many went.
    """
    team = (
        await conn.execute(
            select(teams.c.last_position, teams.c.trimmed_position)
            .where(teams.c.id == team_id)
            .with_for_update()
        )
    ).one_or_none()
    if team is None:
        return 0
    waiting = await conn.scalar(
        select(func.min(outbox.c.position)).where(outbox.c.team_id == team_id)
    )
    last = team.last_position if waiting is None else waiting - 1
    oldest = await conn.execute(
        select(events.c.position, events.c.created_at)
        .where(events.c.team_id == team_id, events.c.position > team.trimmed_position)
        .order_by(events.c.position)
        .limit(batch)
    )
    gone: list[int] = []
    for position, created_at in oldest:
        surplus = position <= team.last_position - keep
        if position > last or not (surplus or created_at < older_than):
            break
        gone.append(position)
    if not gone:
        return 0
    await conn.execute(
        delete(events).where(events.c.team_id == team_id, _first(conn, team_id, gone))
    )
    await conn.execute(update(teams).where(teams.c.id == team_id).values(trimmed_position=gone[-1]))
    return len(gone)


def _first(conn: AsyncConnection, team_id: int, positions: list[int]) -> ColumnElement[bool]:
    """Find the events at these positions, the first ones of the team's log.

    PostgreSQL by their places in the table: by positions it may read all of the log or the table,
    under the lock of the team's row, as it guesses how many there are from all teams' logs.
    """
    if not is_postgresql(conn):
        return events.c.position.in_(positions)
    place: ColumnElement[Any] = literal_column("ctid")
    found = (
        select(place)
        .select_from(events)
        .where(events.c.team_id == team_id, events.c.position >= positions[0])
        .order_by(events.c.position)
        .limit(len(positions))
    )
    return place == any_(func.array(found.scalar_subquery()))


class Retention:
    """The background task of one process at a time. `clock` gives epoch seconds."""

    def __init__(
        self,
        engine: AsyncEngine,
        rules: RetentionRules,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._clock = clock
        self._lease = LeaseLock(engine, LEASE, LEASE_SECONDS)

    async def run(self) -> None:
        """Sweep every `interval` seconds until cancelled; the database may be away at times."""
        try:
            while True:
                try:
                    trimmed = await self.sweep()
                except DatabaseUnavailable:
                    log.warning("retention_waits_for_database")
                else:
                    progress()
                    if trimmed:
                        log.info("history_trimmed", events=trimmed)
                await asyncio.sleep(self._rules.interval)
        finally:
            await self._lease.release()

    async def sweep(self) -> int:
        """Trim the teams whose logs are too long or begin too early, the longest first.

        Does nothing while another process does. Returns the number of trimmed events.
        """
        surplus: list[tuple[int, int]] = []
        after = -1
        while True:
            if not await self._lease.keep():
                return 0
            looked_at = await paced(self._look(after))
            surplus += [(row.length, row.id) for row in looked_at if self._is_surplus(row)]
            if len(looked_at) < TEAMS_AT_ONCE:
                break
            after = looked_at[-1].id
        total = 0
        for _, team_id in sorted(surplus, reverse=True):
            trimmed = await self._trim_team(team_id)
            total += trimmed or 0
            if trimmed is None:
                break
        return total

    async def _look(self, after: int) -> list[Row[tuple[int, int, float | None]]]:
        """Tell of the next teams behind the id `after` how long their logs are and since when.

        A log begins with the event behind the trimmed position, which the primary key finds.
        """
        oldest = (
            select(events.c.created_at)
            .where(
                events.c.team_id == teams.c.id, events.c.position == teams.c.trimmed_position + 1
            )
            .scalar_subquery()
        )
        length = teams.c.last_position - teams.c.trimmed_position
        query = (
            select(teams.c.id, length.label("length"), oldest.label("oldest"))
            .where(teams.c.id > after)
            .order_by(teams.c.id)
            .limit(TEAMS_AT_ONCE)
        )
        async with reading(self._engine) as conn:
            return list(await conn.execute(query))

    def _is_surplus(self, log: Row[tuple[int, int, float | None]]) -> bool:
        begins_early = log.oldest is not None and log.oldest < self._oldest()
        return bool(log.length > self._rules.count or begins_early)

    def _oldest(self) -> float:
        return self._clock() - self._rules.seconds

    async def _trim_team(self, team_id: int) -> int | None:
        """Trim until nothing is left to go; None when another process has taken over."""
        total, batch = 0, batch_size(self._engine)
        while await self._lease.keep():
            gone = await paced(self._trim_batch(team_id, batch))
            total += gone
            if gone < batch:
                return total
        return None

    async def _trim_batch(self, team_id: int, batch: int) -> int:
        async with transaction(self._engine) as conn:
            return await trim(
                conn, team_id, older_than=self._oldest(), keep=self._rules.count, batch=batch
            )
