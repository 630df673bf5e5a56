"""Members that are called otherwise in Python: the wire has the contract's names, and only those."""

import pytest
from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Names, version: '1'}
paths:
  /t:
    post:
      operationId: t
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {'204': {description: taken}}
  /u:
    post:
      operationId: u
      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/A'}}}}}
      responses: {'204': {description: taken}}
components:
  schemas:
    A: {type: object, required: [class], properties: {class: {type: string}, a-b: {type: string}, a_b: {type: string}}}
"""
EVENTS = """
asyncapi: 3.0.0
info: {title: Names, version: '1'}
channels:
  c:
    address: c
    messages: {m: {payload: {$ref: '#/components/schemas/A'}}}
operations:
  take: {action: receive, channel: {$ref: '#/channels/c'}}
components:
  schemas:
    A: {type: object, required: [class], properties: {class: {type: string}}}
"""


async def test_a_request_has_the_names_of_the_contract(packages):
    http = packages.written("wire_names", DOCUMENT).module("http.default")
    taken = []

    async def take(self, *, body):
        taken.append(body)

    api = implement(http.DefaultApi, t=take, u=take)
    async with client(http.build_default_router(api)) as browser:
        assert (await browser.post("/t", json={"class": "1", "a_b": "2"})).status_code == 204
        assert (await browser.post("/u", json=[{"class": "1"}])).status_code == 204
        assert (await browser.post("/u")).status_code == 204
        refused = await browser.post("/t", json={"class_": "1"})
        assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["body", "class"])
        assert (await browser.post("/u", json=[{"class_": "1"}])).status_code == 422
    assert taken[0].model_dump(by_alias=True) == {"class": "1", "a_b": "2"}
    assert [len(one) if one else one for one in taken[1:]] == [1, None]


def test_a_message_has_the_names_of_the_contract(packages):
    made = packages.written("wire_names_events", EVENTS)
    contract, models = (
        made.module("messaging.runtime.contract"),
        made.module("models.wire_names_events"),
    )
    assert contract.parse(models.A, b'{"class":"1"}') == models.A(class_="1")
    with pytest.raises(contract.ContractError, match="/class"):
        contract.parse(models.A, b'{"class_":"1"}')


def test_names_that_python_and_pydantic_have_for_themselves(packages, strictly_checked):
    own = {"model_config", "model_dump", "model_validate_x", "json", "copy", "_id", "__class__"}
    names = sorted(own | {"None", "self", "str", "list", "date", "UUID", "MISSING", "I", "A"})
    members = ", ".join(f"{name}: {{type: string, format: date}}" for name in names)
    schemas = "\n".join(
        f"    {name}: {{type: object, properties: {{{members}}}}}"
        for name in ("I", "A", "None", "str")
    )
    made = packages.written(
        "own_names",
        f"openapi: 3.1.0\ninfo: {{title: N, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}\n",
    )
    strictly_checked(made)
    models = made.module("models.own_names")
    value = dict.fromkeys(names, "2026-01-31")
    assert models.I.model_validate(value).model_dump(mode="json", by_alias=True) == value
