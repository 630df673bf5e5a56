"""The `audit` operations over HTTP; translates only."""

from __future__ import annotations

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import AuditEntry as Entry
from backbone.identity import Principal
from generated.http.audit import AuditApi
from generated.models.access import AuditEntry, AuditPage
from service.audit import use_cases


class AuditOperations(AuditApi[Principal]):
    """Who did what: in a team for its admins, everywhere for platform operators."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def list_team_audit(
        self, principal: Principal, *, cursor: str | None, limit: int
    ) -> AuditPage:
        """List what was done in the team."""
        return await self._page(principal.team_id, cursor, limit)

    async def list_audit(
        self,
        principal: Principal,  # noqa: ARG002 - who may is decided before
        *,
        cursor: str | None,
        limit: int,
    ) -> AuditPage:
        """List what was done everywhere."""
        return await self._page(None, cursor, limit)

    async def _page(self, team_id: int | None, cursor: str | None, limit: int) -> AuditPage:
        page = await use_cases.list_acts(self._engine, team_id=team_id, cursor=cursor, limit=limit)
        return AuditPage(
            items=[_entry(entry) for entry in page.entries], next_cursor=page.next_cursor
        )


def _entry(entry: Entry) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        occurred_at=int(entry.occurred_at),
        actor=entry.actor,
        action=entry.action,
        team_id=MISSING if entry.team_id is None else entry.team_id,
        target=MISSING if entry.target is None else entry.target,
        origin=MISSING if entry.origin is None else entry.origin,
        details=entry.details,
    )
