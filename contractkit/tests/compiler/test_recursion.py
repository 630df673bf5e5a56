"""Schemas that contain themselves, in every way that has a meaning, and in some that have none."""

import pytest
from pydantic import TypeAdapter, ValidationError

DOCUMENT = """
openapi: 3.1.0
info: {title: Circles, version: '1'}
paths: {}
components:
  schemas:
    Lists: {type: array, items: {$ref: '#/components/schemas/Lists'}, maxItems: 1}
    OrNull: {type: [array, 'null'], items: {$ref: '#/components/schemas/OrNull'}, description: Nothing or more.}
    Deep: {type: array, items: {type: array, items: {$ref: '#/components/schemas/Deep'}}}
    One: {type: array, items: {$ref: '#/components/schemas/Other'}}
    Other: {type: array, items: {$ref: '#/components/schemas/One'}}
    Map: {type: object, additionalProperties: {$ref: '#/components/schemas/Map'}}
    Own: {allOf: [{$ref: '#/components/schemas/Own'}]}
    Two: {allOf: [{$ref: '#/components/schemas/Three'}]}
    Three: {allOf: [{$ref: '#/components/schemas/Two'}, {type: object, properties: {a: {type: string}}}]}
    Again: {type: object, properties: {a: {type: string}}, allOf: [{$ref: '#/components/schemas/Again'}, {$ref: '#/components/schemas/Again'}]}
    Good: {type: object, required: [a], properties: {a: {type: integer, default: 1.0}}}
"""


@pytest.mark.parametrize(
    ("name", "good", "wrong"),
    [
        ("Lists", [[]], [1]),
        ("Lists", [], [[], []]),
        ("OrNull", [None, [None]], [1]),
        ("OrNull", None, {}),
        ("Deep", [[[]]], [[1]]),
        ("One", [[[]]], [[1]]),
        ("Map", {"a": {}}, {"a": 1}),
    ],
)
def test_what_a_schema_of_itself_takes(packages, name, good, wrong):
    models = packages.written("circles", DOCUMENT).module("models.circles")
    kind = TypeAdapter(getattr(models, name))
    assert kind.validate_python(good) == good
    with pytest.raises(ValidationError):
        kind.validate_python(wrong)


def test_what_extends_itself_is_anything_and_told_with_its_place(packages, strictly_checked):
    made = packages.written("circles", DOCUMENT)
    told = [omission.split(": ")[:2] for omission in made.omissions]
    assert sorted({subject for subject, _ in told}) == [
        "the model Again, which is Any",
        "the model Own, which is Any",
        "the model Three, which is Any",
        "the model Two, which is Any",
    ]
    assert all(place.startswith("circles.yaml:1") for _, place in told)
    assert made.module("models.circles").Good.model_fields["a"].annotation is int
    strictly_checked(made)


def test_schemas_that_extend_each_other_are_anything_too(packages, strictly_checked):
    made = packages.written(
        "each_other",
        "openapi: 3.1.0\ninfo: {title: E, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
        "    A: {allOf: [{$ref: '#/components/schemas/B'}], properties: {a: {type: integer}}}\n"
        "    B: {allOf: [{$ref: '#/components/schemas/C'}], properties: {b: {type: integer}}}\n"
        "    C: {allOf: [{$ref: '#/components/schemas/A'}], properties: {c: {type: integer}}}\n"
        "    D: {allOf: [{$ref: '#/components/schemas/E'}], properties: {d: {type: integer}}}\n"
        "    E: {type: object, properties: {up: {$ref: '#/components/schemas/D'}}}\n",
    )
    assert [said.split(",")[0] for said in made.omissions] == [
        f"the model {name}" for name in "ABC"
    ]
    assert "by way of" in made.omissions[0]
    assert "export type A = unknown" in made.text("typescript/src/models.ts")
    assert made.module("models.each_other").D.model_validate({"up": {"d": 1}}).up.d == 1
    strictly_checked(made)
