"""The bookshop, done as its README says: generated in a copy, both programs run, an order packed."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import contextmanager
from pathlib import Path

import aio_pika
import httpx
import pytest

from slipway.amqp.broker import Broker
from testing.program import answers, free_port, wait_until

EXAMPLE = Path(__file__).parents[2] / "examples" / "bookshop"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with what contractkit generates for it."""
    copy = tmp_path_factory.mktemp("example") / "bookshop"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("generated", "__pycache__"))
    for command in ("lint", "generate"):
        done = subprocess.run(
            [sys.executable, "-m", "contractkit", command],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return copy


@pytest.fixture
async def broker() -> AsyncIterator[str]:
    async with Broker() as broker:
        yield broker.url


async def printed(program: subprocess.Popen[str], text: str) -> None:
    """Wait until a program prints a line; FastStream's own lines stand between."""
    while line := await asyncio.to_thread(program.stdout.readline):
        if line.strip() == text:
            return
    raise AssertionError(f"it ended without printing {text!r}")


@contextmanager
def running(shop: Path, broker: str, *arguments: str):
    environment = {"PATH": os.environ["PATH"], "BROKER": broker, "PYTHONPATH": str(shop)}
    log = (shop / f"{arguments[0]}.log").open("w")
    program = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=shop,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate()
        log.close()


async def test_an_order_reaches_the_mailroom(shop: Path, broker: str) -> None:
    port = free_port()
    server = ("-m", "uvicorn", "shop:create_app", "--factory", "--port", str(port))
    with (
        running(shop, broker, "mailroom.py") as mailroom,
        running(shop, broker, *server) as service,
    ):
        await printed(mailroom, "The mailroom is open")
        assert await asyncio.to_thread(wait_until, lambda: answers(port), service, 60)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            many = await client.post("/orders", json={"title": "Middlemarch", "copies": 11})
            placed = await client.post("/orders", json={"title": "Middlemarch", "copies": 2})
            single = await client.post("/orders", json={"title": "Emma"})
            assert many.status_code == 422
            assert placed.json() == {"order_id": 1, "title": "Middlemarch", "copies": 2}
            assert single.json() == {"order_id": 2, "title": "Emma", "copies": 1}
            assert (await client.get("/orders/2")).json()["title"] == "Emma"
        await printed(mailroom, "Pack 2 x Middlemarch (order 1)")


async def test_a_message_that_breaks_the_contract_is_dead_lettered(shop: Path, broker: str) -> None:
    with running(shop, broker, "mailroom.py") as mailroom:
        await printed(mailroom, "The mailroom is open")
        async with await aio_pika.connect(broker) as connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("bookshop")
            message = aio_pika.Message(b'{"order_id": 3}', content_type="application/json")
            await exchange.publish(message, "order.3.placed")
            dead = await channel.get_queue("bookshop-messages.dead")
            async with asyncio.timeout(30), dead.iterator() as messages:
                async for refused in messages:
                    await refused.ack()
                    break
            assert "title" in str(refused.headers["x-contract-error"])
