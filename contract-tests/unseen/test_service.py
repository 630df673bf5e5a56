"""What the service answers without its database: each operation's documented problem, held against the contract."""

import re

import pytest
from sqlalchemy import event

from backbone.database.engine import create_engine
from generated.http.operations import OPERATIONS
from tests.service.world import build_world
from traffic.book import Book
from traffic.http_tap import note

NEEDS_NO_DATABASE = {"getLiveness"}
OF_THE_GATEWAY = {"streamEvents"}
BODIES = {
    "login": {"email": "ada@example.com", "password": "x"},
    "exchangeSession": {"exchange_token": "t" * 43},
    "createEnvironment": {"shortdomain": "shop-42"},
    "changeTeamStatus": {"status": "ACTIVE"},
}


@pytest.fixture
async def world(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'none.db'}")

    @event.listens_for(engine.sync_engine, "do_connect")
    def refuse(*_):
        raise ConnectionRefusedError

    yield build_world(engine)
    await engine.dispose()


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(operation, id=operation.operation_id)
        for operation in OPERATIONS
        if operation.operation_id not in NEEDS_NO_DATABASE | OF_THE_GATEWAY
    ],
)
async def test_without_its_database_every_operation_says_so(world, operation, seen):
    path = re.sub(r"\{\w+\}", "1", operation.path)
    async with world.client("some-token") as client:
        answer = await client.request(
            operation.method, path, json=BODIES.get(operation.operation_id)
        )
    book = Book()
    note(book, answer.request, answer, answer.content, whole=True)
    assert f"status {operation.operation_id} 503" in seen(book)
