"""The `teams` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from generated.http.teams import TeamsApi
from generated.models.access import TeamChange, TeamPage, TeamRequest
from generated.models.identity import Team, TeamStatus, TeamStatusChange
from service.acting import acting
from service.page import above, ascending
from service.teams import use_cases
from service.teams.repository import TeamRow


class TeamOperations(TeamsApi[Principal]):
    """What platform operators do to teams, and owners to theirs."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    async def list_teams(
        self,
        principal: Principal,  # noqa: ARG002 - who may is decided before
        *,
        cursor: str | None,
        limit: int,
    ) -> TeamPage:
        """List all teams."""
        found = await use_cases.list_teams(self._engine, above=above(cursor), limit=limit + 1)
        rows, next_cursor = ascending(found, limit)
        return TeamPage(items=[_team(row) for row in rows], next_cursor=next_cursor)

    async def create_team(self, principal: Principal, *, body: TeamRequest) -> Team:
        """Make a team."""
        return _team(
            await use_cases.create_team(
                self._engine,
                acting(principal),
                name=body.name,
                status=TeamStatus.ACTIVE,
                owner_id=None if body.owner_id is MISSING else body.owner_id,
                now=self._clock(),
            )
        )

    async def change_team(self, principal: Principal, *, team_id: int, body: TeamChange) -> Team:
        """Rename the session's team."""
        return _team(
            await use_cases.rename_own_team(
                self._engine,
                acting(principal),
                principal,
                team_id=team_id,
                name=body.name,
                now=self._clock(),
            )
        )

    async def change_team_status(
        self, principal: Principal, *, team_id: int, body: TeamStatusChange
    ) -> Team:
        """Change what a team may do."""
        return _team(
            await use_cases.change_team_status(
                self._engine,
                acting(principal),
                team_id=team_id,
                status=body.status,
                now=self._clock(),
            )
        )


def _team(row: TeamRow) -> Team:
    return Team(id=row.id, name=row.name, status=TeamStatus(row.status))
