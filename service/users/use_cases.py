"""Making and disabling users, setting passwords; each act is written to the audit log."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone import users
from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import exchange_tokens, known_devices, sessions
from backbone.errors import NotFound
from backbone.identifiers import IdentifierAllocator
from backbone.identity import forget_all
from backbone.sessions import end_sessions
from backbone.users import UserRow
from service.passwords import Passwords

_log = structlog.get_logger(__name__)


async def list_users(engine: AsyncEngine, *, above: int, limit: int) -> Sequence[UserRow]:
    """Users with ids above `above`, ascending."""
    async with reading(engine) as conn:
        return await users.list_users(conn, above=above, limit=limit)


async def create_user(
    engine: AsyncEngine,
    passwords: Passwords,
    actor: Actor,
    *,
    email: str,
    display_name: str,
    password: str,
    is_operator: bool,
    now: float,
) -> UserRow:
    """Make a user. Raises `EmailTaken`, and `Overloaded` when too many passwords wait."""
    hashed = await passwords.hash(password)
    user_id = await IdentifierAllocator(engine, "users", first=1).next()
    async with transaction(engine) as conn:
        user = await users.add_user(
            conn,
            user_id=user_id,
            email=email,
            display_name=display_name,
            password_hash=hashed,
            is_operator=is_operator,
        )
        act = Act("user.create", target=f"user:{user_id}", details={"operator": is_operator})
        await record(conn, actor, act, now=now)
    _log.info("user_created", created_user_id=user_id)
    return user


async def set_disabled(
    engine: AsyncEngine, actor: Actor, *, user_id: int, disabled: bool, now: float
) -> UserRow:
    """Disable a user, whose sessions end and whose tokens rest, or enable. Raises `NotFound`."""
    async with transaction(engine) as conn:
        user = await _found(conn, user_id)
        if user.disabled != disabled:
            await users.change_user(conn, user_id, disabled_at=now if disabled else None)
            if disabled:
                await _sign_out(conn, user_id, "user_disabled", "Your account was disabled", now)
            action = "user.disable" if disabled else "user.enable"
            await record(conn, actor, Act(action, target=f"user:{user_id}"), now=now)
        user = await _found(conn, user_id)
    forget_all(engine)
    return user


async def set_operator(
    engine: AsyncEngine, actor: Actor, *, user_id: int, is_operator: bool, now: float
) -> UserRow:
    """Make a user a platform operator, or no longer one. Raises `NotFound`."""
    async with transaction(engine) as conn:
        user = await _found(conn, user_id)
        if user.is_operator != is_operator:
            await users.change_user(conn, user_id, is_operator=is_operator)
            action = "user.make-operator" if is_operator else "user.unmake-operator"
            await record(conn, actor, Act(action, target=f"user:{user_id}"), now=now)
        user = await _found(conn, user_id)
    forget_all(engine)
    return user


async def change_user(
    engine: AsyncEngine,
    actor: Actor,
    *,
    user_id: int,
    disabled: bool | None,
    is_operator: bool | None,
    now: float,
) -> UserRow:
    """Do of both what is not None. Raises `NotFound`."""
    if is_operator is not None:
        await set_operator(engine, actor, user_id=user_id, is_operator=is_operator, now=now)
    if disabled is not None:
        await set_disabled(engine, actor, user_id=user_id, disabled=disabled, now=now)
    async with reading(engine) as conn:
        return await _found(conn, user_id)


async def set_password(
    engine: AsyncEngine,
    passwords: Passwords,
    actor: Actor,
    *,
    user_id: int,
    password: str,
    now: float,
) -> UserRow:
    """Give a user another password; all sessions and remembered devices end. Raises `NotFound`."""
    hashed = await passwords.hash(password)
    async with transaction(engine) as conn:
        user = await _found(conn, user_id)
        await users.change_user(conn, user_id, password_hash=hashed)
        await _sign_out(conn, user_id, "password_changed", "Your password was changed", now)
        await record(conn, actor, Act("password.set", target=f"user:{user_id}"), now=now)
    forget_all(engine)
    return user


async def end_all_sessions(engine: AsyncEngine, actor: Actor, *, user_id: int, now: float) -> int:
    """End a user's sessions and return how many there were. Raises `NotFound`."""
    async with transaction(engine) as conn:
        await _found(conn, user_id)
        ended = await end_sessions(
            conn,
            sessions.c.user_id == user_id,
            reason="revoked",
            message="An operator ended your sessions",
            now=now,
        )
        act = Act("session.revoke", target=f"user:{user_id}", details={"sessions": len(ended)})
        await record(conn, actor, act, now=now)
    forget_all(engine)
    return len(ended)


async def _sign_out(
    conn: AsyncConnection, user_id: int, reason: str, message: str, now: float
) -> None:
    """End all that a password opened: sessions, sign-ins under way, the devices' advantage."""
    await end_sessions(conn, sessions.c.user_id == user_id, reason=reason, message=message, now=now)
    await conn.execute(delete(exchange_tokens).where(exchange_tokens.c.user_id == user_id))
    await conn.execute(delete(known_devices).where(known_devices.c.user_id == user_id))


async def _found(conn: AsyncConnection, user_id: int) -> UserRow:
    user = await users.find_user(conn, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    return user
