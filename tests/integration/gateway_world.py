"""A whole gateway on a real database, and a broker if wanted, with a session to open streams by."""

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import job_logs, memberships, sessions, teams, users
from backbone.events.append import append
from backbone.http.limits import http_limits
from backbone.identity import hash_token
from backbone.relay.create import create_relay
from backbone.settings import load_settings
from gateway.app import Gateway, create_gateway
from gateway.http.server import DrainingServer, create_server
from generated.models.event import SessionRevokedEvent, TeamStatusChangedEvent
from tests.backbone.rows import job_event, make_team
from tests.gateway.event_source import EventSource
from tests.gateway.http_reader import HttpReader

QUICK = {
    "SSE_POLL_SECONDS": "0.05",
    "SSE_SWEEP_SECONDS": "1",
    "SSE_RETRY_MILLISECONDS": "100",
    "RELAY_SWEEP_SECONDS": "0.2",
    "RELAY_BACKOFF_MAX_SECONDS": "0.2",
    "RELAY_LEASE_SECONDS": "0.6",
    "RELAY_PUBLISH_TIMEOUT_SECONDS": "1",
}


@contextmanager
def no_signals():
    yield


async def make_member(engine: AsyncEngine, user_id: int = 3, team_id: int = 7) -> None:
    async with transaction(engine) as conn:
        await conn.execute(
            insert(users),
            {
                "id": user_id,
                "email": f"u{user_id}@example.com",
                "display_name": "U",
                "password_hash": "x",
                "is_operator": False,
                "created_at": 0.0,
            },
        )
        await conn.execute(
            insert(memberships),
            {
                "team_id": team_id,
                "user_id": user_id,
                "permissions": ["events:read"],
            },
        )


async def make_job(engine: AsyncEngine, status: str = "completed") -> None:
    async with transaction(engine) as conn:
        await conn.execute(
            insert(job_logs),
            {
                "id": 42,
                "team_id": 7,
                "user_id": 3,
                "kind": "environment.create",
                "status": status,
                "message": "",
                "env_name": "x",
                "attempt": 1,
                "failures": 0,
                "run_at": 0.0,
                "payload": {},
                "created_at": 0.0,
                "updated_at": 0.0,
            },
        )


async def sign_in(
    engine: AsyncEngine, user_id: int = 3, team_id: int = 7, *, lifetime: float = 3600
) -> str:
    token = secrets.token_urlsafe(16)
    async with transaction(engine) as conn:
        await conn.execute(
            insert(sessions),
            {
                "token_hash": hash_token(token),
                "user_id": user_id,
                "team_id": team_id,
                "created_at": time.time(),
                "expires_at": time.time() + lifetime,
            },
        )
    return token


class GatewayWorld:
    """A gateway that serves; `get` opens streams and closes them at the end."""

    def __init__(self, engine: AsyncEngine, server: DrainingServer, gateway: Gateway) -> None:
        self.engine = engine
        self.server = server
        self.gateway = gateway
        self.port = 0
        self.readers: list[HttpReader] = []

    async def get(self, token: str | None, query: str = "", **request) -> HttpReader:
        return await self.request(f"/api/v1/events{query}", token=token, **request)

    async def request(self, path: str, **request) -> HttpReader:
        reader = await HttpReader.get(self.port, path, **request)
        self.readers.append(reader)
        return reader

    async def fetch(self, path: str, **request) -> HttpReader:
        """An ordinary answer, with its whole body."""
        reader = await self.request(path, Connection="close", **request)
        await reader.end()
        return reader

    async def stream(self, token: str, query: str = "", **request) -> HttpReader:
        reader = await self.get(token, query, **request)
        assert reader.status == 200, reader.status
        await reader.got(1, "sync", "drain")
        return reader

    async def pushed(self, connected: bool = True) -> None:
        async with asyncio.timeout(30):
            while bool(self.gateway.metrics.broker_connected) is not connected:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def gateway(
    engine: AsyncEngine, amqp_url: str | None = None, **settings: str
) -> AsyncIterator[GatewayWorld]:
    environment = QUICK | settings
    if amqp_url is not None:
        environment["RABBITMQ_URL"] = amqp_url
    loaded = load_settings(environment)
    app = create_gateway(loaded, engine)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    # Else the kernel keeps up to megabytes for a reader that has stopped, as it likes.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    listener.setblocking(False)
    server = create_server(app, app, limits=http_limits(loaded), drain_seconds=2.0)
    server.capture_signals = no_signals
    world = GatewayWorld(engine, server, app.state.gateway)
    world.port = listener.getsockname()[1]
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        assert not task.done(), task.result()
        await asyncio.sleep(0.005)
    try:
        yield world
    finally:
        for reader in world.readers:
            await reader.close()
        server.should_exit = True
        await task


@asynccontextmanager
async def relay(engine: AsyncEngine, amqp_url: str, **settings: str) -> AsyncIterator[None]:
    running = create_relay(load_settings(QUICK | settings), engine, amqp_url)
    task = asyncio.create_task(running.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for _ in range(10):  # aio-pika leaves callbacks of its closing to the loop
            await asyncio.sleep(0)


async def tell(engine: AsyncEngine, count: int = 1, **event) -> list[str]:
    """Append events to the log, each in a transaction of its own; gives their ids."""
    told = []
    for _ in range(count):
        async with transaction(engine) as conn:
            happened = job_event(**event)
            told.append(str(await append(conn, happened.team_id, happened)))
    return told


async def revoke(engine: AsyncEngine, token: str, *, say: bool) -> None:
    async with transaction(engine) as conn:
        await conn.execute(
            update(sessions)
            .where(sessions.c.token_hash == hash_token(token))
            .values(revoked_at=time.time())
        )
        if say:
            event = SessionRevokedEvent(
                type="session_revoked", team_id=7, user_id=3, message="bye", occurred_at=1
            )
            await append(conn, 7, event)


async def suspend(engine: AsyncEngine, *, say: bool) -> None:
    async with transaction(engine) as conn:
        await conn.execute(update(teams).where(teams.c.id == 7).values(status="SUSPENDED"))
        if say:
            event = TeamStatusChangedEvent(
                type="team_status_changed",
                team_id=7,
                user_id=1,
                status="SUSPENDED",
                message="bye",
                occurred_at=1,
            )
            await append(conn, 7, event)


def ids(reader: HttpReader | EventSource) -> list[str]:
    source = reader.source if isinstance(reader, HttpReader) else reader
    return [d.last_event_id for d in source.frames("message")]


__all__ = [
    "GatewayWorld",
    "gateway",
    "ids",
    "make_job",
    "make_member",
    "make_team",
    "relay",
    "revoke",
    "sign_in",
    "suspend",
    "tell",
]
