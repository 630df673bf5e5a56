"""Two service processes of one installation count orders and guesses together where there is a Redis."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from backbone.cipher import new_key
from backbone.database.engine import create_engine
from service.cache import Cache
from testing.accounts import add_member, add_session
from testing.missing import ServiceMissing, skip_or_fail
from testing.process import Process
from testing.program import answers, free_port
from testing.stack import bare_environment
from tests.backbone.rows import make_team

ORDERS = "/api/v1/environments"
LOGIN = "/api/v1/auth/login"


@pytest.fixture
async def redis_url() -> str:
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    cache = Cache(url)
    answered = await cache.touch()
    await cache.close()
    if not answered:
        skip_or_fail(ServiceMissing("no Redis answers"))
    return url


@asynccontextmanager
async def services(home: Path, database_url: str, **settings: str) -> AsyncIterator[Sequence[str]]:
    """The origins of two `slipway service` on one database."""
    environment = bare_environment(home) | settings | {"DATABASE_URL": database_url}
    environment |= {"SLIPWAY_SECRET_KEYS": new_key(), "TRUSTED_PROXIES": "127.0.0.1"}
    ports = [free_port(), free_port()]

    def process(port: int) -> Process:
        async def listening() -> bool:
            return answers(port)

        log = home / f"service-{port}.log"
        return Process(log.stem, ["service", "--port", str(port)], environment, log, listening)

    processes = [process(port) for port in ports]
    try:
        await asyncio.gather(*(one.start() for one in processes))
        yield [f"http://127.0.0.1:{port}" for port in ports]
    finally:
        await asyncio.gather(*(one.kill() for one in processes))


async def member(database_url: str) -> str:
    """A member of a team that no other run on the same Redis has."""
    number = 1_000_000 + secrets.randbelow(1_000_000_000)
    engine = create_engine(database_url)
    await make_team(engine, number)
    await add_member(engine, number, number, "member")
    token = await add_session(engine, number, number)
    await engine.dispose()
    return token


async def ordered(origins: Sequence[str], token: str) -> list[int]:
    """The statuses of four orders, two at each process in turns."""
    found = []
    async with httpx.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {token}"}) as http:
        for number in range(4):
            order = {"shortdomain": f"shop-{number}"}
            answer = await http.post(origins[number % 2] + ORDERS, json=order)
            found.append(answer.status_code)
    return found


async def guessed(origins: Sequence[str]) -> list[int]:
    """The statuses of wrong passwords for one account, each from an address of its own, up to the first refusal."""
    email = f"{secrets.token_hex(8)}@example.com"
    found = []
    async with httpx.AsyncClient(timeout=30) as http:
        # What is over the limit passes once a delay is over that doubles: on a slow machine some do.
        for number in range(10):
            address = ".".join(str(1 + secrets.randbelow(250)) for _ in range(4))
            answer = await http.post(
                origins[number % 2] + LOGIN,
                json={"email": email, "password": "wrong"},
                headers={"X-Forwarded-For": address},
            )
            found.append(answer.status_code)
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                break
    return found


LIMITS = {"ORDERS_PER_MINUTE": "2", "LOGIN_ATTEMPTS_PER_MINUTE": "2"}


@pytest.mark.redis
async def test_with_redis_two_processes_share_one_count(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with services(tmp_path, postgres_url, REDIS_URL=redis_url, **LIMITS) as origins:
        assert await ordered(origins, await member(postgres_url)) == [202, 202, 429, 429]
        statuses = await guessed(origins)
        assert statuses[:2] == [401, 401]
        assert statuses[-1] == 429
