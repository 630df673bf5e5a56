"""What the service answers without its database: each operation's documented problem, held against the contract."""

import json
import re
from importlib import resources
from typing import Any

import pytest

from generated.http.operations import OPERATIONS
from testing.unreadable_database import unreadable_database
from tests.service.world import build_world
from traffic.book import Book
from traffic.http_tap import note

NEEDS_NO_DATABASE = {"getLiveness"}
OF_THE_GATEWAY = {"streamEvents"}
SIXTEEN = "0" * 16


def examples() -> dict[str, Any]:
    """A well-formed body of each operation that takes one: the first example of its schema."""
    contract = json.loads(
        resources.files("generated").joinpath("documents/openapi.json").read_text()
    )
    found = {}
    for item in contract["paths"].values():
        for operation in item.values():
            if "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                node = contract
                for part in schema["$ref"].removeprefix("#/").split("/"):
                    node = node[part]
                found[operation["operationId"]] = node["examples"][0]
    # An end in the past is refused before anything is asked.
    found["createApiToken"] = {"name": "CI", "scopes": ["jobs:read"]}
    return found


BODIES = examples()


@pytest.fixture
async def world(tmp_path):
    async with unreadable_database(tmp_path) as engine:
        yield build_world(engine)


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(operation, id=operation.operation_id)
        for operation in OPERATIONS
        if operation.operation_id not in NEEDS_NO_DATABASE | OF_THE_GATEWAY
    ],
)
async def test_without_its_database_every_operation_says_so(world, operation, seen):
    path = operation.path.replace("{session_id}", SIXTEEN).replace("{request_id}", SIXTEEN)
    path = re.sub(r"\{\w+\}", "1", path)
    async with world.client("some-token") as client:
        answer = await client.request(
            operation.method, path, json=BODIES.get(operation.operation_id)
        )
    book = Book()
    note(book, answer.request, answer, answer.content, whole=True)
    assert f"status {operation.operation_id} 503" in seen(book)
