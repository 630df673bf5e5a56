"""Invitations: a link that works once, handed over by whoever made it; no e-mail is sent.

A sender of e-mails would be called where `create_invitation` returns the token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone import users as people
from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import teams, users
from backbone.errors import BeyondYourRights, InvalidCredentials, NotFound
from backbone.http.admission import network_of
from backbone.identifiers import IdentifierAllocator
from backbone.identity import forget_all, hash_token, new_token
from backbone.roles import may_give
from service.attempts import LoginAttempts
from service.hashing_queue import HashRequester
from service.members import invitations, repository
from service.members.invitations import InvitationRow
from service.members.use_cases import Admin
from service.passwords import Passwords

_log = structlog.get_logger(__name__)
_GONE = "The invitation is unknown, used, taken back or outdated; ask for a new one."


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation that was just made: its token, once in the clear, and as it is listed."""

    token: str
    row: InvitationRow


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting an invitation needs; `clock` returns epoch seconds."""

    engine: AsyncEngine
    passwords: Passwords
    attempts: LoginAttempts
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Invitee:
    """A person who accepts an invitation, and the network address."""

    token: str
    email: str
    password: str
    display_name: str | None
    address: str


@dataclass(frozen=True, slots=True)
class JoinedTeam:
    """The team that was joined."""

    id: int
    name: str
    status: str


async def list_invitations(
    engine: AsyncEngine, *, team_id: int, now: float
) -> Sequence[InvitationRow]:
    """Return the team's open invitations, the newest first."""
    async with reading(engine) as conn:
        return await invitations.list_open(conn, team_id, now)


async def create_invitation(
    engine: AsyncEngine, admin: Admin, *, team_id: int, role: str, email: str | None, valid: float
) -> NewInvitation:
    """Make an invitation that works for `valid` seconds. Raises `BeyondYourRights`."""
    if not may_give(admin.permissions, role):
        raise BeyondYourRights(f"Only somebody who may do what a role may invites as {role}.")
    token = new_token()
    email = None if email is None else email.lower()
    async with transaction(engine) as conn:
        key = await invitations.add(
            conn,
            token_hash=hash_token(token),
            team_id=team_id,
            role=role,
            email=email,
            created_by=admin.actor.user_id,
            now=admin.now,
            expires_at=admin.now + valid,
        )
        act = Act("invitation.create", team_id, f"invitation:{key}", {"role": role})
        await record(conn, admin.actor, act, now=admin.now)
        row = await invitations.find_open(conn, hash_token(token), admin.now)
    if row is None:
        raise NotFound("The team is gone.")
    return NewInvitation(token, row)


async def revoke_invitation(
    engine: AsyncEngine, admin: Admin, *, team_id: int, invitation_id: int
) -> None:
    """Take an open invitation back. Raises `NotFound` and `BeyondYourRights`."""
    async with transaction(engine) as conn:
        role = await invitations.revoke(conn, team_id, invitation_id, admin.now)
        if role is None:
            raise NotFound(f"There is no open invitation {invitation_id}.")
        if not may_give(admin.permissions, role):
            raise BeyondYourRights("Only somebody who may give the role takes it back.")
        act = Act("invitation.revoke", team_id, f"invitation:{invitation_id}")
        await record(conn, admin.actor, act, now=admin.now)


async def accept_invitation(accepting: Acceptance, joining: Invitee) -> JoinedTeam:
    """Make whoever has the link a member of its team.

    Raises:
        RateLimited: too many tries, counted as sign-ins are.
        NotFound: the link does not work, or not for this address.
        InvalidCredentials: the address has another password, or may not sign in.
    """
    await accepting.attempts.admit(joining.email, joining.address)
    now = accepting.clock()
    async with reading(accepting.engine) as conn:
        await _invitation(conn, joining, now)
        query = select(users.c.id, users.c.password_hash, users.c.disabled_at)
        known = (
            await conn.execute(query.where(users.c.email == joining.email.lower()))
        ).one_or_none()
    if known is None:
        hashed = await accepting.passwords.hash(
            joining.password, HashRequester(network_of(joining.address))
        )
        user_id = await IdentifierAllocator(accepting.engine, "users", first=1).next()
    else:
        verdict = await accepting.passwords.check(
            known.password_hash, joining.password, HashRequester(network_of(joining.address))
        )
        if not verdict.right or known.disabled_at is not None:
            raise InvalidCredentials
        hashed, user_id = None, int(known.id)
    team = await _join(accepting.engine, joining, user_id, hashed, now)
    await accepting.attempts.forgive(joining.email)
    forget_all(accepting.engine)
    _log.info("invitation_accepted", joined_team_id=team.id, joined_user_id=user_id)
    return team


async def _join(
    engine: AsyncEngine, joining: Invitee, user_id: int, hashed: str | None, now: float
) -> JoinedTeam:
    async with transaction(engine) as conn:
        invitation = await _invitation(conn, joining, now)
        await repository.hold_team(conn, invitation.team_id)
        if hashed is not None:
            await people.add_user(
                conn,
                user_id=user_id,
                email=joining.email,
                display_name=joining.display_name or joining.email.partition("@")[0][:128],
                password_hash=hashed,
            )
        if not await invitations.use(conn, invitation.id, user_id, now):
            raise NotFound(_GONE)
        # Who is a member already keeps the role: a link takes nothing away.
        if await repository.find_member(conn, invitation.team_id, user_id) is None:
            await repository.add(conn, invitation.team_id, user_id, invitation.role)
        actor = Actor(f"user:{user_id}", joining.address, user_id)
        act = Act(
            "invitation.accept",
            invitation.team_id,
            f"invitation:{invitation.id}",
            {"role": invitation.role},
        )
        await record(conn, actor, act, now=now)
        query = select(teams.c.id, teams.c.name, teams.c.status)
        row = (await conn.execute(query.where(teams.c.id == invitation.team_id))).one()
    return JoinedTeam(*row)


async def _invitation(conn: AsyncConnection, joining: Invitee, now: float) -> InvitationRow:
    found = await invitations.find_open(conn, hash_token(joining.token), now)
    if found is None or (found.email is not None and found.email != joining.email.lower()):
        raise NotFound(_GONE)
    return found
