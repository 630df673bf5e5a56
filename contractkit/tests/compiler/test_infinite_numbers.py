"""Infinity and NaN, which JSON has not: neither an answer nor a message may hold them as null."""

import math

import pytest
from compiler.serving import client, implement

HTTP = """
openapi: 3.1.0
info: {title: Numbers, version: '1'}
paths:
  /model:
    get:
      operationId: model
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Ratio'}}}}}
  /list:
    get:
      operationId: listed
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {type: [number, 'null']}}}}}}
  /free:
    get:
      operationId: free
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object, additionalProperties: true}}}}}
  /header:
    get:
      operationId: header
      responses: {'200': {description: ok, headers: {X-Ratio: {schema: {type: number}}}, content: {text/plain: {schema: {type: string}}}}}
components:
  schemas:
    Ratio: {type: object, additionalProperties: false, properties: {ratio: {type: [number, 'null']}, name: {type: [string, 'null']}}}
"""
MESSAGES = """
asyncapi: 3.0.0
info: {title: Numbers, version: '1'}
defaultContentType: application/json
channels:
  measured: {address: measured, messages: {Measured: {payload: {type: object, additionalProperties: false, properties: {ratio: {type: [number, 'null']}}}}}}
operations:
  sendMeasured: {action: send, channel: {$ref: '#/channels/measured'}}
"""


@pytest.fixture(scope="module")
def numbers(packages):
    return packages.written("infinite_numbers", HTTP)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("path", ["/model", "/list", "/free", "/header"])
async def test_an_answer_with_one_is_an_error_and_no_null(numbers, path, value):
    http = numbers.module("http.default")
    ratio = numbers.module("models.infinite_numbers").Ratio if path == "/model" else None

    async def model(self):
        return ratio(ratio=value)

    async def listed(self):
        return [1.5, value]

    async def free(self):
        return {"a": {"b": [value]}}

    async def header(self):
        return http.HeaderModelReply(body="x", ratio=value)

    api = implement(http.DefaultApi, model=model, listed=listed, free=free, header=header)
    async with client(http.build_default_router(api)) as browser:
        with pytest.raises(ValueError, match=r"infinity|JSON compliant"):
            await browser.get(path)


async def test_null_and_numbers_are_answered(numbers):
    http, models = numbers.module("http.default"), numbers.module("models.infinite_numbers")

    async def model(self):
        return models.Ratio(ratio=None, name=None)

    async def listed(self):
        return [None, 1e308]

    api = implement(http.DefaultApi, model=model, listed=listed)
    async with client(http.build_default_router(api)) as browser:
        assert (await browser.get("/model")).json() == {"ratio": None, "name": None}
        assert (await browser.get("/list")).json() == [None, 1e308]


def test_a_message_with_one_is_refused(packages):
    made = packages.written("infinite_messages", MESSAGES)
    contract, message = made.module("messaging.contract"), made.module("messaging.message")
    payload = made.module("models.infinite_messages").MeasuredPayload
    message.send_measured(payload(ratio=None))
    with pytest.raises(contract.ContractError, match="infinity"):
        message.send_measured(payload(ratio=math.inf))


def test_infinity_and_nan_in_a_document_are_left_out_by_name(packages, strictly_checked):
    made = packages.written(
        "infinite_document",
        """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    post:
      operationId: a
      parameters: [{name: q, in: query, schema: {type: number, maximum: .inf}}, {name: w, in: query, schema: {enum: [.nan, 1]}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/C'}}}}
      responses: {'204': {description: d}}
components:
  schemas:
    C: {type: object, properties: {c: {type: string, maxLength: -.inf}, d: {type: number, default: 1e999, examples: [.inf]}}}
""",
    )
    assert [omission.partition(": ")[0] for omission in made.omissions] == ["a number"] * 5
    strictly_checked(made)
    assert (made.folder / "documents").is_dir()
