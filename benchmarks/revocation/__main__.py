"""`python -m benchmarks.revocation`: a table of latencies per cause, with and without a broker.

Service, relay and two gateways are processes of their own on a private database. Every withdrawal
but the first is plain SQL that nobody publishes; the first is a logout over the API, of which the
relay tells.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import new_key
from backbone.database.engine import create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.identity import hash_token
from benchmarks.revocation.listener import Listener
from testing.accounts import add_api_token, add_member, add_session
from testing.postgres import postgres_database
from testing.process import Process
from testing.program import answers, free_port
from testing.rabbitmq import rabbitmq_vhost
from testing.stack import bare_environment
from testing.withdrawals import OF_API_TOKENS, OF_SESSIONS, OF_USERS
from tests.backbone.rows import make_team

WAYS = {**OF_SESSIONS, **OF_USERS, **OF_API_TOKENS}
LOGOUT = "logged out over the API"
PROMISE = 1.0
Withdraw = Callable[[str, int], Awaitable[None]]


class World:
    def __init__(self, engine: AsyncEngine, service: str, gateways: list[str]) -> None:
        self.engine = engine
        self.service = service
        self.gateways = gateways
        self._numbers = iter(range(1000, 1_000_000))

    async def measure(self, way: str, rounds: int) -> list[float]:
        found = await asyncio.gather(*(self._round(way) for _ in range(rounds)))
        return [latency for latencies in found for latency in latencies]

    async def _round(self, way: str) -> list[float]:
        number = next(self._numbers)
        await make_team(self.engine, number)
        await add_member(self.engine, number, number)
        make = add_api_token if way in OF_API_TOKENS else add_session
        token = await make(self.engine, number, number)
        listeners = [Listener(url, token) for url in self.gateways]
        ready = [asyncio.Event() for _ in listeners]
        tasks = [
            asyncio.create_task(listener.listen(event))
            for listener, event in zip(listeners, ready, strict=True)
        ]
        await asyncio.gather(*(event.wait() for event in ready))
        await asyncio.sleep(1 + random.random() * 2)
        await self._withdraw(way, token, number)
        begun = time.perf_counter()
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)
        for listener in listeners:
            status = await listener.status()
            if status not in {401, 403}:
                raise RuntimeError(f"{way}: asked again, a gateway said {status}")
        return [max(0.0, listener.ended - begun) for listener in listeners]

    async def _withdraw(self, way: str, token: str, number: int) -> None:
        if way == LOGOUT:
            async with httpx.AsyncClient(base_url=self.service) as client:
                bearer = {"Authorization": f"Bearer {token}"}
                (await client.post("/api/v1/auth/logout", headers=bearer)).raise_for_status()
            return
        async with transaction(self.engine) as conn:
            await conn.execute(WAYS[way][1](hash_token(token), number, number))


async def run(rounds: int, amqp_url: str | None, database_url: str, home: Path) -> dict[str, list[float]]:  # fmt: skip
    await upgrade(database_url)
    dead = f"amqp://guest:guest@127.0.0.1:{free_port()}/"
    environment = bare_environment(home) | {
        "DATABASE_URL": database_url,
        "RABBITMQ_URL": amqp_url or dead,
        "SLIPWAY_SECRET_KEYS": new_key(),
    }
    ports = {name: free_port() for name in ("service", "gateway-1", "gateway-2")}
    async with AsyncExitStack() as stack:
        for name, port in ports.items():
            kind = name.partition("-")[0]

            async def listening(port: int = port) -> bool:
                return answers(port)

            process = Process(
                name, [kind, "--port", str(port)], environment, home / f"{name}.log", listening
            )
            await process.start()
            stack.push_async_callback(process.terminate, 15)
        relay = Process("relay", ["relay"], environment, home / "relay.log")
        await relay.start()
        stack.push_async_callback(relay.terminate, 15)
        engine = create_engine(database_url)
        stack.push_async_callback(engine.dispose)
        urls = [f"http://127.0.0.1:{ports[name]}" for name in ports]
        world = World(engine, urls[0], urls[1:])
        return {way: await world.measure(way, rounds) for way in (LOGOUT, *WAYS)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.revocation", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="withdrawals of each kind")
    rounds = parser.parse_args().rounds
    tables = []
    for broker in (True, False):
        with (
            postgres_database() as database_url,
            tempfile.TemporaryDirectory(prefix="slipway-revocation-") as home,
        ):
            if broker:
                with rabbitmq_vhost() as amqp_url:
                    tables.append(asyncio.run(run(rounds, amqp_url, database_url, Path(home))))
            else:
                tables.append(asyncio.run(run(rounds, None, database_url, Path(home))))
    print("| cause | p50 | max | p50, broker dead | max, broker dead |\n|---|---|---|---|---|")
    worst = 0.0
    for way in tables[0]:
        cells = []
        for table in tables:
            cells += [statistics.median(table[way]), max(table[way])]
            worst = max(worst, cells[-1])
        print(f"| {way} | " + " | ".join(f"{cell * 1000:.0f} ms" for cell in cells) + " |")
    print(f"\n{rounds} withdrawals of each kind, two gateways; the worst took {worst:.2f} s.")
    return 0 if worst <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
