"""Signing in with a password, starting and ending sessions; change and event are one commit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.errors import InvalidCredentials, NotAuthenticated, TeamForbidden
from backbone.events.log import append
from backbone.identity import Principal, forget, hash_token
from generated.models.event import ConcurrentLoginRequestedEvent, SessionRevokedEvent
from service.attempts import LoginAttempts
from service.auth import repository
from service.auth.repository import Membership
from service.passwords import Passwords

_TOKEN_BYTES = 32
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long one-time tokens and sessions last, in seconds."""

    exchange_token: float
    session: float


@dataclass(frozen=True, slots=True)
class SignIn:
    """What signing in works with; `clock` tells epoch seconds."""

    engine: AsyncEngine
    passwords: Passwords
    attempts: LoginAttempts
    lifetimes: Lifetimes
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class ExchangeToken:
    """What a login answers: the token, once in the clear, and its end (epoch seconds)."""

    token: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has begun: its token, once in the clear, its end, and who works where."""

    token: str
    expires_at: float
    membership: Membership


async def login(sign_in: SignIn, *, email: str, password: str, address: str) -> ExchangeToken:
    """Check the credentials and issue a one-time token; the user's open sessions hear of it.

    Raises `RateLimited` before anything is looked up, and `InvalidCredentials` after the same work
    whether the account exists or not.
    """
    await sign_in.attempts.admit(email, address)
    async with reading(sign_in.engine) as conn:
        account = await repository.find_account(conn, email)
    verdict = await sign_in.passwords.check(account.password_hash if account else None, password)
    if account is None or not verdict.right:
        _log.warning("login_refused", known=account is not None, address=address)
        raise InvalidCredentials
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), sign_in.clock()
    expires_at = now + sign_in.lifetimes.exchange_token
    async with transaction(sign_in.engine) as conn:
        if verdict.rehashed is not None:
            await repository.replace_password_hash(conn, account, verdict.rehashed)
        await repository.add_exchange_token(
            conn,
            token_hash=hash_token(token),
            user_id=account.user_id,
            now=now,
            expires_at=expires_at,
        )
        for team_id in await repository.teams_with_sessions(conn, account.user_id, now):
            event = ConcurrentLoginRequestedEvent(
                type="concurrent_login_requested",
                team_id=team_id,
                user_id=account.user_id,
                message="Another sign-in to your account was requested",
                occurred_at=int(now),
            )
            await append(conn, team_id, event)
    await sign_in.attempts.forgive(email, address)
    _log.info("login_accepted", user_id=account.user_id, address=address)
    return ExchangeToken(token, expires_at)


async def exchange_session(sign_in: SignIn, *, exchange_token: str, team_id: int | None) -> Session:
    """Turn a one-time token into a session in that team, or in the user's first one.

    Raises `NotAuthenticated` when the token is unknown, used or outdated, and `TeamForbidden` when
    the user is not a member; then the token can still be used for another team.
    """
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), sign_in.clock()
    expires_at = now + sign_in.lifetimes.session
    async with transaction(sign_in.engine) as conn:
        user_id = await repository.use_exchange_token(conn, hash_token(exchange_token), now)
        if user_id is None:
            raise NotAuthenticated(
                "The exchange token is unknown, used or outdated; sign in again."
            )
        membership = await repository.find_membership(conn, user_id, team_id)
        if membership is None:
            raise TeamForbidden("You are not a member of this team.")
        await repository.add_session(
            conn,
            token_hash=hash_token(token),
            user_id=user_id,
            team_id=membership.team_id,
            now=now,
            expires_at=expires_at,
        )
    _log.info("session_started", user_id=user_id, team_id=membership.team_id)
    return Session(token, expires_at, membership)


async def logout(sign_in: SignIn, principal: Principal) -> None:
    """End the session; the streams opened with it hear `session_revoked` and end."""
    now = sign_in.clock()
    async with transaction(sign_in.engine) as conn:
        if not await repository.revoke_session(conn, principal.session_hash, now):
            return
        event = SessionRevokedEvent(
            type="session_revoked",
            team_id=principal.team_id,
            user_id=principal.user_id,
            message="You signed out",
            occurred_at=int(now),
        )
        await append(conn, principal.team_id, event)
    _log.info("session_ended")
    forget(sign_in.engine, principal.session_hash)


async def describe(sign_in: SignIn, principal: Principal) -> Membership:
    """Who is signed in, in which team. Raises `NotAuthenticated` when the membership is gone."""
    async with reading(sign_in.engine) as conn:
        membership = await repository.find_membership(conn, principal.user_id, principal.team_id)
    if membership is None:
        raise NotAuthenticated
    return membership
