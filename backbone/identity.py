"""Who asks and what they may do: sessions, permissions, and whose access is withdrawn."""

import hashlib
import json
import secrets
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement, Row
from backbone.database.engine import engine_state, is_postgresql
from backbone.errors import NotAuthenticated, PermissionMissing, TeamInactive
from backbone.loader import Loader
from backbone.roles import granted
from backbone.team_status import ACTIVE_STATUSES

API_TOKEN_PREFIX = "slw_"  # noqa: S105 - how such a token begins, so that scanners find leaked ones
_SHOWN_CHARACTERS = 12
_TOKEN_BYTES = 32
CACHE_SECONDS = 0.5
"""How long a withdrawn session may still pass in this process; the promise is one second."""

NEVER = 253_402_300_799.0
"""The end of what has none: the last second that the contract can tell."""

_CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """The session or API token behind a request. `expires_at` is in epoch seconds.

    `permissions` are those of the contract; `session_hash` names the session (or token) without
    opening it. `last_used_at` is None where use is not recorded: a session of fixed length.
    """

    user_id: int
    team_id: int
    team_status: str
    permissions: frozenset[str]
    is_operator: bool
    session_hash: str
    expires_at: float
    role: str | None = None
    api_token_id: int | None = None
    last_used_at: float | None = None

    @property
    def session_id(self) -> str:
        """What the user's list of sessions calls this one."""
        return session_id(self.session_hash)

    @property
    def team_is_active(self) -> bool:
        """Whether the team may order and listen."""
        return self.team_status in ACTIVE_STATUSES


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token, in hex. Tokens are random, so that a plain hash hides them."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_id(session_hash: str) -> str:
    """Name a session to its user: 64 bits of the hash, which open nothing."""
    return session_hash[:16]


def new_token() -> str:
    """Make the token of a session, an exchange or an invitation: 256 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_api_token() -> str:
    """Make an API token: `slw_` and 256 random bits."""
    return API_TOKEN_PREFIX + new_token()


def shown(api_token: str) -> str:
    """Return the beginning of an API token, by which its owner recognises it."""
    return api_token[:_SHOWN_CHARACTERS]


async def authenticate(engine: AsyncEngine, token: str, *, now: float | None = None) -> Principal:
    """Find the session or API token, in one round trip or from half a second's memory.

    Raises NotAuthenticated when it is unknown, revoked or over, when the user is disabled, or left
    the team.
    """
    moment = time.time() if now is None else now
    session_hash = hash_token(token)
    known: dict[str, tuple[Principal, float]] = engine_state(engine).principals
    if (entry := known.get(session_hash)) is not None:
        principal, until = entry
        if moment < until and moment < principal.expires_at:
            return principal
    is_api_token = token.startswith(API_TOKEN_PREFIX)
    row = await _loader(engine, _API_TOKENS if is_api_token else _SESSIONS).load(session_hash)
    principal = (_of_api_token if is_api_token else _of_session)(session_hash, row, moment)
    if len(known) >= _CACHE_SIZE:
        known.clear()
    known[session_hash] = (principal, moment + CACHE_SECONDS)
    return principal


def forget(engine: AsyncEngine, session_hash: str) -> None:
    """Drop a session from this process's memory, after a logout."""
    engine_state(engine).principals.pop(session_hash, None)


def forget_all(engine: AsyncEngine) -> None:
    """Drop all sessions from this process's memory, after a change of a team or its members."""
    engine_state(engine).principals.clear()


def require(principal: Principal, scopes: Iterable[str]) -> None:
    """Raise PermissionMissing unless the principal has each of these permissions."""
    missing = sorted(set(scopes) - principal.permissions)
    if missing:
        raise PermissionMissing(
            f"You lack {', '.join(missing)} in team {principal.team_id}; ask an owner of the team."
        )


def require_active(principal: Principal) -> None:
    """Raise TeamInactive unless the principal's team is TRIALING or ACTIVE."""
    if not principal.team_is_active:
        raise TeamInactive(
            f"Team {principal.team_id} is {principal.team_status}; "
            "only TRIALING and ACTIVE teams may do this."
        )


