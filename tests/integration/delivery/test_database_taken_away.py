"""The real processes while their role may not log in, or their database has another name.

Nothing may end: gateway and relays go on by themselves, and no browser is refused for good.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from backbone.cipher import new_key
from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from benchmarks.chaos.listener import Listener
from slipway.amqp import Broker
from testing.postgres import execute
from testing.probe import asked
from testing.process import Process
from testing.program import free_port
from tests.backbone.rows import make_team
from tests.integration.gateway_world import make_member, revoke, sign_in, tell

TIMEOUT_SECONDS = 60


async def until(happened, what: str) -> None:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not await happened():
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"it did not happen that {what}")


@asynccontextmanager
async def processes(url: str, folder) -> AsyncIterator[dict[str, Process]]:
    """A gateway and two relays, as an installation runs them; by where their probes are."""
    async with Broker() as broker, AsyncExitStack() as stack:
        environment = {
            "PATH": os.environ["PATH"],
            "SLIPWAY_HOME": str(folder),
            "DATABASE_URL": url,
            "RABBITMQ_URL": broker.url,
            "SLIPWAY_EVENT_KEYS": new_key(),
            "SSE_RETRY_MILLISECONDS": "100",
        }
        running: dict[str, Process] = {}
        for name in ("gateway", "relay-1", "relay-2"):
            port = free_port()
            if name == "gateway":
                command = ["gateway", "--port", str(port)]
                probes, extra = f"http://127.0.0.1:{port}/api/v1/health", {}
            else:
                command, extra = ["relay"], {"ADMIN_PORT": str(port)}
                probes = f"http://127.0.0.1:{port}/health"

            async def ready(probes: str = probes) -> bool:
                return await status(probes, "ready") == httpx.codes.OK

            process = Process(name, command, environment | extra, folder / f"{name}.log", ready)
            stack.push_async_callback(process.kill)
            running[probes] = process
        await asyncio.gather(*(process.start() for process in running.values()))
        yield running


async def status(probes: str, probe: str) -> int | None:
    answer = await asked(f"{probes}/{probe}")
    return None if answer is None else answer.status_code


@pytest.mark.postgres
@pytest.mark.parametrize("how", ["login", "name"])
async def test_nothing_ends_and_nobody_is_refused_for_good(postgres_role, tmp_path, how) -> None:
    role, other = postgres_role, f"{postgres_role.database}_away"

    async def run(*statements: str) -> None:
        # In threads, because the broker lives in this one's loop.
        for statement in statements:
            await asyncio.to_thread(execute, role.server, statement)

    async def take_away() -> None:
        await run(f"ALTER ROLE {role.name} NOLOGIN")
        await asyncio.to_thread(role.disconnect)
        if how == "name":
            # Nobody is in it at this moment, or it could not be renamed.
            await run(
                f"ALTER DATABASE {role.database} RENAME TO {other}", f"ALTER ROLE {role.name} LOGIN"
            )

    async def give_back() -> None:
        if how == "name":
            await run(f"ALTER DATABASE {other} RENAME TO {role.database}")
        else:
            await run(f"ALTER ROLE {role.name} LOGIN")

    await upgrade(role.url)
    engine = create_engine(role.url)
    await make_team(engine)
    await make_member(engine)
    token = await sign_in(engine)
    async with processes(role.url, tmp_path) as running:
        probes = list(running)
        address = ("127.0.0.1", urlsplit(probes[0]).port)
        staying, returning = (
            Listener(address, token, name=name, silence_seconds=TIMEOUT_SECONDS)
            for name in ("staying", "returning")
        )
        tasks = [asyncio.create_task(staying.run())]
        first = await tell(engine, 3)

        async def heard_all() -> bool:
            return staying.cursor == first[-1]

        await until(heard_all, "the first events were heard")
        # It comes back in the middle of it, with a position.
        returning._cursor = first[0]
        await engine.dispose()
        await take_away()
        try:
            tasks.append(asyncio.create_task(returning.run()))

            async def not_ready() -> bool:
                found = [await status(each, "ready") for each in probes]
                return found == [httpx.codes.SERVICE_UNAVAILABLE] * len(probes)

            await until(not_ready, "readiness told of it")
            for _ in range(10):
                for each in probes:
                    assert await status(each, "live") == httpx.codes.OK
                await asyncio.sleep(0.1)
        finally:
            await give_back()

        async def ready() -> bool:
            found = [await status(each, "ready") for each in probes]
            return found == [httpx.codes.OK] * len(probes)

        await until(ready, "all were ready again")
        told = await tell(engine, 3)

        async def both_heard() -> bool:
            return staying.cursor == returning.cursor == told[-1]

        await until(both_heard, "both heard what came afterwards")
        assert not staying.account.refused, "an EventSource would have given up"
        assert not returning.account.refused, "an EventSource would have given up"
        assert returning.account.ids == [*first[1:], *told]
        assert [process.starts for process in running.values() if process.running] == [1, 1, 1]
        await revoke(engine, token, say=False)

        async def ended() -> bool:
            return staying.account.drains > 0

        await until(ended, "withdrawn access ended the stream")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await engine.dispose()
