"""Signing in with a password, starting and ending sessions; change and event are one commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.database.tables import sessions
from backbone.errors import InvalidCredentials, NotAuthenticated, TeamForbidden
from backbone.http.admission import network_of
from backbone.identity import Principal, forget, hash_token, new_token
from backbone.sessions import end_sessions
from service.attempts import LoginAttempts
from service.auth import devices, repository
from service.auth.approval import ConcurrentSignIns, announce, require_approval
from service.auth.repository import Account, Membership
from service.hashing_queue import HashRequester
from service.passwords import Passwords

_MAX_ADDRESS = 64
_MAX_USER_AGENT = 256
_REQUEST_ID = 16
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long one-time tokens and sessions last, in seconds, and how many a user may have.

    A session ends `session_idle` after its last use, and `session` after it began in any case.
    """

    exchange_token: float
    session: float
    session_idle: float
    sessions_per_user: int


@dataclass(frozen=True, slots=True)
class SignIn:
    """What signing in works with; `clock` tells epoch seconds."""

    engine: AsyncEngine
    passwords: Passwords
    attempts: LoginAttempts
    lifetimes: Lifetimes
    clock: Callable[[], float]
    concurrent: ConcurrentSignIns


@dataclass(frozen=True, slots=True)
class ExchangeToken:
    """What a login answers: tokens, once in the clear, and the end (epoch seconds).

    `device` is what this device is known by from now on. Until `answer_until` one of the user's
    sessions may answer, if one has to.
    """

    token: str
    expires_at: float
    device: str
    answer_until: float | None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has begun: its token, once in the clear, and who works where.

    It ends at `expires_at` if it is not used, at `absolute_expires_at` in any case.
    """

    token: str
    expires_at: float
    absolute_expires_at: float
    membership: Membership


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: network address, program, the token of the device's cookie, and its departure."""

    address: str
    user_agent: str | None = None
    device: str | None = None
    left: Callable[[], Awaitable[None]] | None = None

    @property
    def hashed(self) -> str:
        """Name network and program, without storing them in the clear."""
        return hash_token(f"{network_of(self.address)}\n{self.user_agent or ''}")

    @property
    def device_hash(self) -> str | None:
        """Name the device, if the client has one."""
        return None if self.device is None else hash_token(self.device)


async def login(sign_in: SignIn, client: Client, *, email: str, password: str) -> ExchangeToken:
    """Check the credentials and issue a one-time token; the user's open sessions hear of it.

    Raises `RateLimited` for too many tries, `Overloaded` when too many passwords wait to be
    checked, and `InvalidCredentials` after the same work whether the account exists or not.
    """
    await sign_in.attempts.admit_address(client.address)
    async with reading(sign_in.engine) as conn:
        account = await repository.find_account(conn, email, client.device_hash)
    known = client.device_hash if account is not None and account.device_known else None
    await sign_in.attempts.admit_account(email, known)
    requester = HashRequester(network_of(client.address), known=known is not None, left=client.left)
    stored = account.password_hash if account else None
    verdict = await sign_in.passwords.check(stored, password, requester)
    if account is None or not verdict.right:
        _log.warning("login_refused", known=account is not None, address=client.address)
        raise InvalidCredentials
    issued = await _issue(sign_in, client, account, verdict.rehashed)
    await sign_in.attempts.forgive(email, known)
    _log.info("login_accepted", user_id=account.user_id, address=client.address)
    return issued


async def _issue(
    sign_in: SignIn, client: Client, account: Account, rehashed: str | None
) -> ExchangeToken:
    """Store a one-time token for this client, and remember its device."""
    token, now = new_token(), sign_in.clock()
    device = client.device if account.device_known and client.device else new_token()
    rules = sign_in.concurrent
    async with transaction(sign_in.engine) as conn:
        if rehashed is not None:
            await repository.replace_password_hash(conn, account, rehashed)
        await devices.remember(conn, account.user_id, hash_token(device), now)
        teams = await repository.teams_with_sessions(conn, account.user_id, now)
        asked = rules.policy == "ask" and bool(teams)
        request_id = new_token()[:_REQUEST_ID] if asked else None
        answer_until = now + rules.timeout if asked else None
        expires_at = (answer_until or now) + sign_in.lifetimes.exchange_token
        await repository.add_exchange_token(
            conn,
            now,
            token_hash=hash_token(token),
            user_id=account.user_id,
            expires_at=expires_at,
            created_at=now,
            client_hash=client.hashed,
            device_hash=hash_token(device),
            request_id=request_id,
            answer_until=answer_until,
            address=client.address[:_MAX_ADDRESS],
            user_agent=_shortened(client.user_agent),
        )
        if rules.policy != "allow":
            await announce(
                conn,
                account.user_id,
                teams,
                now=now,
                request_id=request_id,
                answer_until=answer_until,
            )
    return ExchangeToken(token, expires_at, device, answer_until)


