"""The audit log: who did what to whom, when, from where. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import audit_log


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts and from where: a user and a network address, or a command line and its host."""

    name: str
    origin: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `action` is a dotted name such as `member.add`; `details` hold no secrets."""

    action: str
    team_id: int | None = None
    target: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A recorded act; `occurred_at` in epoch seconds."""

    id: int
    occurred_at: float
    actor: str
    actor_user_id: int | None
    action: str
    team_id: int | None
    target: str | None
    origin: str | None
    details: dict[str, Any]


async def record(conn: AsyncConnection, actor: Actor, act: Act, *, now: float) -> None:
    """Write an act down in the transaction that does it, so that there is both or neither."""
    await conn.execute(
        insert(audit_log).values(
            occurred_at=now,
            actor=actor.name,
            actor_user_id=actor.user_id,
            action=act.action,
            team_id=act.team_id,
            target=act.target,
            origin=actor.origin,
            details=act.details,
        )
    )


async def recent(
    conn: AsyncConnection,
    *,
    team_id: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:
    """Read the latest acts, the newest first; `before` is the id to go on from."""
    query = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
    if team_id is not None:
        query = query.where(audit_log.c.team_id == team_id)
    if before is not None:
        query = query.where(audit_log.c.id < before)
    rows = (await conn.execute(query)).mappings().all()
    return [AuditEntry(**row) for row in rows]
