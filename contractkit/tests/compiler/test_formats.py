"""Alternatives that only a format tells apart, which JSON Schema alone does not."""

from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Formats, version: '1'}
paths:
  /when:
    post:
      operationId: when
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/When'}}}}
      responses: {'204': {description: taken}}
components:
  schemas:
    Day: {type: string, format: date}
    When: {oneOf: [{$ref: '#/components/schemas/Day'}, {type: string, format: date-time}, {type: integer}]}
"""


async def test_texts_that_a_format_tells_apart_are_taken(packages):
    http = packages.written("formats_apart", DOCUMENT).module("http.default")
    async with client(http.build_default_router(implement(http.DefaultApi))) as browser:
        for value in ("2026-01-02", "2026-01-02T03:04:05Z", 7):
            assert (await browser.post("/when", json=value)).status_code == 204, value
        for value in ("soon", True, 1.5, None):
            assert (await browser.post("/when", json=value)).status_code == 422, value
