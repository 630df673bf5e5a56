"""`python -m benchmarks.revocation.looks`: what a look for withdrawn access costs a gateway.

Many sessions, each of another user, listen; the time of a look in which nothing happened, of one
in which some sessions ended, and of asking about all of them, which every look did once.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import func, insert, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.authorization import Grant, examine
from backbone.database.engine import create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.database.tables import memberships, sessions, users
from backbone.settings import load_settings
from gateway.app import create_gateway
from testing.postgres import postgres_database
from tests.backbone.rows import make_team

TEAM = 7
ROUNDS = 20
WITHDRAWN = 10


async def fill(engine: AsyncEngine, count: int) -> list[Grant]:
    await make_team(engine, TEAM)
    numbers = range(1000, 1000 + count)
    grants = [Grant(f"{number:064x}", TEAM) for number in numbers]
    async with transaction(engine) as conn:
        for first in range(0, count, 1000):
            some = numbers[first : first + 1000]
            await conn.execute(
                insert(users),
                [
                    {
                        "id": number,
                        "email": f"{number}@example.com",
                        "display_name": "Somebody",
                        "password_hash": "",
                    }
                    for number in some
                ],
            )
            await conn.execute(
                insert(memberships),
                [{"team_id": TEAM, "user_id": number, "role": "member"} for number in some],
            )
            await conn.execute(
                insert(sessions),
                [
                    {
                        "token_hash": f"{number:064x}",
                        "user_id": number,
                        "team_id": TEAM,
                        "created_at": time.time(),
                        "expires_at": time.time() + 86_400 + number,
                    }
                    for number in some
                ],
            )
        await conn.execute(text("ANALYZE"))
    return grants


async def timed(what: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        await what()
        found.append(time.perf_counter() - begun)
    return found


async def run(database_url: str, count: int) -> None:
    await upgrade(database_url)
    engine = create_engine(database_url)
    gateway = create_gateway(load_settings({"ENABLE_SSE_BROKER": "false"}), engine).state.gateway
    hub, watch = gateway.hub, gateway.access
    grants = await fill(engine, count)
    for grant in grants:
        hub.grants.add(grant, object())

    async def all_at_once() -> None:
        await examine(engine, grants)

    async def end_some() -> None:
        async with transaction(engine) as conn:
            some = [grant.credential for grant in grants[:WITHDRAWN]]
            await conn.execute(
                update(sessions)
                .where(sessions.c.token_hash.in_(some))
                .values(revoked_at=func.random())
            )
        begun = time.perf_counter()
        await watch.look()
        ended.append(time.perf_counter() - begun)

    ended: list[float] = []
    first = (await timed(watch.look, 1))[0]
    print(f"{count} sessions; the first look, at all of them: {first * 1000:.1f} ms")
    for name, found in (
        ("all at once, as each look did", await timed(all_at_once, 5)),
        ("nothing happened", await timed(watch.look, ROUNDS)),
    ):
        report(name, found)
    hub.withdraw = lambda grant, cause: None  # the holders here are no streams
    for _ in range(ROUNDS):
        await end_some()
    report(f"{WITHDRAWN} sessions ended", ended)
    await engine.dispose()


def report(name: str, found: list[float]) -> None:
    print(f"{name}: p50 {statistics.median(found) * 1000:.1f} ms, max {max(found) * 1000:.1f} ms")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.revocation.looks")
    parser.add_argument("--sessions", type=int, default=50_000)
    count = parser.parse_args().sessions
    with postgres_database() as database_url:
        asyncio.run(run(database_url, count))
    return 0


if __name__ == "__main__":
    sys.exit(main())
