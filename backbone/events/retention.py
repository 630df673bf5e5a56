"""Trims each team's log by age and count, a small batch at a time, never what is still to send."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Select, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.access_changes import KEPT
from backbone.database.engine import is_postgresql, reading, transaction
from backbone.database.id_in import id_in
from backbone.database.tables import (
    events,
    exchange_tokens,
    idempotency_keys,
    outbox,
    sessions,
    teams,
)
from backbone.errors import DatabaseUnavailable
from backbone.leases import acquire, release
from backbone.supervisor import progress

LEASE = "retention"
BATCH = 500
KEPT_AFTER_EXPIRY = 86_400.0
"""How long, in seconds, a session, a token or an idempotency key stays after its time."""

_FORGET_CHANGES = {
    # A number that no transaction has had yet came with a backup of another database.
    True: """
        WITH past AS (
          SELECT credential, user_id, team_id FROM access_changes
          WHERE stamp >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
            OR stamp < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - :kept
          FOR UPDATE SKIP LOCKED
        )
        DELETE FROM access_changes USING past WHERE access_changes.credential = past.credential
          AND access_changes.user_id = past.user_id AND access_changes.team_id = past.team_id
    """,
    False: """
        DELETE FROM access_changes WHERE stamp < (SELECT MAX(stamp) FROM access_changes) - :kept
    """,
}
"""By whether it is PostgreSQL's."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long (seconds) and how many events per team are kept; the stricter one decides."""

    seconds: float
    count: int
    interval: float


async def trim(
    conn: AsyncConnection, team_id: int, *, older_than: float, keep: int, batch: int = BATCH
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
    # By the positions just read: a range is guessed too big, and the whole table read under the
    # lock of the team's row.
    await conn.execute(
        delete(events).where(events.c.team_id == team_id, id_in(conn, events.c.position, gone))
    )
    await conn.execute(update(teams).where(teams.c.id == team_id).values(trimmed_position=gone[-1]))
    return len(gone)


def _with_surplus(older_than: float, keep: int) -> Select[Any]:
    """Return the teams whose logs are too long or begin too early, the longest first.

    A log begins with the event behind the trimmed position, which the primary key finds.
    """
    length = teams.c.last_position - teams.c.trimmed_position
    oldest = (
        select(events.c.created_at)
        .where(events.c.team_id == teams.c.id, events.c.position == teams.c.trimmed_position + 1)
        .scalar_subquery()
    )
    return (
        select(teams.c.id)
        .where(length > 0, or_(length > keep, oldest < older_than))
        .order_by(length.desc())
    )


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
        self._holder = secrets.token_hex(8)

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
            await self._release()

    async def sweep(self) -> int:
        """Trim every team once, if no other process does; returns the number of trimmed events."""
        if not await self._lead():
            return 0
        total = 0
        async with reading(self._engine) as conn:
            team_ids = (await conn.scalars(_with_surplus(self._oldest(), self._rules.count))).all()
        for team_id in team_ids:
            total += await self._trim_team(team_id)
            progress()
        await self._forget()
        return total

    async def _lead(self) -> bool:
        async with transaction(self._engine) as conn:
            seconds = 2 * self._rules.interval + 30
            return await acquire(conn, LEASE, self._holder, seconds) is not None

    def _oldest(self) -> float:
        return self._clock() - self._rules.seconds

    async def _trim_team(self, team_id: int) -> int:
        total = 0
        while True:
            async with transaction(self._engine) as conn:
                gone = await trim(
                    conn,
                    team_id,
                    older_than=self._oldest(),
                    keep=self._rules.count,
                )
            total += gone
            if gone < BATCH or not await self._lead():
                return total

    async def _forget(self) -> None:
        past = self._clock() - KEPT_AFTER_EXPIRY
        async with transaction(self._engine) as conn:
            await conn.execute(delete(exchange_tokens).where(exchange_tokens.c.expires_at < past))
            await conn.execute(delete(sessions).where(sessions.c.expires_at < past))
            await conn.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < past))
        # On its own, and past rows that a withdrawal holds: neither waits for the other.
        async with transaction(self._engine) as conn:
            await conn.execute(text(_FORGET_CHANGES[is_postgresql(conn)]), {"kept": KEPT})

    async def _release(self) -> None:
        try:
            async with transaction(self._engine) as conn:
                await release(conn, LEASE, self._holder)
        except DatabaseUnavailable:
            log.info("retention_lease_expires_by_itself")
