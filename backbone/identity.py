"""Who asks and what they may do: sessions, permissions, and whose access is withdrawn."""

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import engine_state
from backbone.errors import NotAuthenticated, PermissionMissing, TeamInactive

ACTIVE_STATUSES = frozenset({"TRIALING", "ACTIVE"})
"""What a team must be to order environments and to listen to events."""

OPERATOR_PERMISSION = "teams:manage"
CACHE_SECONDS = 0.5
"""How long a withdrawn session may still pass in this process; the promise is one second."""

_CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """The session behind a request. `expires_at` is in epoch seconds.

    `permissions` are those of the contract; `session_hash` names the session without opening it.
    """

    user_id: int
    team_id: int
    team_status: str
    permissions: frozenset[str]
    is_operator: bool
    session_hash: str
    expires_at: float

    @property
    def team_is_active(self) -> bool:
        """Whether the team may order and listen."""
        return self.team_status in ACTIVE_STATUSES


def hash_token(token: str) -> str:
    """The SHA-256 of a token, in hex. Tokens are random, so that a plain hash hides them."""
    return hashlib.sha256(token.encode()).hexdigest()


async def authenticate(engine: AsyncEngine, token: str, *, now: float | None = None) -> Principal:
    """Find the session of `token`, in one round trip or from half a second's memory.

    Raises NotAuthenticated when it is unknown, revoked or over, or when the user left the team.
    """
    moment = time.time() if now is None else now
    session_hash = hash_token(token)
    known: dict[str, tuple[Principal, float]] = engine_state(engine).principals
    if (entry := known.get(session_hash)) is not None:
        principal, until = entry
        if moment < until and moment < principal.expires_at:
            return principal
    principal = await _look_up(engine, session_hash, moment)
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
            f"You lack {', '.join(missing)} in team {principal.team_id}; ask a platform operator."
        )


def require_active(principal: Principal) -> None:
    """Raise TeamInactive unless the principal's team is TRIALING or ACTIVE."""
    if not principal.team_is_active:
        raise TeamInactive(
            f"Team {principal.team_id} is {principal.team_status}; "
            "only TRIALING and ACTIVE teams may do this."
        )


@dataclass(frozen=True, slots=True)
class WithdrawnSession:
    """A session that ended before its time."""

    session_hash: str
    team_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whose streams must end: `teams` are all that may not listen, not only the latest ones."""

    sessions: tuple[WithdrawnSession, ...]
    teams: frozenset[int]


async def withdrawn(on: AsyncConnection | AsyncEngine, since: float) -> Withdrawn:
    """Tell which sessions were revoked at or after `since` (epoch seconds) and who is inactive.

    Raises DatabaseUnavailable.
    """
    rows = await _WITHDRAWN.all(on, {"since": since})
    return Withdrawn(
        sessions=tuple(WithdrawnSession(*row) for row in rows if row[0] is not None),
        teams=frozenset(row[1] for row in rows if row[0] is None),
    )


async def _look_up(engine: AsyncEngine, session_hash: str, now: float) -> Principal:
    row = await _SESSION.first(engine, {"session_hash": session_hash, "now": now})
    if row is None:
        raise NotAuthenticated("The session is over; sign in again.")
    user_id, team_id, expires_at, status, is_operator, permissions = row
    if permissions is None and not is_operator:
        raise NotAuthenticated("You are no longer a member of the session's team; sign in again.")
    if isinstance(permissions, str):
        permissions = json.loads(permissions)
    granted = frozenset(permissions or ()) - {OPERATOR_PERMISSION}
    return Principal(
        user_id=user_id,
        team_id=team_id,
        team_status=status,
        permissions=granted | {OPERATOR_PERMISSION} if is_operator else granted,
        is_operator=bool(is_operator),
        session_hash=session_hash,
        expires_at=expires_at,
    )


_WITHDRAWN = DirectStatement(
    f"""
    SELECT token_hash, team_id, user_id FROM sessions
    WHERE revoked_at >= CAST(:since AS double precision)
    UNION ALL
    SELECT NULL, id, NULL FROM teams
    WHERE status NOT IN ({", ".join(f"'{status}'" for status in sorted(ACTIVE_STATUSES))})
    """  # noqa: S608 - the statuses are constants
)

_SESSION = DirectStatement(
    """
    SELECT s.user_id, s.team_id, s.expires_at, t.status, u.is_operator, m.permissions
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    JOIN teams t ON t.id = s.team_id
    LEFT JOIN memberships m ON m.team_id = s.team_id AND m.user_id = s.user_id
    WHERE s.token_hash = :session_hash AND s.revoked_at IS NULL
      AND s.expires_at > CAST(:now AS double precision)
    """
)
