"""AsyncAPI's discriminators: the name of a property, whose value is a schema's name or constant."""

import json

import pytest
from compiler.dispatching import Dispatcher

PETS = """
asyncapi: 3.0.0
info: {title: Pets, version: '1'}
channels:
  parents: {address: parents, messages: {m: {payload: {$ref: '#/components/schemas/Pet'}}}}
  unions:
    address: unions
    messages:
      m:
        payload:
          discriminator: kind
          oneOf: [{$ref: '#/components/schemas/Car'}, {$ref: '#/components/schemas/Bike'}]
operations:
  pet: {action: receive, channel: {$ref: '#/channels/parents'}}
  vehicle: {action: receive, channel: {$ref: '#/channels/unions'}}
components:
  schemas:
    Pet: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}}}
    Cat:
      allOf:
        - $ref: '#/components/schemas/Pet'
        - {type: object, required: [lives], properties: {lives: {type: integer}}}
    Insect:
      allOf:
        - $ref: '#/components/schemas/Pet'
        - {type: object, properties: {kind: {const: Beetle}, legs: {type: integer}}}
    Car: {type: object, required: [kind], properties: {kind: {type: string}, doors: {type: integer}}}
    Bike: {type: object, required: [kind], properties: {kind: {const: bicycle}, bell: {type: string}}}
"""


@pytest.mark.parametrize(
    ("key", "body", "heard"),
    [
        ("parents", '{"kind":"Cat","lives":7}', "Cat"),
        ("parents", '{"kind":"Cat"}', None),
        ("parents", '{"kind":"Beetle","legs":6}', "Insect"),
        ("parents", '{"kind":"Insect","legs":6}', None),
        ("parents", '{"kind":"Cow"}', None),
        ("unions", '{"kind":"Car","doors":3}', "Car"),
        ("unions", '{"kind":"bicycle","bell":"ring"}', "Bike"),
        ("unions", '{"kind":"Bike"}', None),
        ("unions", '{"kind":"Car","doors":"3"}', None),
    ],
)
async def test_a_text_as_discriminator_tells_schemas_apart(packages, monkeypatch, key, body, heard):
    made = packages.written("pets", PETS)
    assert made.omissions == []
    builder = f"build_application_application_{'pet' if key == 'parents' else 'vehicle'}_subscriber"
    queue = Dispatcher(made.module("messaging.application"), builder, monkeypatch)
    if heard is None:
        with pytest.raises(made.module("messaging.contract").ContractError):
            await queue.send(body, key)
        return
    await queue.send(body, key)
    ((_, payload),) = queue.handlers.received
    assert type(payload).__name__ == heard
    assert json.loads(payload.model_dump_json()) == json.loads(body)