async def exchange_session(
    sign_in: SignIn, client: Client, *, exchange_token: str, team_id: int | None
) -> Session:
    """Turn a one-time token into a session in that team, or in the user's first one.

    Only the client that asked for the token may: the same device, or the same program in the same
    network. Raises `SignInPending` and `SignInRefused` where another session has to approve,
    `NotAuthenticated` when it is another one, or the token is unknown, used or
    outdated, and `TeamForbidden` when
    the user is not a member; then the token can still be used for another team.
    """
    now = sign_in.clock()
    async with transaction(sign_in.engine) as conn:
        user_id = await repository.use_exchange_token(
            conn,
            hash_token(exchange_token),
            now,
            client_hash=client.hashed,
            device_hash=client.device_hash,
        )
        if user_id is None:
            raise NotAuthenticated(
                "The exchange token is unknown, used, outdated or another client's; sign in again."
            )
        await require_approval(conn, hash_token(exchange_token), sign_in.concurrent, now)
        membership = await repository.find_membership(conn, user_id, team_id)
        if membership is None:
            raise TeamForbidden("You are not a member of this team.")
        await _make_room(conn, user_id, sign_in.lifetimes.sessions_per_user, now)
        session = await begin_session(
            conn,
            sign_in.lifetimes,
            membership,
            address=client.address,
            user_agent=client.user_agent,
            now=now,
            until=now + sign_in.lifetimes.session,
        )
    _log.info("session_started", user_id=user_id, team_id=membership.team_id)
    return session


async def begin_session(
    conn: AsyncConnection,
    lifetimes: Lifetimes,
    membership: Membership,
    *,
    address: str,
    user_agent: str | None,
    now: float,
    until: float,
) -> Session:
    """Store a session that ends at `until` (epoch seconds) at the latest, and tell its token."""
    token = new_token()
    expires_at = min(until, now + lifetimes.session_idle)
    await repository.add_session(
        conn,
        token_hash=hash_token(token),
        user_id=membership.user_id,
        team_id=membership.team_id,
        created_at=now,
        last_used_at=now,
        expires_at=expires_at,
        absolute_expires_at=until,
        address=address[:_MAX_ADDRESS],
        user_agent=_shortened(user_agent),
    )
    return Session(token, expires_at, until, membership)


def _shortened(user_agent: str | None) -> str | None:
    return None if user_agent is None else user_agent[:_MAX_USER_AGENT]


async def _make_room(conn: AsyncConnection, user_id: int, most: int, now: float) -> None:
    """End the sessions that were used the longest ago, so that with one more there are `most`."""
    oldest = await repository.beyond(conn, user_id, most - 1, now)
    if oldest:
        await end_sessions(
            conn,
            sessions.c.token_hash.in_(oldest),
            reason="too_many",
            message="You signed in too many times; the oldest session was ended",
            now=now,
        )


async def logout(sign_in: SignIn, principal: Principal) -> None:
    """End the session; the streams opened with it hear `session_revoked` and end."""
    async with transaction(sign_in.engine) as conn:
        await end_sessions(
            conn,
            sessions.c.token_hash == principal.session_hash,
            reason="logout",
            message="You signed out",
            now=sign_in.clock(),
        )
    _log.info("session_ended")
    forget(sign_in.engine, principal.session_hash)


async def describe(sign_in: SignIn, principal: Principal) -> Membership:
    """Who is signed in, in which team. Raises `NotAuthenticated` when the membership is gone."""
    async with reading(sign_in.engine) as conn:
        membership = await repository.find_membership(conn, principal.user_id, principal.team_id)
    if membership is None:
        raise NotAuthenticated
    return membership
