"""Making and changing teams; the change, its event and its row in the audit log are one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.errors import NotFound, TeamForbidden
from backbone.events.append import append
from backbone.identifiers import IdentifierAllocator
from backbone.identity import Principal, forget_all
from backbone.users import find_user
from generated.models.event import TeamStatusChangedEvent
from generated.models.identity import TeamStatus
from service.teams import repository
from service.teams.repository import TeamRow

_log = structlog.get_logger(__name__)
_NOBODY = 0
"""The user id of the command line in events."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A team's own account at the provider; what is encrypted as `Cipher.encrypt` gave it."""

    login: str | None
    password_encrypted: str | None
    session_encrypted: str | None
    node_group: str | None


async def list_teams(engine: AsyncEngine, *, above: int, limit: int) -> Sequence[TeamRow]:
    """Return teams with ids above `above`, ascending."""
    async with reading(engine) as conn:
        return await repository.list_teams(conn, above=above, limit=limit)


async def create_team(
    engine: AsyncEngine,
    actor: Actor,
    *,
    name: str,
    status: TeamStatus,
    now: float,
    owner_id: int | None = None,
) -> TeamRow:
    """Make a team, with an owner if one is named. Raises `NotFound` for an unknown owner."""
    team_id = await IdentifierAllocator(engine, "teams", first=1).next()
    async with transaction(engine) as conn:
        team = await repository.add_team(
            conn, team_id=team_id, name=name, status=status.value, now=now
        )
        act = Act("team.create", team_id=team_id, details={"name": name, "status": status.value})
        await record(conn, actor, act, now=now)
        if owner_id is not None:
            if await find_user(conn, owner_id) is None:
                raise NotFound(f"There is no user {owner_id}.")
            await repository.add_owner(conn, team_id, owner_id)
            act = Act("member.add", team_id, f"user:{owner_id}", {"role": "owner"})
            await record(conn, actor, act, now=now)
    _log.info("team_created", created_team_id=team_id)
    return team


async def rename_team(
    engine: AsyncEngine, actor: Actor, *, team_id: int, name: str, now: float
) -> TeamRow:
    """Give a team another name. Raises `NotFound`."""
    async with transaction(engine) as conn:
        team = await repository.change_team(conn, team_id, name=name)
        if team is None:
            raise NotFound(f"There is no team {team_id}.")
        act = Act("team.rename", team_id=team_id, details={"name": name})
        await record(conn, actor, act, now=now)
    return team


async def rename_own_team(
    engine: AsyncEngine, actor: Actor, principal: Principal, *, team_id: int, name: str, now: float
) -> TeamRow:
    """Rename the session's team. Raises `TeamForbidden` for any other."""
    refuse_other_team(principal, team_id)
    return await rename_team(engine, actor, team_id=team_id, name=name, now=now)


async def change_team_status(
    engine: AsyncEngine, actor: Actor, *, team_id: int, status: TeamStatus, now: float
) -> TeamRow:
    """Give any team another status and tell the team; the present one again changes nothing.

    Only platform operators may. Raises `NotFound`.
    """
    async with transaction(engine) as conn:
        team: TeamRow | None = await repository.change_status(conn, team_id, status.value, now)
        if team is not None:
            event = TeamStatusChangedEvent(
                type="team_status_changed",
                team_id=team_id,
                user_id=_NOBODY if actor.user_id is None else actor.user_id,
                status=status,
                message=f"The team is now {status.value}",
                occurred_at=int(now),
            )
            await append(conn, team_id, event, now=now)
            act = Act("team.set-status", team_id=team_id, details={"status": status.value})
            await record(conn, actor, act, now=now)
            _log.info("team_status_changed", changed_team_id=team_id, status=status.value)
        else:
            team = await repository.find_team(conn, team_id)
    forget_all(engine)
    if team is None:
        raise NotFound(f"There is no team {team_id}.")
    return team


async def set_provider(
    engine: AsyncEngine, actor: Actor, *, team_id: int, provider: Provider, now: float
) -> TeamRow:
    """Set the provider's account that the team's environments are built in. Raises `NotFound`."""
    async with transaction(engine) as conn:
        team = await repository.change_team(
            conn,
            team_id,
            provider_login=provider.login,
            provider_password_encrypted=provider.password_encrypted,
            provider_session_encrypted=provider.session_encrypted,
            node_group=provider.node_group,
        )
        if team is None:
            raise NotFound(f"There is no team {team_id}.")
        details = {"login": provider.login, "node_group": provider.node_group}
        act = Act("team.set-provider", team_id=team_id, details=details)
        await record(conn, actor, act, now=now)
    return team


def refuse_other_team(principal: Principal, team_id: int) -> None:
    """Raise `TeamForbidden` for every team but the session's."""
    if team_id != principal.team_id:
        raise TeamForbidden(f"Your session belongs to team {principal.team_id}.")
