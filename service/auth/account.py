"""What users do to their own account: password, teams, the team of the session."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import exchange_tokens, memberships, sessions, teams, users
from backbone.errors import InvalidCredentials, PermissionMissing, TeamForbidden
from backbone.identity import Principal, forget_all
from backbone.sessions import end_sessions
from service.auth import repository
from service.auth.repository import MyTeam
from service.auth.use_cases import Session, SignIn, begin_session
from service.hashing_queue import HashRequester


def require_session(principal: Principal) -> None:
    """Raise `PermissionMissing` for an API token: it must not outlive what it would change."""
    if principal.api_token_id is not None:
        raise PermissionMissing("An API token may not do this; sign in with your password.")


async def list_my_teams(engine: AsyncEngine, principal: Principal) -> Sequence[MyTeam]:
    """Return the teams of which the user is a member, by name."""
    require_session(principal)
    query = (
        select(teams.c.id, teams.c.name, teams.c.status, memberships.c.role)
        .join_from(memberships, teams)
        .where(memberships.c.user_id == principal.user_id)
        .order_by(teams.c.name, teams.c.id)
        .limit(1000)
    )
    async with reading(engine) as conn:
        return [MyTeam(*row) for row in (await conn.execute(query)).all()]


async def change_password(
    sign_in: SignIn, actor: Actor, principal: Principal, *, current: str, new: str
) -> None:
    """Set another password; all other sessions of the user end, and sign-ins under way.

    Raises:
        RateLimited: too many tries, counted as sign-ins are.
        InvalidCredentials: the present password is another one.
    """
    require_session(principal)
    async with reading(sign_in.engine) as conn:
        query = select(users.c.email, users.c.password_hash)
        row = (await conn.execute(query.where(users.c.id == principal.user_id))).one()
    # Whoever has a session is not kept out by those who guess without one.
    device = principal.session_hash
    await sign_in.attempts.admit_account(row.email, device)
    verdict = await sign_in.passwords.check(row.password_hash, current, HashRequester(known=True))
    if not verdict.right:
        raise InvalidCredentials("The present password is another one.")
    hashed = await sign_in.passwords.hash(new, HashRequester(known=True))
    now = sign_in.clock()
    async with transaction(sign_in.engine) as conn:
        await conn.execute(
            update(users).where(users.c.id == principal.user_id).values(password_hash=hashed)
        )
        await end_sessions(
            conn,
            sessions.c.user_id == principal.user_id,
            sessions.c.token_hash != principal.session_hash,
            reason="password_changed",
            message="Your password was changed",
            now=now,
        )
        await conn.execute(
            exchange_tokens.delete().where(exchange_tokens.c.user_id == principal.user_id)
        )
        act = Act("password.change", target=f"user:{principal.user_id}")
        await record(conn, actor, act, now=now)
    await sign_in.attempts.forgive(row.email, device)
    forget_all(sign_in.engine)


async def switch_team(
    sign_in: SignIn, actor: Actor, principal: Principal, *, team_id: int, user_agent: str | None
) -> Session:
    """End the session and begin one in another team. Raises `TeamForbidden`.

    The new session lasts no longer than the old one would have: switching is no sign-in.
    """
    require_session(principal)
    now = sign_in.clock()
    async with transaction(sign_in.engine) as conn:
        membership = await repository.find_membership(conn, principal.user_id, team_id)
        if membership is None:
            raise TeamForbidden("You are not a member of this team.")
        until = await conn.scalar(
            select(sessions.c.absolute_expires_at).where(
                sessions.c.token_hash == principal.session_hash
            )
        )
        await end_sessions(
            conn,
            sessions.c.token_hash == principal.session_hash,
            reason="switched_team",
            message="You switched to another team",
            now=now,
        )
        session = await begin_session(
            conn,
            sign_in.lifetimes,
            membership,
            address=actor.origin,
            user_agent=user_agent,
            now=now,
            until=principal.expires_at if until is None else until,
        )
    forget_all(sign_in.engine)
    return session
