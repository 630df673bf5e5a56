"""Defaults of schemas that others refer to: of the type of the field, and never a way to null."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from compiler.serving import recording
from pydantic import TypeAdapter, ValidationError

DOCUMENT = """
openapi: 3.1.0
info: {title: Defaults, version: '1'}
paths: {}
components:
  schemas:
    Size: {type: integer, default: 2}
    Kind: {type: string, enum: [a, b], default: b}
    Day: {type: string, format: date, default: '2024-01-01'}
    Plain: {type: string, format: date}
    Moment: {type: string, format: date-time}
    Id: {type: string, format: uuid}
    Either: {oneOf: [{$ref: '#/components/schemas/Size'}, {type: string}], default: x}
    Nullable: {type: [integer, 'null'], default: 3}
    Ids: {type: array, items: {type: integer}, default: [1]}
    Days: {type: array, items: {$ref: '#/components/schemas/Plain'}}
    Point: {type: object, properties: {x: {type: integer}}}
    Points: {type: array, items: {$ref: '#/components/schemas/Point'}}
    DayOrNumber: {oneOf: [{$ref: '#/components/schemas/Plain'}, {type: integer}]}
    Referring:
      type: object
      properties:
        size: {$ref: '#/components/schemas/Size'}
        kind: {$ref: '#/components/schemas/Kind'}
        day: {$ref: '#/components/schemas/Day'}
        either: {$ref: '#/components/schemas/Either'}
        nullable: {$ref: '#/components/schemas/Nullable'}
    Own:
      type: object
      properties:
        size: {$ref: '#/components/schemas/Size', default: 5}
        day: {$ref: '#/components/schemas/Plain', default: '2024-01-02'}
        all: {allOf: [{$ref: '#/components/schemas/Plain'}], default: '2024-01-02'}
        maybe: {anyOf: [{$ref: '#/components/schemas/Plain'}, {type: 'null'}], default: '2024-01-02'}
        moment: {$ref: '#/components/schemas/Moment', default: '2024-01-02T00:00:00Z'}
        id: {$ref: '#/components/schemas/Id', default: '00000000-0000-0000-0000-000000000001'}
        days: {$ref: '#/components/schemas/Days', default: ['2024-01-02']}
        map: {type: object, additionalProperties: {$ref: '#/components/schemas/Plain'}, default: {a: '2024-01-02'}}
        points: {$ref: '#/components/schemas/Points', default: [{x: 1}]}
        mixed: {$ref: '#/components/schemas/DayOrNumber', default: '2024-01-02'}
"""


@pytest.fixture
def made(packages):
    return packages.written("defaults_elsewhere", DOCUMENT)


def test_a_member_has_the_default_of_what_it_refers_to(made):
    models = made.module("models.defaults_elsewhere")
    found = models.Referring()
    assert dict(found) == {
        "size": 2, "kind": models.Kind.b, "day": date(2024, 1, 1), "either": "x", "nullable": 3,
    }  # fmt: skip
    found.model_dump_json(warnings="error")


@pytest.mark.parametrize("name", ["size", "kind", "day", "either"])
def test_a_default_does_not_let_null_pass(made, name):
    models = made.module("models.defaults_elsewhere")
    with pytest.raises(ValidationError):
        models.Referring.model_validate({name: None})
    assert models.Referring.model_validate({"nullable": None}).nullable is None


def test_a_list_with_a_default_is_no_null(made):
    ids = TypeAdapter(made.module("models.defaults_elsewhere").Ids)
    assert ids.validate_python([1]) == [1]
    with pytest.raises(ValidationError):
        ids.validate_python(None)


def test_a_default_beside_a_reference_has_the_type_behind_it(made, strictly_checked):
    models = made.module("models.defaults_elsewhere")
    day = date(2024, 1, 2)
    found = models.Own()
    assert dict(found) == {
        "size": 5, "day": day, "all": day, "maybe": day,
        "moment": datetime(2024, 1, 2, tzinfo=UTC), "id": UUID(int=1), "days": [day],
        "map": {"a": day}, "points": [models.Point(x=1)], "mixed": day,
    }  # fmt: skip
    found.model_dump_json(warnings="error")
    assert made.omissions == []
    strictly_checked(made)


LARGE = """
openapi: 3.1.0
info: {title: Large, version: '1'}
paths:
  /a: {get: {operationId: a, parameters: [{name: q, in: query, schema: {enum: [18446744073709551616]}}], responses: {'204': {description: ok}}}}
  /b:
    post:
      operationId: b
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}
      responses: {'204': {description: ok}}
components:
  schemas:
    B: {type: object, additionalProperties: false, properties: {c: {const: 18446744073709551616}, e: {enum: [18446744073709551616, 1]}, o: {enum: [-18446744073709551616]}}}
"""


async def test_integers_that_no_literal_holds_are_checked_by_their_schema(
    packages, strictly_checked
):
    made = packages.written("large_integers", LARGE)
    strictly_checked(made)
    # A parameter with such a choice is left out by name.
    assert [omission.partition(":")[0] for omission in made.omissions] == ["the operation a"]
    async with recording(made) as (browser, taken):
        right = {"c": 2**64, "e": 2**64, "o": -(2**64)}
        given = await browser.post("/b", json=right)
        assert given.status_code == 204, given.text
        for wrong in ({"c": 2**64 + 1}, {"e": 2}, {"o": 2**64}):
            assert (await browser.post("/b", json=wrong)).status_code == 422, wrong
    assert len(taken) == 1
