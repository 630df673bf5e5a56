"""What every command of `slipway admin` works with: the database, the actor, the moment."""

from __future__ import annotations

import getpass
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import users
from backbone.audit import Actor
from backbone.database.engine import create_engine, reading
from backbone.database.migrate import upgrade
from backbone.errors import NotFound
from backbone.settings import Settings, load_settings
from backbone.telemetry import configure_logging
from backbone.users import UserRow
from service.members.use_cases import EVERYTHING, Admin
from service.passwords import Passwords

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AdminContext:
    """An open database, who acts on it from which host, and when (epoch seconds)."""

    settings: Settings
    engine: AsyncEngine
    actor: Actor
    passwords: Passwords
    now: float

    @property
    def admin(self) -> Admin:
        """Whoever may run the command may give every role."""
        return Admin(self.actor, EVERYTHING, self.now)

    async def user(self, name: str) -> UserRow:
        """Find a user by id or e-mail address. Raises `NotFound`."""
        async with reading(self.engine) as conn:
            found = (
                await users.find_user(conn, int(name))
                if name.isdecimal()
                else await users.find_by_email(conn, name)
            )
        if found is None:
            raise NotFound(f"There is no user {name}; `slipway admin user list` shows all.")
        return found


def run_as_admin(work: Callable[[AdminContext], Awaitable[T]]) -> T:
    """Run `work` on the settings' database, which is migrated first."""
    settings = load_settings()
    # Standard output is the result's; programs read it.
    configure_logging("admin", level="warning", style=settings.log_format)

    async def run() -> T:
        await upgrade(settings.sql_url)
        engine = create_engine(settings.sql_url, pool_size=2, application="slipway-admin")
        try:
            actor = Actor(f"cli:{getpass.getuser()}", f"host:{socket.gethostname()}")
            return await work(AdminContext(settings, engine, actor, Passwords(), time.time()))
        finally:
            await engine.dispose()

    return anyio.run(run)
