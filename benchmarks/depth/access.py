"""The look for withdrawn access, signing in and readiness on the real processes, at one size."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import argon2
import httpx

from benchmarks.depth.installation import HOST, LONGEST, Installation, installation
from benchmarks.depth.orders import SWEEPS
from benchmarks.depth.outbox import WAITING, fill_outbox
from benchmarks.figures import Figure
from benchmarks.pipeline.orders import Address, Session

STREAMS = 50
WATCHED = 20.0
SIGN_INS = 40
MOST_GROWTH, NOISE = 1.5, 3.0
"""A figure may be so many times that of the smallest size, or so much more."""
LOOKS = 200
PASSWORD = "correct horse battery staple"


@contextmanager
def streams(address: Address, sessions: list[Session]) -> Iterator[list[asyncio.Task[None]]]:
    """Keep a stream open for each session."""

    async def listen(session: Session) -> None:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(
            b"GET /api/v1/events HTTP/1.1\r\nHost: gateway\r\n"
            b"Authorization: Bearer " + session.token.encode() + b"\r\n\r\n"
        )
        try:
            while await reader.read(65_536):
                pass
        finally:
            writer.close()

    tasks = [asyncio.create_task(listen(session)) for session in sessions]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()


async def measure(url: str, folder: Path, scale: float) -> list[Figure]:
    """Watch a gateway with streams, sign in, and ask a service for readiness over a full outbox."""
    async with installation(url, folder) as where:
        await where.take(*SWEEPS)
        teams = [n for n in range(2, 200) if n % 20 != 7 and n % 100 != 1][:STREAMS]
        sessions = await where.sessions(teams)
        async with where.serving("gateway") as (gateway, address):
            with streams(address, sessions) as open_ones:
                await asyncio.sleep(5)
                load = await where.loads(gateway, WATCHED)
                cut = sum(task.done() for task in open_ones)
        await fill_outbox(where, round(WAITING * scale))
        async with where.serving("service") as (_, address):
            url = f"http://{HOST}:{address.port}/api/v1"
            async with httpx.AsyncClient(base_url=url, timeout=LONGEST) as client:
                ready = await fastest(lambda: _readiness(client), LOOKS)
            signed_in = await sign_ins(where, url, teams)
        await where.run_sql("DELETE FROM outbox")
    title = "access"
    return [
        Figure(title, f"gateway with {STREAMS} idle streams, ms of processor per second",
               load.program * 1000),
        Figure(title, "its database, ms of processor per second", load.database * 1000),
        Figure(title, "streams cut", float(cut), 0),
        Figure(title, "readiness over a full outbox, ms, fastest tenth", ready),
        Figure(title, "sign-in (password, token, session), ms, fastest tenth", signed_in),
    ]  # fmt: skip


async def _readiness(client: httpx.AsyncClient) -> None:
    told = (await client.get("/health/ready")).json()
    names = [check["name"] for check in told["checks"]]
    assert "outbox" in names, json.dumps(told)


async def sign_ins(where: Installation, url: str, teams: list[int]) -> float:
    """Sign users in who have signed in before, each a few times."""
    encoded = argon2.PasswordHasher().hash(PASSWORD)
    await where.run_sql(
        "UPDATE users SET password_hash = :hash WHERE id = ANY(:ids)", hash=encoded, ids=teams
    )
    users = iter(teams * SIGN_INS)

    async def one() -> None:
        async with httpx.AsyncClient(base_url=url, timeout=LONGEST) as client:
            who = {"email": f"user{next(users)}@example.com", "password": PASSWORD}
            answer = (await client.post("/auth/login", json=who)).raise_for_status().json()
            body = {"exchange_token": answer["exchange_token"]}
            (await client.post("/auth/session-exchange", json=body)).raise_for_status()

    return await fastest(one, SIGN_INS)


async def fastest(act: Callable[[], Awaitable[None]], times: int) -> float:
    """Return the milliseconds of which a tenth took less: what others do counts little there."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[times // 10]


def at(scale: float, found: list[Figure], before: list[Figure]) -> list[Figure]:
    """Name the size in each, and hold it to what was measured at the smallest size."""
    least = {figure.what: figure.value for figure in before[: len(found)]}
    return [
        replace(
            figure,
            case=f"{figure.case}, {scale:.0%}",
            most=max(MOST_GROWTH * least[figure.what], least[figure.what] + NOISE)
            if figure.most is None and figure.what in least
            else figure.most,
        )
        for figure in found
    ]
