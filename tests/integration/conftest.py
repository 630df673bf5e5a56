"""Each integration test runs on each service of its kind: both databases, both brokers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from slipway.amqp import Broker
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import PostgresRole, execute, postgres_database
from testing.postgres import postgres_role as make_postgres_role
from testing.rabbitmq import rabbitmq_vhost

TABLES = (
    "teams, users, memberships, sessions, exchange_tokens, known_devices, api_tokens, invitations, "
    "audit_log, job_logs, job_counts, environments, events, outbox, idempotency_keys, leases"
)
QUEUES = ("jobs.env.create", "jobs.env.delete", "jobs.dead", "events.dead")


MIXED = ({"sqlite", "rabbitmq"}, {"postgres", "embedded"})
"""Pairs of a database and a broker that nobody runs.

What needs both runs on the embedded pair and on the one of production: each on both of its kind.
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, left = [], []
    for item in items:
        if "tests/integration/" in item.nodeid:
            item.add_marker(pytest.mark.integration)
        (left if _services(item) in MIXED else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def _services(item: pytest.Item) -> set[str]:
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return {parameters.get("database_url", ""), parameters.get("amqp_url", "")}


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """A migrated database of our own on PostgreSQL."""
    try:
        with postgres_database() as url:
            asyncio.run(upgrade(url))
            yield url
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture
def postgres_url(migrated_postgres: str) -> str:
    """The URL of a migrated, empty database on PostgreSQL."""
    execute(migrated_postgres, f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
    return migrated_postgres


@pytest.fixture
def postgres_role() -> Iterator[PostgresRole]:
    """A role with an empty database of its own, which may be taken away and given back."""
    try:
        with make_postgres_role() as role:
            yield role
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
    ]
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated, empty database: a SQLite file, and PostgreSQL."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    path = tmp_path / "slipway.db"
    path.write_bytes(request.getfixturevalue("migrated_sqlite").read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on each database."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """The URL of a virtual host of our own on RabbitMQ."""
    try:
        with rabbitmq_vhost() as url:
            yield url
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
    ]
)
async def amqp_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The URL of a broker without our queues: the embedded one, and RabbitMQ."""
    if request.param == "rabbitmq":
        url = request.getfixturevalue("rabbitmq_url")
        await _delete_queues(url)
        yield url
        return
    async with Broker() as broker:
        yield broker.url


async def _delete_queues(url: str) -> None:
    connection = await aio_pika.connect(url)
    async with connection:
        for name in QUEUES:
            try:
                async with connection.channel() as channel:
                    await channel.queue_delete(name)
            except AMQPError:
                continue
