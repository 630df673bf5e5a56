"""Asks for many open streams at once whether they may stay, and until when, by one statement.

It compares states, not moments of change, and time only by the database's clock: whoever withdrew
access, by whatever means and with whatever clock, is noticed by the next question.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import is_postgresql
from backbone.errors import BusinessError, NotAuthenticated, PermissionMissing, TeamInactive
from backbone.identity import NEVER
from backbone.roles import PERMISSIONS
from backbone.team_status import ACTIVE_STATUSES

LISTENING_PERMISSION = "events:read"


class Grant(NamedTuple):
    """What a stream was opened with: the hash of a session's or API token, and the team."""

    credential: str
    team_id: int


class Cause(StrEnum):
    """Why access is over; a stream's `drain` frame tells it."""

    SESSION_REVOKED = "session_revoked"
    SESSION_EXPIRED = "session_expired"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, no password
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - as above
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - as above
    USER_DISABLED = "user_disabled"
    MEMBERSHIP_REMOVED = "membership_removed"
    PERMISSION_LOST = "permission_lost"
    TEAM_INACTIVE = "team_inactive"

    def refusal(self) -> BusinessError:
        """Return the error that a request with this credential is refused with."""
        if self is Cause.PERMISSION_LOST:
            return PermissionMissing(f"You no longer have {LISTENING_PERMISSION} in this team.")
        if self is Cause.TEAM_INACTIVE:
            return TeamInactive("Your team may not listen to events any more.")
        return NotAuthenticated("Your access has ended; sign in again.")


async def examine(engine: AsyncEngine, grants: Collection[Grant]) -> Mapping[Grant, Cause | float]:
    """Tell of each grant why it is over, or when it ends by itself (epoch seconds).

    Raises DatabaseUnavailable.
    """
    if not grants:
        return {}
    if is_postgresql(engine):
        values = {
            "credentials": [grant.credential for grant in grants],
            "teams": [grant.team_id for grant in grants],
        }
        rows = await _POSTGRESQL.all(engine, values)
    else:
        rows = await _SQLITE.all(engine, {"grants": json.dumps([list(grant) for grant in grants])})
    return {
        Grant(credential, team_id): ends if cause is None else Cause(cause)
        for credential, team_id, cause, ends in rows
    }


def _statement(opened: str, now: str) -> DirectStatement:
    active = _quoted(ACTIVE_STATUSES)
    listening = _quoted(
        role for role, permissions in PERMISSIONS.items() if LISTENING_PERMISSION in permissions
    )
    named = f"""LIKE '%"{LISTENING_PERMISSION}"%'"""
    return DirectStatement(
        f"""
        SELECT o.credential, o.team_id, CASE
            WHEN a.token_hash IS NULL AND (s.token_hash IS NULL OR s.revoked_at IS NOT NULL)
              THEN CASE s.revoked_reason WHEN '{Cause.PASSWORD_CHANGED}'
                THEN '{Cause.PASSWORD_CHANGED}' ELSE '{Cause.SESSION_REVOKED}' END
            WHEN a.revoked_at IS NOT NULL THEN '{Cause.TOKEN_REVOKED}'
            WHEN COALESCE(s.team_id, a.team_id) <> o.team_id THEN '{Cause.SESSION_REVOKED}'
            WHEN s.expires_at <= {now} THEN '{Cause.SESSION_EXPIRED}'
            WHEN a.expires_at <= {now} THEN '{Cause.TOKEN_EXPIRED}'
            WHEN u.disabled_at IS NOT NULL THEN '{Cause.USER_DISABLED}'
            WHEN m.user_id IS NULL AND NOT u.is_operator THEN '{Cause.MEMBERSHIP_REMOVED}'
            WHEN m.user_id IS NULL OR m.role NOT IN ({listening})
              OR (m.permissions IS NOT NULL AND CAST(m.permissions AS text) NOT {named})
              OR (a.token_hash IS NOT NULL AND CAST(a.scopes AS text) NOT {named})
              THEN '{Cause.PERMISSION_LOST}'
            WHEN t.status IS NULL OR t.status NOT IN ({active}) THEN '{Cause.TEAM_INACTIVE}'
          END,
          COALESCE(s.expires_at, a.expires_at, {NEVER})
          FROM {opened}
          LEFT JOIN sessions s ON s.token_hash = o.credential
          LEFT JOIN api_tokens a ON a.token_hash = o.credential
          LEFT JOIN users u ON u.id = COALESCE(s.user_id, a.user_id)
          LEFT JOIN teams t ON t.id = o.team_id
          LEFT JOIN memberships m ON m.user_id = u.id AND m.team_id = o.team_id
        """  # noqa: S608 - all parts are constants
    )


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


_POSTGRESQL = _statement(
    "unnest(CAST(:credentials AS text[]), CAST(:teams AS bigint[])) AS o(credential, team_id)",
    "extract(epoch FROM clock_timestamp())",
)
_SQLITE = _statement(
    "(SELECT json_extract(value, '$[0]') AS credential, json_extract(value, '$[1]') AS team_id"
    " FROM json_each(:grants)) AS o",
    "(julianday('now') - 2440587.5) * 86400.0",
)