def _of_session(session_hash: str, row: Row | None, now: float) -> Principal:
    if row is None or row[3] <= now:
        raise NotAuthenticated("The session is over; sign in again.")
    _, user_id, team_id, expires_at, status, is_operator, role, only, last_used_at = row
    if role is None and not is_operator:
        raise NotAuthenticated("You are no longer a member of the session's team; sign in again.")
    return Principal(
        user_id=user_id,
        team_id=team_id,
        team_status=status,
        permissions=granted(role, is_operator=bool(is_operator), only=_names(only)),
        is_operator=bool(is_operator),
        session_hash=session_hash,
        expires_at=expires_at,
        role=role,
        last_used_at=last_used_at,
    )


def _of_api_token(token_hash: str, row: Row | None, now: float) -> Principal:
    if row is None or (row[3] is not None and row[3] <= now):
        raise NotAuthenticated("The API token is unknown, revoked or over; make a new one.")
    _, user_id, team_id, expires_at, status, is_operator, role, only, used_at, scopes, key = row
    if role is None and not is_operator:
        raise NotAuthenticated("The API token's user is no longer a member of its team.")
    return Principal(
        user_id=user_id,
        team_id=team_id,
        team_status=status,
        permissions=granted(
            role, is_operator=bool(is_operator), only=_names(only), scopes=_names(scopes) or ()
        ),
        is_operator=bool(is_operator),
        session_hash=token_hash,
        expires_at=NEVER if expires_at is None else expires_at,
        role=role,
        api_token_id=key,
        last_used_at=used_at or 0.0,
    )


def _names(stored: object) -> list[str] | None:
    """Return a JSON list as each driver hands it over: decoded or not."""
    value: Any = json.loads(stored) if isinstance(stored, str) else stored
    return None if value is None else [str(name) for name in value]


class _Credentials:
    """How credentials of a kind are looked up by hash, of which `sql` finds one; or by many."""

    def __init__(self, sql: str) -> None:
        self._one = DirectStatement(sql)
        # OFFSET keeps them apart: however many there are, each goes by the indexes.
        each = sql.replace(":hash", "wanted.hash")
        self._many = DirectStatement(
            f"""
            SELECT found.* FROM unnest(CAST(:hashes AS text[])) AS wanted(hash)
            CROSS JOIN LATERAL ({each} OFFSET 0) AS found
            """  # noqa: S608 - only constants are inserted
        )

    async def look_up(self, engine: AsyncEngine, hashes: Collection[str]) -> dict[str, Row]:
        """Find those that are known, by hash."""
        if len(hashes) > 1 and is_postgresql(engine):
            rows = list(await self._many.all(engine, {"hashes": list(hashes)}))
        else:
            each = [await self._one.first(engine, {"hash": wanted}) for wanted in hashes]
            rows = [row for row in each if row is not None]
        return {row[0]: row for row in rows}


def _loader(engine: AsyncEngine, credentials: _Credentials) -> Loader[str, Row]:
    loaders: dict[_Credentials, Loader[str, Row]] = engine_state(engine).loaders
    loader = loaders.get(credentials)
    if loader is None:
        loader = loaders[credentials] = Loader(partial(credentials.look_up, engine))
    return loader


_SESSIONS = _Credentials(
    """
    SELECT s.token_hash, s.user_id, s.team_id, s.expires_at, t.status, u.is_operator, m.role,
      m.permissions, CASE WHEN s.absolute_expires_at IS NULL THEN NULL ELSE s.last_used_at END
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
    JOIN teams t ON t.id = s.team_id
    LEFT JOIN memberships m ON m.team_id = s.team_id AND m.user_id = s.user_id
    WHERE s.token_hash = :hash AND s.revoked_at IS NULL
    """
)

_API_TOKENS = _Credentials(
    """
    SELECT a.token_hash, a.user_id, a.team_id, a.expires_at, t.status, u.is_operator, m.role,
      m.permissions, a.last_used_at, a.scopes, a.id
    FROM api_tokens a
    JOIN users u ON u.id = a.user_id AND u.disabled_at IS NULL
    JOIN teams t ON t.id = a.team_id
    LEFT JOIN memberships m ON m.team_id = a.team_id AND m.user_id = a.user_id
    WHERE a.token_hash = :hash AND a.revoked_at IS NULL
    """
)
