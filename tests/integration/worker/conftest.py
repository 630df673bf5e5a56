"""Both stacks: SQLite with the embedded broker, PostgreSQL with RabbitMQ."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slipway.amqp import Broker
from tests.integration.conftest import _delete_queues
from tests.integration.worker.stack import EXTERNAL, WorkerStack, worker_stack


@pytest.fixture(params=["embedded", EXTERNAL])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str | None]:
    """The database and, unless embedded, the broker."""
    if request.param == "external":
        return request.getfixturevalue("postgres_url"), request.getfixturevalue("rabbitmq_url")
    return request.getfixturevalue("sqlite_file"), None


@pytest.fixture
def sqlite_file(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite file."""
    path = tmp_path / "slipway.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Environment variables; a test overrides them by `@pytest.mark.parametrize("settings", …)`."""
    return {}


@pytest.fixture
async def stack(
    urls: tuple[str, str | None], tmp_path: Path, settings: dict[str, str]
) -> AsyncIterator[WorkerStack]:
    """All but the workers."""
    database_url, amqp_url = urls
    if amqp_url is not None:
        await _delete_queues(amqp_url)
        async with worker_stack(database_url, amqp_url, tmp_path, **settings) as running:
            yield running
        return
    async with (
        Broker() as broker,
        worker_stack(database_url, broker.url, tmp_path, **settings) as running,
    ):
        yield running
