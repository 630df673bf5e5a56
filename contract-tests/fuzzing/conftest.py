"""A stack to fuzz: its broker, a member's session, and the contract that the messages are made from."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import aio_pika
import httpx
import pytest
import pytest_asyncio

from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from flows.orders import signed_in
from testing.stack import RunningStack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )


@pytest.fixture
def run() -> str:
    """Tells this run's messages from those of others."""
    return uuid.uuid4().hex[:8]


@pytest_asyncio.fixture
async def client(stack: RunningStack) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(stack) as client:
        yield client


@pytest_asyncio.fixture
async def channel(stack: RunningStack) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    connection = await aio_pika.connect(stack.origin.amqp_url)
    async with connection:
        yield await connection.channel()


@pytest_asyncio.fixture
async def team(client: httpx.AsyncClient) -> int:
    return (await client.get("/api/v1/auth/me")).json()["team"]["id"]
