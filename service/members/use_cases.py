"""Adding members, changing their roles, removing them; each act is written to the audit log.

Nobody gives or takes a role that may do more than they may, and a team keeps an owner.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import sessions
from backbone.errors import BeyondYourRights, LastOwner, NotFound
from backbone.identity import forget_all
from backbone.roles import PLATFORM, may_give
from backbone.sessions import end_sessions
from service.members import repository
from service.members.repository import MemberRow

_log = structlog.get_logger(__name__)

EVERYTHING = frozenset({PLATFORM})
"""What the command line may: the same as a platform operator."""


@dataclass(frozen=True, slots=True)
class Admin:
    """Who changes a team's members, and what they may do there; `now` is in epoch seconds."""

    actor: Actor
    permissions: Collection[str]
    now: float


async def list_members(engine: AsyncEngine, team_id: int) -> Sequence[MemberRow]:
    """Return all members of a team, by address."""
    async with reading(engine) as conn:
        return await repository.list_members(conn, team_id)


async def add_member(
    engine: AsyncEngine, admin: Admin, *, team_id: int, user_id: int, role: str
) -> MemberRow:
    """Make a user a member, or give a member another role.

    Raises `NotFound`, `BeyondYourRights`, and `LastOwner` as `set_role` does.
    """
    async with transaction(engine) as conn:
        if not await repository.hold_team(conn, team_id):
            raise NotFound(f"There is no team {team_id}.")
        before = await repository.find_member(conn, team_id, user_id)
        if before is None:
            _may(admin, role)
            await repository.add(conn, team_id, user_id, role)
            await _record(conn, admin, "member.add", team_id, user_id, role=role)
        else:
            await _set_role(conn, admin, team_id, before, role)
        member = await _found(conn, team_id, user_id)
    forget_all(engine)
    return member


async def set_role(
    engine: AsyncEngine, admin: Admin, *, team_id: int, user_id: int, role: str
) -> MemberRow:
    """Give a member another role.

    Raises:
        NotFound: the team has no such member.
        BeyondYourRights: the former or the new role may do more than the admin.
        LastOwner: nobody else is an owner.
    """
    async with transaction(engine) as conn:
        await repository.hold_team(conn, team_id)
        before = await _found(conn, team_id, user_id)
        await _set_role(conn, admin, team_id, before, role)
        member = await _found(conn, team_id, user_id)
    forget_all(engine)
    return member


async def remove_member(engine: AsyncEngine, admin: Admin, *, team_id: int, user_id: int) -> None:
    """End a membership; what the user has open in the team ends. Raises as `set_role` does."""
    async with transaction(engine) as conn:
        await repository.hold_team(conn, team_id)
        before = await _found(conn, team_id, user_id)
        _may(admin, before.role)
        await _keep_an_owner(conn, team_id, before, None)
        await repository.remove(conn, team_id, user_id)
        await end_sessions(
            conn,
            sessions.c.user_id == user_id,
            sessions.c.team_id == team_id,
            reason="membership_removed",
            message="You are no longer a member of the team",
            now=admin.now,
        )
        await _record(conn, admin, "member.remove", team_id, user_id, role=before.role)
    forget_all(engine)
    _log.info("member_removed", changed_team_id=team_id, changed_user_id=user_id)


async def _set_role(
    conn: AsyncConnection, admin: Admin, team_id: int, before: MemberRow, role: str
) -> None:
    _may(admin, before.role)
    _may(admin, role)
    await _keep_an_owner(conn, team_id, before, role)
    await repository.set_role(conn, team_id, before.user_id, role)
    details = {"role": role, "before": before.role}
    await _record(conn, admin, "member.set-role", team_id, before.user_id, **details)


async def _keep_an_owner(
    conn: AsyncConnection, team_id: int, before: MemberRow, role: str | None
) -> None:
    if before.role != "owner" or role == "owner" or before.disabled:
        return
    if await repository.count_owners(conn, team_id) == 1:
        raise LastOwner


async def _found(conn: AsyncConnection, team_id: int, user_id: int) -> MemberRow:
    member = await repository.find_member(conn, team_id, user_id)
    if member is None:
        raise NotFound(f"The team has no member {user_id}.")
    return member


def _may(admin: Admin, role: str) -> None:
    if not may_give(admin.permissions, role):
        raise BeyondYourRights(f"Only somebody who may do what a role may gives or takes {role}.")


async def _record(
    conn: AsyncConnection, admin: Admin, action: str, team_id: int, user_id: int, **details: str
) -> None:
    act = Act(action, team_id=team_id, target=f"user:{user_id}", details=dict(details))
    await record(conn, admin.actor, act, now=admin.now)
