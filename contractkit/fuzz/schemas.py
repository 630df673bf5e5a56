"""Random schemas of every keyword that the gate knows, and neighbours of schemas."""

import json
import random
from collections.abc import Iterator
from typing import Any

NAMES = "abcd"
PATTERNS = ("^[a-c]+$", "^[a-z]+$", "^[a-z]{1,3}$", "a", "^(ab|c)$", "^[^a]*$", "^a", "b$", "^x-")
FORMATS = ("date", "uuid", "ipv4", "date-time", "email", "password", "int32", "phone")
VALUES: tuple[Any, ...] = ("a", "b", "ab", "c", 1, 2, 0, 1.5, None, True, False, [], {}, ["a"])
KINDS = ("string", "number", "object", "object", "array", "union", "enum", "mixed", "all", "any")
KINDS += ("reference", "condition", "not", "whole", "nullable", "boolean")


class Schemas:
    """Draws schemas from a seed. `definitions` are the components they may refer to."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.definitions: dict[str, Any] = {}
        for name in ("One", "Two", "Tree"):
            drawn = self.schema(2)
            while not isinstance(drawn, dict) or "$ref" in drawn:
                drawn = self.schema(2)
            self.definitions[name] = drawn
        tree = self.draw_object(2)
        tree["properties"]["next"] = {"$ref": "#/components/schemas/Tree"}
        self.definitions["Tree"] = tree

    def some(self, body: dict[str, Any], keyword: str, chance: float, values: list[Any]) -> None:
        if self.random.random() < chance:
            body[keyword] = self.random.choice(values)

    def schema(self, depth: int = 0) -> Any:
        kinds = KINDS if depth < 3 else ("string", "number", "enum", "boolean", "any")
        return getattr(self, f"draw_{self.random.choice(kinds)}")(depth + 1)

    def draw_string(self, _depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "string"}
        self.some(body, "maxLength", 0.4, [1, 2, 3, 5])
        self.some(body, "minLength", 0.3, [0, 1, 2])
        self.some(body, "pattern", 0.3, list(PATTERNS))
        self.some(body, "format", 0.15, list(FORMATS))
        return body

    def draw_number(self, _depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": self.random.choice(["integer", "number"])}
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            self.some(body, keyword, 0.25, [0, 1, 2, 5, 1.5])
        self.some(body, "multipleOf", 0.2, [1, 2, 3, 4, 0.5, 0.1])
        self.some(body, "format", 0.05, ["int32", "int64", "float"])
        return body

    def draw_boolean(self, _depth: int) -> Any:
        return self.random.choice([{"type": "boolean"}, {"type": "null"}, True, False, {}])

    def draw_object(self, depth: int) -> dict[str, Any]:
        names = [name for name in NAMES if self.random.random() < 0.5]
        properties = {name: self.schema(depth) for name in names}
        body: dict[str, Any] = {"type": "object", "properties": properties}
        self.some(body, "required", 0.5, [["a"], ["a", "b"], ["c"]])
        closing = [False, {"type": "string"}, True, {}]
        self.some(body, "additionalProperties", 0.3, closing)
        self.some(
            body, "patternProperties", 0.12, [{"^a": self.schema(3)}, {"^x-": self.schema(3)}]
        )
        self.some(body, "maxProperties", 0.1, [0, 1, 2])
        self.some(body, "minProperties", 0.1, [1, 2])
        self.some(body, "dependentRequired", 0.1, [{"a": ["b"]}, {"c": ["a", "d"]}])
        self.some(body, "dependentSchemas", 0.05, [{"a": {"required": ["d"]}}])
        self.some(
            body, "propertyNames", 0.08, [{"maxLength": 1}, {"pattern": "^[a-c]"}, {"enum": ["a"]}]
        )
        self.some(body, "unevaluatedProperties", 0.1, [False, {"type": "string"}])
        return body

    def draw_array(self, depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "array"}
        self.some(body, "items", 0.7, [self.schema(depth), False])
        self.some(body, "maxItems", 0.3, [0, 1, 2])
        self.some(body, "minItems", 0.3, [0, 1, 2])
        self.some(body, "uniqueItems", 0.2, [True, False])
        self.some(
            body, "prefixItems", 0.25, [[self.schema(depth + 1)], [self.schema(3), self.schema(3)]]
        )
        self.some(body, "contains", 0.15, [self.schema(depth + 1)])
        self.some(body, "minContains", 0.1, [0, 1, 2])
        self.some(body, "maxContains", 0.1, [1, 2])
        self.some(body, "unevaluatedItems", 0.1, [False, {"type": "string"}])
        return body

    def draw_union(self, depth: int) -> dict[str, Any]:
        count = self.random.randint(1, 3)
        return {self.random.choice(["anyOf", "oneOf"]): [self.schema(depth) for _ in range(count)]}

    def draw_whole(self, depth: int) -> dict[str, Any]:
        """A composition that is closed from outside."""
        body = self.random.choice([self.draw_union, self.draw_all])(depth)
        body["unevaluatedProperties"] = False
        return body

    def draw_enum(self, _depth: int) -> dict[str, Any]:
        values = self.random.sample(VALUES, self.random.randint(1, 3))
        return self.random.choice([{"enum": values}, {"const": values[0]}])

    def draw_nullable(self, depth: int) -> dict[str, Any]:
        return {"oneOf": [self.schema(depth), {"type": "null"}]}

    def draw_mixed(self, _depth: int) -> dict[str, Any]:
        kinds = ["string", "integer", "null", "boolean", "array", "object", "number"]
        body: dict[str, Any] = {"type": self.random.sample(kinds, 2)}
        self.some(body, "maxLength", 0.3, [1, 2])
        self.some(body, "minimum", 0.3, [0, 2])
        self.some(body, "required", 0.3, [["a"]])
        return body

    def draw_all(self, depth: int) -> dict[str, Any]:
        return {"allOf": [self.schema(depth), self.schema(depth)]}

    def draw_any(self, _depth: int) -> dict[str, Any]:
        return {}

    def draw_not(self, depth: int) -> dict[str, Any]:
        return {"not": self.schema(max(depth, 2))}

    def draw_condition(self, depth: int) -> dict[str, Any]:
        body = self.draw_object(depth)
        body["if"] = self.random.choice(
            [{"required": ["a"]}, {"properties": {"a": self.schema(3)}}]
        )
        self.some(body, "then", 0.8, [{"required": ["b"]}, {"properties": {"b": self.schema(3)}}])
        self.some(body, "else", 0.4, [{"required": ["c"]}, False])
        return body

    def draw_reference(self, _depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "$ref": f"#/components/schemas/{self.random.choice(['One', 'Two', 'Tree'])}"
        }
        self.some(body, "maxProperties", 0.1, [2])
        self.some(body, "required", 0.1, [["b"]])
        return body

    def neighbour(self, whole: Any) -> Any:
        """A copy with one or two changes anywhere in it."""
        changed = json.loads(json.dumps(whole))
        for _ in range(self.random.choice((1, 1, 2))):
            used = self._used(changed)
            spots = [spot for spot in _schemas(used) if isinstance(spot[0][spot[1]], dict)]
            if not spots:
                continue
            holder, key = self.random.choice(spots)
            drawn = self.change(holder[key])
            if holder is not used["definitions"]:
                holder[key] = drawn
            elif isinstance(drawn, dict) and "$ref" not in drawn:
                changed["definitions"][key] = drawn
            changed["schema"] = used["schema"]
        return changed

    def _used(self, whole: dict[str, Any]) -> dict[str, Any]:
        """The schema with the definitions that it refers to, mostly without them."""
        text = json.dumps(whole["schema"])
        used = {n: d for n, d in whole["definitions"].items() if f'/{n}"' in text}
        return {
            "schema": whole["schema"],
            "definitions": used if self.random.random() < 0.4 else {},
        }

    def change(self, schema: dict[str, Any]) -> Any:
        """One changed schema object."""
        kinds = (self._drop, self._add, self._nudge, self._spell, self._wrap, self._member)
        return self.random.choice(kinds)(dict(schema))

    def _drop(self, schema: dict[str, Any]) -> Any:
        if schema:
            schema.pop(self.random.choice(list(schema)))
        return schema

    def _add(self, schema: dict[str, Any]) -> Any:
        other = self.schema(2)
        if isinstance(other, dict) and other:
            keyword = self.random.choice(list(other))
            schema[keyword] = other[keyword]
        return schema

    def _nudge(self, schema: dict[str, Any]) -> Any:
        for keyword, value in list(schema.items()):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                continue
            if keyword not in ("const", "multipleOf"):
                schema[keyword] = max(value + self.random.choice((-1, 1)), 0)
                break
        return schema

    def _member(self, schema: dict[str, Any]) -> Any:
        """Add or drop a property, a required name, a value or an alternative."""
        lists = [
            k
            for k in ("required", "enum", "oneOf", "anyOf", "allOf", "prefixItems", "type")
            if isinstance(schema.get(k), list)
        ]
        if "properties" in schema and self.random.random() < 0.5:
            properties = dict(schema["properties"])
            if properties and self.random.random() < 0.5:
                properties.pop(self.random.choice(list(properties)))
            else:
                properties[self.random.choice([*NAMES, "e", "f"])] = self.schema(2)
            schema["properties"] = properties
        elif lists:
            keyword = self.random.choice(lists)
            values = list(schema[keyword])
            if len(values) > 1 and self.random.random() < 0.5:
                values.pop(self.random.randrange(len(values)))
            elif keyword == "required":
                values = sorted({*values, self.random.choice(NAMES)})
            elif keyword == "enum":
                values.append(self.random.choice(VALUES))
            elif keyword != "type":
                values.append(self.schema(2))
            schema[keyword] = values
        return schema

    def _wrap(self, schema: dict[str, Any]) -> Any:
        other = self.schema(2)
        return self.random.choice(
            [
                {"allOf": [schema]},
                {"anyOf": [schema]},
                {"oneOf": [schema]},
                {"oneOf": [schema, other]},
                {"anyOf": [schema, other]},
                {"allOf": [schema, other]},
                {"not": {"not": schema}},
            ]
        )

    def _spell(self, schema: dict[str, Any]) -> Any:
        """The same schema written in another way."""
        kinds = schema.get("type")
        if isinstance(kinds, list):
            rest = {k: v for k, v in schema.items() if k != "type"}
            return {"anyOf": [{**rest, "type": kind} for kind in kinds]}
        if "enum" in schema:
            rest = {k: v for k, v in schema.items() if k != "enum"}
            return (
                {**rest, "anyOf": [{"const": value} for value in schema["enum"]]}
                if "anyOf" not in rest
                else schema
            )
        if (
            schema.get("additionalProperties") is False
            and "$ref" not in schema
            and not any(k in schema for k in ("allOf", "anyOf", "oneOf", "if", "dependentSchemas"))
        ):
            schema.pop("additionalProperties")
            schema["unevaluatedProperties"] = False
            return schema
        if kinds == "integer" and "multipleOf" not in schema:
            return {**schema, "type": "number", "multipleOf": 1}
        if "const" in schema and "enum" not in schema:
            return {**{k: v for k, v in schema.items() if k != "const"}, "enum": [schema["const"]]}
        return {"allOf": [schema, {}]}


_MAPS = ("properties", "patternProperties", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("items", "contains", "not", "if", "then", "else", "propertyNames")
_SINGLE += ("additionalProperties", "unevaluatedProperties", "unevaluatedItems")


def _schemas(whole: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Every place of a schema below `whole["schema"]` and `whole["definitions"]`."""
    yield whole, "schema"
    pending = [whole["schema"]]
    for name, definition in whole["definitions"].items():
        yield whole["definitions"], name
        pending.append(definition)
    while pending:
        schema = pending.pop()
        if not isinstance(schema, dict):
            continue
        found = [(schema, k) for k in _SINGLE if k in schema]
        for keyword in _MAPS:
            found += [(schema[keyword], name) for name in schema.get(keyword, ())]
        for keyword in _LISTS:
            found += [(schema[keyword], at) for at in range(len(schema.get(keyword, ())))]
        yield from found
        pending += [holder[key] for holder, key in found]
