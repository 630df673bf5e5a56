"""Looking back at what happened in the team."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading
from backbone.events.history import HistoryPage, of_team
from backbone.identity import Principal
from service.page import decode_cursor


async def list_activity(
    engine: AsyncEngine, principal: Principal, *, cursor: str | None, limit: int
) -> HistoryPage:
    """Return what the user may see of the team's log, the newest first.

    Raises `InvalidRequest` for a forged cursor.
    """
    before = None if cursor is None else decode_cursor(cursor)
    async with reading(engine) as conn:
        return await of_team(conn, principal.team_id, principal.user_id, before=before, limit=limit)
