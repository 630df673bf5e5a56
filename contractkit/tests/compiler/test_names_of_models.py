"""A schema of the contract has the class of its name, whatever the schemas within others are called."""

import pytest
from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Names of models, version: '1'}
paths:
  /b:
    post:
      operationId: b
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}
      responses: {'204': {description: taken}}
  /pet:
    post:
      operationId: pet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: taken}}
components:
  schemas:
    A:
      type: object
      properties:
        b: {type: object, properties: {inner: {type: string}}}
        c: {type: object, properties: {b: {type: object, properties: {inner: {type: boolean}}}}}
        pets: {type: array, items: {type: object, properties: {inner: {type: string}}}}
        state: {type: string, enum: [on, off]}
    B: {type: object, properties: {own: {type: integer}}}
    B1: {type: object, properties: {other: {type: integer}}}
    Pet: {type: object, properties: {own: {type: integer}, inside: {$ref: '#/components/schemas/A/properties/b'}}}
    State: {type: object, properties: {own: {type: integer}}}
"""


async def test_a_property_does_not_take_the_name_of_a_schema(packages, strictly_checked):
    made = packages.written("names_of_models", DOCUMENT)
    strictly_checked(made)
    models = made.module("models.names_of_models")
    assert set(models.B.model_fields) == set(models.State.model_fields) == {"own"}
    assert set(models.B1.model_fields) == {"other"}
    assert set(models.Pet.model_fields) == {"own", "inside"}
    inner = {
        "b": {"inner": "x"},
        "c": {"b": {"inner": True}},
        "pets": [{"inner": "x"}],
        "state": "on",
    }
    assert models.A.model_validate(inner).model_dump(mode="json") == inner
    http = made.module("http.default")
    async with client(http.build_default_router(implement(http.DefaultApi))) as browser:
        for path in ("/b", "/pet"):
            assert (await browser.post(path, json={"own": 1})).status_code == 204
            assert (await browser.post(path, json={"own": "x"})).status_code == 422


@pytest.mark.parametrize("names", [["name"], ["Name", "Names", "Name1", "name"]])
def test_definitions_whose_names_resemble_each_other_keep_them(packages, names):
    schemas = "\n".join(
        f"    {name}: {{type: object, properties: {{names: {{type: array, items: {{type: object, properties: {{x: {{}}}}}}}}, f{index}: {{type: integer}}}}}}"
        for index, name in enumerate(names)
    )
    made = packages.written(
        f"resembling_{len(names)}",
        f"openapi: 3.1.0\ninfo: {{title: R, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}\n",
    )
    models = made.module(f"models.resembling_{len(names)}")
    having = [
        name
        for name, model in vars(models).items()
        if any(field.startswith("f") for field in getattr(model, "model_fields", ()))
    ]
    assert len(having) == len(names)
