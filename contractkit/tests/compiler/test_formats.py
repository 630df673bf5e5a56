"""Dates and times: the spelling of RFC 3339 and no other, and alternatives that only they tell apart."""

import pytest
from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Formats, version: '1'}
paths:
  /when:
    post:
      operationId: when
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/When'}}}}
      responses: {'200': {description: taken, content: {application/json: {schema: {$ref: '#/components/schemas/When'}}}}}
  /plan:
    post:
      operationId: plan
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Plan'}}}}
      responses: {'200': {description: taken, content: {application/json: {schema: {$ref: '#/components/schemas/Plan'}}}}}
components:
  schemas:
    Day: {type: string, format: date}
    When: {oneOf: [{$ref: '#/components/schemas/Day'}, {type: string, format: date-time}, {type: integer}]}
    Plan:
      type: object
      properties:
        day: {type: [string, 'null'], format: date}
        at: {type: string, format: date-time}
        days: {type: array, items: {$ref: '#/components/schemas/Day'}}
        mail: {type: string, format: email}
        either: {anyOf: [{type: string, format: date}, {type: string, format: date-time}]}
"""


@pytest.fixture
async def browser(packages):
    http = packages.written("formats_apart", DOCUMENT).module("http.default")

    async def echo(self, *, body):
        return body

    api = implement(http.DefaultApi, when=echo, plan=echo)
    async with client(http.build_default_router(api)) as found:
        yield found


async def test_texts_that_a_format_tells_apart_are_taken(browser):
    for value in ("2026-01-02", "2026-01-02T03:04:05Z", "2026-01-02T00:00:00Z", 7):
        given = await browser.post("/when", json=value)
        assert (given.status_code, given.json()) == (200, value)
    for value in ("soon", True, 1.5, None):
        assert (await browser.post("/when", json=value)).status_code == 422, value


async def test_dates_and_times_are_those_of_rfc_3339(browser):
    for value in (
        {"day": "2024-02-29"}, {"day": None}, {"days": ["2024-02-29"]}, {"mail": "nobody"},
        {"at": "2024-02-29T01:02:03Z"}, {"at": "2024-02-29T01:02:03.500000+05:30"},
        {"either": "2024-02-29"}, {"either": "2024-02-29T00:00:00Z"},
    ):  # fmt: skip
        given = await browser.post("/plan", json=value)
        assert (given.status_code, given.json()) == (200, value)
    for value in (
        {"day": "1709164800"}, {"day": "2024-02-29T00:00:00"}, {"day": "2023-02-29"}, {"day": 1},
        {"days": ["1709164800"]}, {"at": "1709164800"}, {"at": "2024-02-29"}, {"at": 1709164800},
        {"at": "2024-02-29T01:02:03"}, {"at": "2024-02-29 01:02:03Z"}, {"either": "1709164800"},
    ):  # fmt: skip
        assert (await browser.post("/plan", json=value)).status_code == 422, value
