"""The gateway's database for a benchmark: made for it, filled with teams and sessions, dropped after."""

import asyncio
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, make_url, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from backbone.database import tables
from backbone.database.engine import async_url, create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.events.position import new_epoch
from backbone.identity import hash_token
from backbone.seed import TEAM_PERMISSIONS
from benchmarks.fanout.workload import Event

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
TEAMS = 500
USERS_OF_FIRST_TEAM = 10
"""A thousand streams are more than one user may open; other teams are small and have one user."""


@dataclass(frozen=True)
class Database:
    """Teams 1 to 500, each with an event log; sessions that may listen to them."""

    url: str
    runner: asyncio.Runner
    engine: AsyncEngine
    epochs: dict[int, str]
    tokens: dict[tuple[int, int], str]
    """Session tokens by team and number of its user."""

    def event_id(self, event: Event) -> str:
        """Return the event's place in its team's log."""
        return f"{self.epochs[event.team]}.{event.sequence}"

    def sign_in(self, teams: int, sessions: int) -> dict[tuple[int, int], str]:
        """Make as many sessions for each of the first teams; give their tokens by team and number."""
        made = {
            (team, number): secrets.token_urlsafe(32)
            for team in range(1, teams + 1)
            for number in range(sessions)
        }
        self.runner.run(self._sign_in(made))
        return made

    def clear(self) -> None:
        """Forget all events: each run begins at position 1."""
        self.runner.run(self._clear())

    def append(self, events: list[Event]) -> None:
        """Write events behind the logs' ends; `advance` moves the ends over them."""
        self.runner.run(self._append(events))

    def advance(self, teams: int, position: int) -> None:
        """Move the ends of the first logs to a position: so far, events count as written."""
        self.runner.run(self._advance(teams, position))

    async def _sign_in(self, tokens: dict[tuple[int, int], str]) -> None:
        rows = [_session(token, team * 100, team) for (team, _), token in tokens.items()]
        async with transaction(self.engine) as connection:
            await connection.execute(insert(tables.sessions), rows)

    async def _clear(self) -> None:
        async with transaction(self.engine) as connection:
            await connection.execute(delete(tables.events))
            await connection.execute(update(tables.teams).values(last_position=0))

    async def _append(self, events: list[Event]) -> None:
        now = time.time()
        rows = [
            {
                "team_id": event.team,
                "position": event.sequence,
                "type": "job_status",
                "job_id": event.team,
                "status": "polling",
                "routing_key": event.routing_key,
                "body": event.body,
                "occurred_at": now,
                "created_at": now,
            }
            for event in events
        ]
        async with transaction(self.engine) as connection:
            await connection.execute(insert(tables.events), rows)

    async def _advance(self, teams: int, position: int) -> None:
        async with transaction(self.engine) as connection:
            await connection.execute(
                update(tables.teams)
                .where(tables.teams.c.id <= teams)
                .values(last_position=position)
            )


@contextmanager
def temporary_database(directory: Path, url: str | None) -> Iterator[Database]:
    """Make a database beside the one at `url`, by default on a local PostgreSQL, else SQLite."""
    wanted = url or os.environ.get("DATABASE_URL") or POSTGRESQL
    name = f"slipway_fanout_{os.getpid()}"
    with asyncio.Runner() as runner:
        server = wanted if wanted.startswith("postgresql") else None
        if server is not None:
            try:
                runner.run(_administer(server, f'CREATE DATABASE "{name}"'))
            except OSError:
                if url is not None:
                    raise
                server = None
        made = f"sqlite:///{directory}/fanout.db"
        if server is not None:
            made = make_url(server).set(database=name).render_as_string(hide_password=False)
        engine = create_engine(made, pool_size=1)
        try:
            yield runner.run(_fill(made, runner, engine))
        finally:
            runner.run(engine.dispose())
            if server is not None:
                runner.run(_administer(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _administer(url: str, command: str) -> None:
    engine = create_async_engine(async_url(url), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(command))
    finally:
        await engine.dispose()


async def _fill(url: str, runner: asyncio.Runner, engine: AsyncEngine) -> Database:
    await upgrade(url)
    epochs = {team: new_epoch() for team in range(1, TEAMS + 1)}
    users = [(team, 0) for team in epochs] + [(1, n) for n in range(1, USERS_OF_FIRST_TEAM)]
    tokens = {user: secrets.token_urlsafe(32) for user in users}
    async with transaction(engine) as connection:
        await _insert(connection, epochs, tokens)
    return Database(url, runner, engine, epochs, tokens)


async def _insert(
    connection: AsyncConnection, epochs: dict[int, str], tokens: dict[tuple[int, int], str]
) -> None:
    now = time.time()
    await connection.execute(
        insert(tables.teams),
        [
            {
                "id": team,
                "name": f"Team {team}",
                "status": "ACTIVE",
                "status_changed_at": now,
                "epoch": epoch,
                "created_at": now,
            }
            for team, epoch in epochs.items()
        ],
    )
    users = [{"id": team * 100 + number, "team": team} for team, number in tokens]
    await connection.execute(
        insert(tables.users),
        [
            {
                "id": user["id"],
                "email": f"user-{user['id']}@example.com",
                "display_name": f"User {user['id']}",
                "password_hash": "none",
            }
            for user in users
        ],
    )
    await connection.execute(
        insert(tables.memberships),
        [
            {"team_id": user["team"], "user_id": user["id"], "permissions": list(TEAM_PERMISSIONS)}
            for user in users
        ],
    )
    await connection.execute(
        insert(tables.sessions),
        [_session(token, team * 100 + number, team) for (team, number), token in tokens.items()],
    )


def _session(token: str, user_id: int, team_id: int) -> dict[str, object]:
    now = time.time()
    return {
        "token_hash": hash_token(token),
        "user_id": user_id,
        "team_id": team_id,
        "created_at": now,
        "expires_at": now + 86_400,
    }
