"""The `teams` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import Cipher
from backbone.identity import Principal
from generated.http.teams import TeamsApi
from generated.models.access import (
    ProviderAccount,
    ProviderAccountChange,
    TeamChange,
    TeamPage,
    TeamRequest,
)
from generated.models.identity import Team, TeamStatus, TeamStatusChange
from service.acting import acting
from service.page import above, ascending
from service.teams import provider, use_cases
from service.teams.repository import ProviderRow, TeamRow


class TeamOperations(TeamsApi[Principal]):
    """What platform operators do to teams, and owners to theirs."""

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], float], cipher: Callable[[], Cipher]
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._cipher = cipher

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

    async def get_team_provider(self, principal: Principal, *, team_id: int) -> ProviderAccount:
        """Tell which account at the provider the session's team uses."""
        return _provider(await provider.get_own(self._engine, principal, team_id))

    async def set_team_provider(
        self, principal: Principal, *, team_id: int, body: ProviderAccountChange
    ) -> ProviderAccount:
        """Set the account at the provider that the session's team uses."""
        return _provider(
            await provider.set_own(
                self._engine,
                self._cipher,
                acting(principal),
                principal,
                team_id=team_id,
                login=_given(body.login),
                password=_given(body.password),
                session_key=_given(body.session_key),
                node_group=_given(body.node_group),
                now=self._clock(),
            )
        )


def _given(value: str | MISSING) -> str | None:
    return None if value is MISSING else value


def _provider(row: ProviderRow) -> ProviderAccount:
    return ProviderAccount(
        login=MISSING if row.login is None else row.login,
        node_group=MISSING if row.node_group is None else row.node_group,
        has_password=row.has_password,
        has_session_key=row.has_session_key,
    )


def _team(row: TeamRow) -> Team:
    return Team(id=row.id, name=row.name, status=TeamStatus(row.status))
