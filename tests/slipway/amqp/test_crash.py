"""The broker's process is killed amid publishing: what was confirmed is there again."""

import asyncio
import contextlib
import signal
import sys

import aio_pika
import pytest
from aio_pika import DeliveryMode, Message

from slipway.amqp import Broker

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PROGRAM = """
import asyncio, sys
from slipway.amqp import Broker

async def main():
    broker = Broker(journal=sys.argv[1])
    await broker.start()
    print("URL", broker.url, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def started(path: str) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, path, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while not (line := (await process.stdout.readline()).decode()).startswith("URL"):
            assert line, "the broker did not start"
    return process, line.split()[1]


async def test_every_confirmed_message_survives_sigkill(tmp_path):
    path = str(tmp_path / "journal")
    process, url = await started(path)
    confirmed: set[int] = set()
    enough = asyncio.Event()
    try:
        connection = await aio_pika.connect(url)
        channel = await connection.channel()
        exchange = await channel.declare_exchange("events", "topic", durable=True)
        queue = await channel.declare_queue("kept", durable=True)
        await queue.bind(exchange, "n.*")

        async def publish(n: int) -> None:
            message = Message(b"%d" % n, delivery_mode=DeliveryMode.PERSISTENT, headers={"n": [n]})
            with contextlib.suppress(Exception):
                await exchange.publish(message, f"n.{n}")
                confirmed.add(n)
                if len(confirmed) == 1000:
                    enough.set()

        publishing = asyncio.gather(*(publish(n) for n in range(4000)))
        await asyncio.wait_for(enough.wait(), 30)
        held = [(await queue.get(timeout=30)).body for _ in range(5)]
    finally:
        process.kill()
    assert await process.wait() == -signal.SIGKILL
    await asyncio.wait_for(publishing, 30)
    with contextlib.suppress(Exception):
        await connection.close()
    assert len(confirmed) >= 1000

    async with Broker(journal=path) as broker, await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("kept")
        found: dict[bytes, bool] = {}
        while (got := await queue.get(fail=False, no_ack=True)) is not None:
            assert got.headers == {"n": [int(got.body)]}
            assert got.body not in found
            found[got.body] = bool(got.redelivered)
        assert {b"%d" % n for n in confirmed} <= found.keys()
        assert {body for body, again in found.items() if again} == set(held)
        order = [int(body) for body in found]
        assert order == sorted(order)
        exchange = await channel.get_exchange("events")
        await exchange.publish(Message(b"bound"), "n.1")
        assert (await queue.get(no_ack=True)).body == b"bound"
