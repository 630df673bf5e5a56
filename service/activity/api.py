"""The `activity` operations over HTTP; translates only."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from generated.http.activity import ActivityApi
from generated.models.event import EventPage
from service.activity import use_cases
from service.event_page import event_page


class ActivityOperations(ActivityApi[Principal]):
    """What happened in the team, and to the user's own account."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def list_activity(
        self, principal: Principal, *, cursor: str | None, limit: int
    ) -> EventPage:
        """List what happened."""
        page = await use_cases.list_activity(self._engine, principal, cursor=cursor, limit=limit)
        return event_page(page, complete=page.head.trimmed_position == 0)
