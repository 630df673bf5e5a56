"""Reading the audit log, the newest acts first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import AuditEntry, recent
from backbone.database.engine import reading
from service.page import decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some acts, and where the next page starts."""

    entries: Sequence[AuditEntry]
    next_cursor: str | None


async def list_acts(
    engine: AsyncEngine, *, team_id: int | None, cursor: str | None, limit: int
) -> AuditPage:
    """Return a page of a team's acts, or of all. Raises `InvalidRequest` for a forged cursor."""
    before = decode_cursor(cursor)
    async with reading(engine) as conn:
        found = await recent(conn, team_id=team_id, before=before, limit=limit + 1)
    more = len(found) > limit
    return AuditPage(found[:limit], encode_cursor(found[limit - 1].id) if more else None)
