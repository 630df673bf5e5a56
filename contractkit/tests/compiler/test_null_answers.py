"""Answers that can only be null: a handler returns None, and mypy takes it."""

import pytest
from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Nothing, version: '1'}
paths:
  /typed:
    get:
      operationId: typed
      responses: {'200': {description: nothing, content: {application/json: {schema: {type: 'null'}}}}}
  /constant:
    get:
      operationId: constant
      responses: {'200': {description: nothing, content: {application/json: {schema: {const: null}}}}}
  /named:
    get:
      operationId: named
      responses: {'200': {description: nothing, content: {application/json: {schema: {$ref: '#/components/schemas/Nothing'}}}}}
components:
  schemas:
    Nothing: {enum: [null]}
"""


@pytest.mark.parametrize("path", ["typed", "constant", "named"])
async def test_null_is_sent(packages, path):
    http = packages.written("null_answers", DOCUMENT).module("http.default")

    async def nothing(self):
        return None

    methods = dict.fromkeys(http.DefaultApi.__abstractmethods__, nothing)
    router = http.build_default_router(implement(http.DefaultApi, **methods))
    async with client(router) as browser:
        answer = await browser.get(f"/{path}")
    assert (answer.status_code, answer.text) == (200, "null")


def test_the_code_is_strictly_typed(packages, strictly_checked):
    strictly_checked(packages.written("null_answers", DOCUMENT))
