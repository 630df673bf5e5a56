"""The `teams` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from generated.http.teams import TeamsApi
from generated.models.identity import Team, TeamStatus, TeamStatusChange
from service.acting import acting
from service.teams import use_cases


class TeamOperations(TeamsApi[Principal]):
    """What platform operators do to teams."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    async def change_team_status(
        self, principal: Principal, *, team_id: int, body: TeamStatusChange
    ) -> Team:
        """Change what a team may do."""
        team = await use_cases.change_team_status(
            self._engine,
            acting(principal),
            team_id=team_id,
            status=body.status,
            now=self._clock(),
        )
        return Team(id=team.id, name=team.name, status=TeamStatus(team.status))
