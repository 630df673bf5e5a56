"""Each way to withdraw a stream's access, as the plain SQL that any program could run."""

from collections.abc import Callable, Mapping

from sqlalchemy import Executable, delete, update

from backbone.authorization import Cause
from backbone.database.tables import api_tokens, memberships, sessions, teams, users

LONG_AGO = 1.0
"""A moment in epoch seconds, as a clock that is wrong by decades stamps it."""


def _session(token_hash: str, **values: object) -> Executable:
    return update(sessions).where(sessions.c.token_hash == token_hash).values(**values)


def _member(user_id: int, **values: object) -> Executable:
    return update(memberships).where(memberships.c.user_id == user_id).values(**values)


Withdrawal = Callable[[str, int, int], Executable]
"""From the credential's hash, the user's id and the team's id to the statement."""

OF_SESSIONS: Mapping[str, tuple[Cause, Withdrawal]] = {
    "logged out": (Cause.SESSION_REVOKED, lambda h, u, t: _session(h, revoked_at=2e9)),
    "revoked by a skewed clock": (
        Cause.SESSION_REVOKED,
        lambda h, u, t: _session(h, revoked_at=LONG_AGO),
    ),
    "session deleted": (
        Cause.SESSION_REVOKED,
        lambda h, u, t: delete(sessions).where(sessions.c.token_hash == h),
    ),
    "session expired": (Cause.SESSION_EXPIRED, lambda h, u, t: _session(h, expires_at=LONG_AGO)),
    "password changed": (
        Cause.PASSWORD_CHANGED,
        lambda h, u, t: _session(h, revoked_at=2e9, revoked_reason="password_changed"),
    ),
}
"""Those that end one credential and leave the user's others alone."""

OF_USERS: Mapping[str, tuple[Cause, Withdrawal]] = {
    "membership removed": (
        Cause.MEMBERSHIP_REMOVED,
        lambda h, u, t: delete(memberships).where(memberships.c.user_id == u),
    ),
    "role lost": (Cause.PERMISSION_LOST, lambda h, u, t: _member(u, role="none")),
    "permission lost": (
        Cause.PERMISSION_LOST,
        lambda h, u, t: _member(u, permissions=["environments:read"]),
    ),
    "user disabled": (
        Cause.USER_DISABLED,
        lambda h, u, t: update(users).where(users.c.id == u).values(disabled_at=LONG_AGO),
    ),
    "team suspended": (
        Cause.TEAM_INACTIVE,
        lambda h, u, t: update(teams).where(teams.c.id == t).values(status="SUSPENDED"),
    ),
}
"""Those that end every credential of the user in the team."""

OF_API_TOKENS: Mapping[str, tuple[Cause, Withdrawal]] = {
    "token revoked": (
        Cause.TOKEN_REVOKED,
        lambda h, u, t: (
            update(api_tokens).where(api_tokens.c.token_hash == h).values(revoked_at=LONG_AGO)
        ),
    ),
    "token expired": (
        Cause.TOKEN_EXPIRED,
        lambda h, u, t: (
            update(api_tokens).where(api_tokens.c.token_hash == h).values(expires_at=LONG_AGO)
        ),
    ),
    "token's scope lost": (
        Cause.PERMISSION_LOST,
        lambda h, u, t: (
            update(api_tokens).where(api_tokens.c.token_hash == h).values(scopes=["jobs:read"])
        ),
    ),
}
