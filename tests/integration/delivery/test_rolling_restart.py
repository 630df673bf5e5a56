"""Two real gateways are restarted one after the other while events happen and clients listen."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from backbone.cipher import new_key
from backbone.database.engine import create_engine
from backbone.errors import DatabaseUnavailable
from benchmarks.chaos.listener import Listener, position, stop_all
from benchmarks.chaos.verdict import judge
from testing.probe import healthy
from testing.process import Process
from testing.program import free_port
from testing.tcp_proxy import Proxy
from tests.integration.gateway_world import make_member, make_team, relay, sign_in, tell

LISTENERS = 12
DRAIN_SECONDS = 2.0
EVENT_KEY = new_key()
WINDOW = DRAIN_SECONDS + 13.0
"""The drain and what a busy machine needs; without a drain a gateway would never end."""


def alive(port: int) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return await healthy(f"http://127.0.0.1:{port}/api/v1/health/live")

    return ask


def gateway_process(number: int, port: int, home: Path, url: str, amqp_url: str) -> Process:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "SLIPWAY_HOME": str(home),
        "DATABASE_URL": url,
        "RABBITMQ_URL": amqp_url,
        "SLIPWAY_EVENT_KEYS": EVENT_KEY,
        "SSE_DRAIN_SECONDS": str(DRAIN_SECONDS),
        "SSE_HEARTBEAT_SECONDS": "1",
        "SSE_RETRY_MILLISECONDS": "200",
    }
    arguments = ["gateway", "--port", str(port)]
    return Process(f"gateway-{number}", arguments, environment, home / f"{number}.log", alive(port))


async def all_caught_up(listeners: list[Listener], head: str) -> None:
    async with asyncio.timeout(90):
        while any(position(each.cursor or ".0") < position(head) for each in listeners):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("database_url", "amqp_url"),
    [
        ("sqlite", "embedded"),
        pytest.param("postgres", "rabbitmq", marks=[pytest.mark.postgres, pytest.mark.rabbitmq]),
    ],
    indirect=True,
)
@pytest.mark.timeout(300)
async def test_it_loses_and_doubles_nothing(database_url, amqp_url, tmp_path) -> None:
    engine = create_engine(database_url)
    await make_team(engine)
    await make_member(engine)
    token = await sign_in(engine)
    ports = [free_port(), free_port()]
    gateways = [
        gateway_process(number, port, tmp_path, database_url, amqp_url)
        for number, port in enumerate(ports, 1)
    ]
    edge = Proxy(*ports)
    await edge.start()
    listeners = [Listener(edge.address, token, silence_seconds=15) for _ in range(LISTENERS)]
    told: list[str] = []
    enough = asyncio.Event()

    async def load() -> None:
        while not enough.is_set():
            # A busy SQLite file is an outage that its writers try again.
            with suppress(DatabaseUnavailable):
                told.extend(await tell(engine))
            await asyncio.sleep(0.01)

    tasks: list[asyncio.Task[None]] = []
    try:
        await asyncio.gather(*(gateway.start() for gateway in gateways))
        async with relay(engine, amqp_url, SLIPWAY_EVENT_KEYS=EVENT_KEY):
            tasks = [asyncio.create_task(listener.run()) for listener in listeners]
            loading = asyncio.create_task(load())
            for gateway in gateways:
                # Each is restarted while listeners hang on it and hear events.
                before = len(told)
                async with asyncio.timeout(90):
                    while len(told) < before + 10 or not all(
                        each.account.ids for each in listeners
                    ):
                        await asyncio.sleep(0.02)
                assert await gateway.terminate(WINDOW) == 0, gateway.log.read_text()[-2000:]
                await gateway.start()
            enough.set()
            await loading
            await all_caught_up(listeners, told[-1])
    finally:
        await stop_all(tasks)
        await asyncio.gather(*(gateway.kill() for gateway in gateways))
        await edge.stop()
        await engine.dispose()
    for listener in listeners:
        account = listener.account
        first = position(account.first_position or "")
        verdict = judge(account, [e for e in told if position(e) > first])
        assert verdict.holds, verdict
        assert not account.refused
        assert not account.gaps
        assert account.clean_ends == account.drains, "each stream was ended with a drain frame"
    delays = [delay for listener in listeners for delay in listener.account.delays]
    assert len(delays) >= LISTENERS, "each listener was on one of the two"
    assert len(set(delays)) > len(delays) // 3, "each has a delay of its own"
