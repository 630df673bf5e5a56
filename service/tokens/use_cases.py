"""Making, listing and revoking API tokens; each act is written to the audit log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import api_tokens
from backbone.errors import BeyondYourRights, FieldError, InvalidRequest, NotFound
from backbone.identity import forget_all, hash_token, new_api_token, shown
from backbone.roles import granted
from service.tokens import repository
from service.tokens.repository import TokenRow


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: once in the clear, and as it is listed."""

    token: str
    row: TokenRow


async def list_tokens(
    engine: AsyncEngine, *, team_id: int, user_id: int | None
) -> Sequence[TokenRow]:
    """Return the tokens of one user in a team, or of all its users, the newest first."""
    mine = () if user_id is None else (api_tokens.c.user_id == user_id,)
    async with reading(engine) as conn:
        return await repository.list_open(conn, api_tokens.c.team_id == team_id, *mine)


async def create_token(
    engine: AsyncEngine,
    actor: Actor,
    *,
    team_id: int,
    user_id: int,
    name: str,
    scopes: Collection[str],
    expires_at: float | None,
    now: float,
    permissions: Collection[str] | None = None,
) -> NewToken:
    """Make a token that acts for the user in the team.

    `permissions` are what the asking session or token may do; without them, what the user may.

    Raises:
        NotFound: no such user, or none who may work in the team.
        BeyondYourRights: a scope is more than the user may.
        InvalidRequest: the end is in the past.
    """
    if expires_at is not None and expires_at <= now:
        raise InvalidRequest(
            field_errors=[FieldError("/body/expires_at", "Name a time in the future")]
        )
    token = new_api_token()
    async with transaction(engine) as conn:
        found = await repository.role_in(conn, team_id, user_id)
        if found is None or (found[0] is None and not found[2]):
            raise NotFound(f"Team {team_id} has no member {user_id} who may sign in.")
        role, only, is_operator = found
        held = granted(role, is_operator=is_operator, only=only)
        missing = sorted(set(scopes) - (held if permissions is None else held & set(permissions)))
        if missing:
            raise BeyondYourRights(f"A token may not do more than you may: {', '.join(missing)}.")
        row = await repository.add(
            conn,
            token_hash=hash_token(token),
            prefix=shown(token),
            name=name,
            user_id=user_id,
            team_id=team_id,
            scopes=sorted(scopes),
            now=now,
            expires_at=expires_at,
        )
        details = {"prefix": row.prefix, "scopes": list(row.scopes), "user_id": user_id}
        act = Act("token.create", team_id=team_id, target=f"token:{row.id}", details=details)
        await record(conn, actor, act, now=now)
    return NewToken(token, row)


async def revoke_token(
    engine: AsyncEngine,
    actor: Actor,
    *,
    token_id: int,
    team_id: int | None,
    user_id: int | None,
    now: float,
) -> None:
    """End a token of the team and the user, where they are given. Raises `NotFound`."""
    which = [api_tokens.c.id == token_id]
    if team_id is not None:
        which.append(api_tokens.c.team_id == team_id)
    if user_id is not None:
        which.append(api_tokens.c.user_id == user_id)
    async with transaction(engine) as conn:
        found = await repository.list_open(conn, *which)
        if not found:
            raise NotFound(f"There is no token {token_id}.")
        await repository.revoke(conn, token_id, now)
        act = Act("token.revoke", team_id=found[0].team_id, target=f"token:{token_id}")
        await record(conn, actor, act, now=now)
    forget_all(engine)
