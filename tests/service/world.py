"""Teams, users and sessions for the service's tests, written straight into the tables."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import argon2
import httpx
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import new_key
from backbone.database.engine import reading, transaction
from backbone.database.tables import (
    environments,
    events,
    job_logs,
    memberships,
    outbox,
    sessions,
    teams,
    users,
)
from backbone.settings import load_settings
from service.app import create_service
from service.cache import Cache
from service.passwords import Passwords
from tests.service.memory_dead_letters import MemoryDeadLetters

NOW = 1_766_000_000.0
ALL = ("environments:read", "environments:write", "jobs:read", "jobs:cancel", "events:read")
PASSWORD = "correct horse battery staple"
HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
ORIGIN = "http://console.test"
ENVIRON = {
    "CORS_ALLOW_ORIGINS": ORIGIN,
    "LOGIN_ATTEMPTS_PER_MINUTE": "5",
    "METRICS_TOKEN": "numbers",
    "SLIPWAY_SECRET_KEYS": new_key(),
}


@dataclass
class Clock:
    """A clock that stands until it is told otherwise; starts at the real time, as sessions do."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """One service over one database, with the shortcuts that tests need."""

    engine: AsyncEngine
    clock: Clock
    app: Any
    dead_letters: MemoryDeadLetters

    @asynccontextmanager
    async def client(
        self, token: str | None = None, **kwargs: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://slipway.test", headers=headers, **kwargs
        ) as client:
            yield client

    async def team(self, team_id: int, status: str = "ACTIVE") -> int:
        async with transaction(self.engine) as conn:
            await conn.execute(
                insert(teams).values(
                    id=team_id,
                    name=f"Team {team_id}",
                    status=status,
                    status_changed_at=self.clock(),
                    epoch=f"epoch{team_id}",
                    created_at=self.clock(),
                )
            )
        return team_id

    async def user(
        self,
        user_id: int,
        team_ids: Sequence[int],
        permissions: Sequence[str] = ALL,
        *,
        operator: bool = False,
    ) -> str:
        email = f"user{user_id}@example.com"
        async with transaction(self.engine) as conn:
            await conn.execute(
                insert(users).values(
                    id=user_id,
                    email=email,
                    display_name=f"User {user_id}",
                    password_hash=HASHER.hash(PASSWORD),
                    is_operator=operator,
                )
            )
            for team_id in team_ids:
                await conn.execute(
                    insert(memberships).values(
                        team_id=team_id, user_id=user_id, permissions=list(permissions)
                    )
                )
        return email

    async def session(self, user_id: int, team_id: int, *, lifetime: float = 3600.0) -> str:
        token = f"token-of-{user_id}-in-{team_id}-{time.perf_counter_ns()}"
        async with transaction(self.engine) as conn:
            await conn.execute(
                insert(sessions).values(
                    token_hash=hashlib.sha256(token.encode()).hexdigest(),
                    user_id=user_id,
                    team_id=team_id,
                    created_at=self.clock(),
                    expires_at=self.clock() + lifetime,
                )
            )
        return token

    async def member(
        self,
        team_id: int,
        permissions: Sequence[str] = ALL,
        *,
        user_id: int | None = None,
        operator: bool = False,
    ) -> str:
        """A new user of a team, signed in."""
        user_id = user_id or team_id * 100 + 1
        await self.user(user_id, [team_id], permissions, operator=operator)
        return await self.session(user_id, team_id)

    async def environment(self, team_id: int, shortdomain: str, **values: Any) -> int:
        """A running environment that some finished job created."""
        async with transaction(self.engine) as conn:
            key = (await conn.execute(select(text("count(*)")).select_from(job_logs))).scalar_one()
            job_id = 900_000 + key
            now = self.clock()
            await conn.execute(
                insert(job_logs).values(
                    id=job_id,
                    team_id=team_id,
                    user_id=1,
                    kind="environment.create",
                    status="completed",
                    message="done",
                    env_name=shortdomain,
                    payload={},
                    created_at=now,
                    ended_at=now,
                    updated_at=now,
                )
            )
            row = {
                "id": 500 + key,
                "team_id": team_id,
                "job_id": job_id,
                "shortdomain": shortdomain,
                "env_name": shortdomain,
                "status": "running",
                "created_at": now,
                **values,
            }
            await conn.execute(insert(environments).values(row))
        return int(row["id"])

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        async with reading(self.engine) as conn:
            found = (await conn.execute(select(table))).mappings().all()
        return [dict(row) for row in found]

    async def log(self, team_id: int) -> list[dict[str, Any]]:
        """The bodies of a team's events, in order."""
        query = select(events).where(events.c.team_id == team_id).order_by(events.c.position)
        async with reading(self.engine) as conn:
            found = (await conn.execute(query)).mappings().all()
        return [json.loads(row["body"]) for row in found]

    async def outgoing(self) -> list[str]:
        """The routing keys of what waits for the relay, in order."""
        query = select(outbox.c.routing_key).order_by(outbox.c.id)
        async with reading(self.engine) as conn:
            return list((await conn.execute(query)).scalars().all())


def build_world(
    engine: AsyncEngine, *, clock: Clock | None = None, cache: Cache | None = None, **environ: str
) -> World:
    clock = clock or Clock()
    settings = load_settings({**ENVIRON, **environ})
    dead_letters = MemoryDeadLetters()
    app = create_service(
        settings,
        engine,
        clock=clock,
        passwords=Passwords(HASHER),
        cache=cache or Cache(),
        dead_letters=dead_letters,
    )
    return World(engine, clock, app, dead_letters)
