"""Random values near a schema, drawn by reading it; the validator says which of them it takes."""

import random
from typing import Any

NOISE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    3,
    1.5,
    0.5,
    10,
    "",
    "a",
    "b",
    "ab",
    "abc",
)
NOISE += (
    "zz",
    "c",
    "x-1",
    [],
    ["a"],
    ["a", "a"],
    [1, 2],
    {},
    {"a": "a"},
    {"a": 1},
    {"zz": 1},
    1e30,
)
SAMPLES = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "uuid": "3f2a1c9e-8f4b-4c55-9d2a-0a1b2c3d4e5f",
    "ipv4": "192.0.2.1",
    "email": "a@example.net",
}
STRINGS = ("", "a", "b", "c", "ab", "abc", "cc", "xb", "x-1", "aaaa", "zzzzzz", "d")
DEEPEST = 5


class Values:
    """Draws values for a schema of a document."""

    def __init__(self, source: random.Random, definitions: dict[str, Any]) -> None:
        self.random, self.definitions = source, definitions

    def draw(self, schema: Any, depth: int = 0) -> Any:
        """A value that the schema may take."""
        if not isinstance(schema, dict) or depth > DEEPEST or self.random.random() < 0.06:
            return self.random.choice(NOISE)
        options = [self._plain]
        if "const" in schema or "enum" in schema:
            options += [self._listed] * 3
        if "$ref" in schema:
            options += [self._referred] * 3
        if any(keyword in schema for keyword in ("allOf", "anyOf", "oneOf", "then", "else", "not")):
            options += [self._branch] * 3
        return self.random.choice(options)(schema, depth + 1)

    def _listed(self, schema: dict[str, Any], _depth: int) -> Any:
        return self.random.choice(
            [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())] or [None]
        )

    def _referred(self, schema: dict[str, Any], depth: int) -> Any:
        return self.draw(self.definitions.get(schema["$ref"].rpartition("/")[2], {}), depth)

    def _branch(self, schema: dict[str, Any], depth: int) -> Any:
        """A value of one part, or objects of several parts laid over each other."""
        parts = [
            part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())
        ]
        parts += [schema[keyword] for keyword in ("then", "else", "if", "not") if keyword in schema]
        chosen = (
            [
                self.draw(part, depth)
                for part in self.random.sample(parts, self.random.randint(1, len(parts)))
            ]
            if parts
            else []
        )
        chosen.append(self._plain(schema, depth))
        objects = [value for value in chosen if isinstance(value, dict)]
        if objects and self.random.random() < 0.7:
            return {name: inner for value in objects for name, inner in value.items()}
        return self.random.choice(chosen)

    def _plain(self, schema: dict[str, Any], depth: int) -> Any:
        kinds = schema.get("type")
        names = [kinds] if isinstance(kinds, str) else kinds or self._likely(schema)
        return getattr(self, f"_{self.random.choice(names)}")(schema, depth)

    @staticmethod
    def _likely(schema: dict[str, Any]) -> list[str]:
        keywords = set(schema)
        if keywords & {
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "unevaluatedProperties",
            "dependentRequired",
        }:
            return ["object"]
        if keywords & {"items", "prefixItems", "contains", "uniqueItems", "unevaluatedItems"}:
            return ["array"]
        return ["string", "integer", "number", "object", "array", "boolean", "null"]

    def _null(self, _schema: dict[str, Any], _depth: int) -> None:
        return None

    def _boolean(self, _schema: dict[str, Any], _depth: int) -> bool:
        return self.random.random() < 0.5

    def _string(self, schema: dict[str, Any], _depth: int) -> str:
        if schema.get("format") in SAMPLES and self.random.random() < 0.6:
            return SAMPLES[schema["format"]]
        if self.random.random() < 0.3:
            return "a" * self.random.choice(
                [schema.get("maxLength", 3), schema.get("minLength", 1), 4]
            )
        return self.random.choice(STRINGS)

    def _integer(self, schema: dict[str, Any], depth: int) -> Any:
        value = self._number(schema, depth)
        return int(value) if self.random.random() < 0.9 else float(int(value))

    def _number(self, schema: dict[str, Any], _depth: int) -> Any:
        edges = [
            schema[k]
            for k in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
            if k in schema
        ]
        step = schema.get("multipleOf", 1)
        base = self.random.choice([*edges, *edges, 0, step, 2 * step, 3 * step, 6])
        return base + self.random.choice((0, 0, 1, -1, 0.5, step))

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        prefix = schema.get("prefixItems", ())
        count = self.random.choice(
            [
                0,
                1,
                2,
                3,
                schema.get("minItems", 1),
                schema.get("maxItems", 2),
                len(prefix),
                len(prefix) + 1,
            ]
        )
        rest = [
            schema.get("items", {}),
            schema.get("contains", {}),
            schema.get("unevaluatedItems", {}),
        ]
        items = [
            self.draw(prefix[at] if at < len(prefix) else self.random.choice(rest), depth)
            for at in range(min(count, 5))
        ]
        return [items[0]] * len(items) if items and self.random.random() < 0.15 else items

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        found = {}
        chance = self.random.choice((0.2, 0.5, 0.95))
        for name, part in schema.get("properties", {}).items():
            if self.random.random() < chance:
                found[name] = self.draw(part, depth)
        for name in schema.get("required", ()):
            if self.random.random() < 0.9 and name not in found:
                found[name] = self.draw(schema.get("properties", {}).get(name, {}), depth)
        for needed in schema.get("dependentRequired", {}).values():
            for name in needed if self.random.random() < 0.4 else ():
                found.setdefault(name, self.draw(schema.get("properties", {}).get(name, {}), depth))
        for name, part in schema.get("patternProperties", {}).items():
            if self.random.random() < 0.5:
                found[{"^a": "ab", "^x-": "x-1"}.get(name, "a")] = self.draw(part, depth)
        if self.random.random() < 0.3:
            rest = schema.get("additionalProperties", schema.get("unevaluatedProperties", {}))
            found[self.random.choice(("zz", "y", "a", "d"))] = self.draw(rest, depth)
        return found
