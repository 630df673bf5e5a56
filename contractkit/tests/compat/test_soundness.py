"""No change passes unnoticed: random pairs of schemas that the gate calls harmless have no witness."""

import json
import random
from typing import Any

import pytest

from compat.contracts import contract, findings, http_document
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.witness import WitnessFinder
from contractkit.documents import Node
from contractkit.errors import UnsupportedError
from contractkit.model.contract import Contract
from contractkit.model.schema import of

PAIRS = 30
PATTERNS = ("^[a-c]+$", "^[a-z]+$", "^[a-z]{1,3}$", "a", "^(ab|c)$", "^[^a]*$")
BROAD = ("string", "number", "object", "array", "union", "enum", "null", "allOf", "any")


class Generator:
    """Draws schemas, and neighbours of schemas, from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 (a fixed sequence, no secret)

    def some(self, body: dict[str, Any], keyword: str, chance: float, values: list[Any]) -> None:
        if self.random.random() < chance:
            body[keyword] = self.random.choice(values)

    def schema(self, depth: int = 0) -> dict[str, Any]:
        kind = self.random.choice(BROAD if depth < 3 else ("string", "number", "enum"))
        return getattr(self, f"make_{kind}")(depth + 1)

    def make_string(self, _depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "string"}
        self.some(body, "maxLength", 0.4, [2, 3, 5])
        self.some(body, "minLength", 0.3, [0, 1, 2])
        self.some(body, "pattern", 0.3, list(PATTERNS))
        self.some(body, "format", 0.1, ["date", "uuid"])
        return body

    def make_number(self, _depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": self.random.choice(["integer", "number"])}
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            self.some(body, keyword, 0.25, [0, 1, 2, 5])
        self.some(body, "multipleOf", 0.2, [2, 3, 4])
        return body

    def make_object(self, depth: int) -> dict[str, Any]:
        names = [name for name in "abc" if self.random.random() < 0.5]
        properties = {name: self.schema(depth) for name in names}
        body: dict[str, Any] = {"type": "object", "properties": properties}
        self.some(body, "required", 0.5, [["a"], ["a", "b"], ["c"]])
        self.some(body, "additionalProperties", 0.3, [False, {"type": "string"}, True])
        self.some(body, "maxProperties", 0.15, [1, 2])
        self.some(body, "minProperties", 0.1, [1, 2])
        self.some(body, "dependentRequired", 0.1, [{"a": ["b"]}])
        self.some(body, "propertyNames", 0.1, [{"maxLength": 1}, {"maxLength": 6}])
        return body

    def make_array(self, depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "array"}
        self.some(body, "items", 0.8, [self.schema(depth)])
        self.some(body, "maxItems", 0.3, [1, 2])
        self.some(body, "minItems", 0.3, [1, 2])
        self.some(body, "uniqueItems", 0.2, [True])
        self.some(body, "prefixItems", 0.2, [[self.schema(depth + 1)]])
        self.some(body, "contains", 0.1, [self.schema(depth + 1)])
        return body

    def make_union(self, depth: int) -> dict[str, Any]:
        count = self.random.randint(1, 3)
        return {self.random.choice(["anyOf", "oneOf"]): [self.schema(depth) for _ in range(count)]}

    def make_enum(self, _depth: int) -> dict[str, Any]:
        values = self.random.sample(["a", "b", "c", 1, None], self.random.randint(1, 3))
        return self.random.choice([{"enum": values}, {"const": values[0]}])

    def make_null(self, depth: int) -> dict[str, Any]:
        return {"oneOf": [self.schema(depth), {"type": "null"}]}

    def make_allOf(self, depth: int) -> dict[str, Any]:  # noqa: N802 (the keyword's name)
        return {"allOf": [self.schema(depth), self.schema(depth)]}

    def make_any(self, _depth: int) -> dict[str, Any]:
        return {}

    def neighbour(self, schema: dict[str, Any]) -> dict[str, Any]:
        changed = json.loads(json.dumps(schema))
        spot = self.random.choice(list(objects(changed)))
        if spot and self.random.random() < 0.5:
            spot.pop(self.random.choice(list(spot)))
        else:
            spot.update({k: v for k, v in self.schema(2).items() if self.random.random() < 0.6})
        return changed


def objects(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, (dict, list)):
            yield from objects(child)


def root(schema: Any) -> Node:
    made = contract(http_document(schema, "in"))
    assert made.http is not None
    body = made.http.operations[0].request_body
    assert body is not None
    assert body.content[0].schema is not None
    return of(made.documents, body.content[0].schema)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_harmless_cannot_be_refuted(seed: int) -> None:
    generator = Generator(seed)
    for _ in range(PAIRS):
        old = generator.schema()
        new = generator.neighbour(old)
        for role in Role:
            sides = [contract(http_document(side, role.value.lower())) for side in (old, new)]
            found = findings(*sides)
            if any(finding.severity > Severity.OK for finding in found):
                continue
            if role is Role.IN and any(f.rule.name == "property-added" for f in found):
                continue  # The table forgives it: an open object may have carried another type.
            witness = WitnessFinder(300).find(role, (root(old), root(new)), ())
            assert witness is None or not witness.whole, json.dumps([old, new, witness.payload])


@pytest.mark.parametrize("seed", range(3))
def test_nothing_differs_from_itself(seed: int) -> None:
    generator = Generator(1000 + seed)
    for _ in range(PAIRS):
        schema = generator.schema()
        assert findings(*[contract(http_document(schema, "in")) for _ in range(2)]) == []


def test_a_reference_that_cannot_be_read_is_not_taken_for_unchanged() -> None:
    """One anchor of two schemas: what it means may have changed with the file."""

    def resources(*, required: list[str]) -> Contract:
        first = {"$anchor": "x", "type": "object", "required": required}
        parts = {
            name: {"$id": f"https://e.example/{name}", "$ref": "#x", "$defs": {"T": target}}
            for name, target in (("a", first), ("b", {"$anchor": "x", "type": "string"}))
        }
        return contract(http_document({"type": "object", "properties": parts}, "in"))

    assert findings(resources(required=[]), resources(required=[])) == []
    with pytest.raises(UnsupportedError, match="an anchor of 2 schemas"):
        findings(resources(required=[]), resources(required=["q"]))
