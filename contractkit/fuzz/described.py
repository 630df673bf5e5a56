"""Random schemas as people describe data: families, tagged unions, choices, maps, odd names."""

from typing import Any

from fuzz.schemas import Schemas

MEMBERS = (
    "id", "class", "self", "model_config", "copy", "fooBar", "foo_bar", "_private", "1st", "a b",
    "x-y", "", "json", "schema", "kind", "é",
)  # fmt: skip
CHOICES = (
    ["a", "b"], ["a b", "a-b", "a_b"], ["", "x"], ["1", "2"], ["true", "null"], ["None", "self"],
    ["+", "-"], [1, 2], [1], [-1, 0], [True], [1.5, 2.5], ["a", 1], ["a", None], [None],
)  # fmt: skip
SCALARS = ("string", "number", "choice", "scalar", "scalar")
NESTED = (
    "record", "record", "tagged", "map", "tuple", "list", "optional", "reference", "union", *SCALARS,
)  # fmt: skip
KINDS = ("child", "merged", "all", *NESTED)
"""What is drawn at the top; what extends others is not drawn within what they extend."""


class Described(Schemas):
    """Draws such schemas from a seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.definitions = {}
        for name in ("One", "Two", "Tree"):
            self.definitions[name] = self.draw_record(2)
        for kind in ("a", "b"):
            drawn = self.draw_record(2)
            drawn["properties"]["kind"] = {"const": kind}
            drawn["required"] = sorted({*drawn.get("required", ()), "kind"})
            self.definitions[kind.upper()] = drawn
        self.definitions["Colour"] = self.draw_choice(2)
        self.definitions["Names"] = {"type": "array", "items": self.schema(3)}

    def schema(self, depth: int = 0) -> Any:
        kinds = KINDS if depth < 2 else NESTED if depth < 3 else SCALARS
        return getattr(self, f"draw_{self.random.choice(kinds)}")(depth + 1)

    def members(self, depth: int) -> dict[str, Any]:
        names = self.random.sample(MEMBERS, self.random.randint(1, 4))
        return {name: self.schema(depth) for name in names}

    def draw_record(self, depth: int) -> dict[str, Any]:
        properties = self.members(depth)
        body: dict[str, Any] = {"type": "object", "properties": properties}
        names = list(properties)
        required = [name for name in names if self.random.random() < 0.4]
        if required:
            body["required"] = required
        self.some(body, "additionalProperties", 0.5, [False, True, {"type": "integer"}])
        return body

    def draw_child(self, depth: int) -> dict[str, Any]:
        """An object that extends one or two others."""
        parents = self.random.sample(("One", "Two", "Tree"), self.random.randint(1, 2))
        parts = [{"$ref": f"#/components/schemas/{name}"} for name in parents]
        own = self.draw_record(depth)
        own.pop("additionalProperties", None)
        return self.random.choice([{"allOf": [*parts, own]}, {**own, "allOf": parts}])

    def draw_tagged(self, _depth: int) -> dict[str, Any]:
        choices = [{"$ref": f"#/components/schemas/{name}"} for name in ("A", "B")]
        body: dict[str, Any] = {self.random.choice(("oneOf", "anyOf")): choices}
        mapping = {"a": choices[0]["$ref"], "b": choices[1]["$ref"]}
        self.some(body, "discriminator", 0.7, [{"propertyName": "kind", "mapping": mapping}])
        return body

    def draw_choice(self, _depth: int) -> dict[str, Any]:
        values = list(self.random.choice(CHOICES))
        body: dict[str, Any] = {"enum": values}
        kinds = {type(value) for value in values}
        if kinds == {str} and self.random.random() < 0.7:
            body["type"] = "string"
        if kinds == {int} and self.random.random() < 0.7:
            body["type"] = self.random.choice(("integer", "number"))
        return body

    def draw_map(self, depth: int) -> dict[str, Any]:
        body = {"type": "object", "additionalProperties": self.schema(depth)}
        self.some(body, "propertyNames", 0.2, [{"pattern": "^[a-c]+$"}, {"maxLength": 2}])
        self.some(body, "minProperties", 0.2, [1])
        return body

    def draw_tuple(self, depth: int) -> dict[str, Any]:
        count = self.random.randint(1, 2)
        body: dict[str, Any] = {
            "type": "array",
            "prefixItems": [self.schema(depth) for _ in range(count)],
        }
        if self.random.random() < 0.6:
            body |= {"minItems": count, "maxItems": count}
        self.some(body, "items", 0.4, [False, {"type": "string"}])
        return body

    def draw_list(self, depth: int) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "array", "items": self.schema(depth)}
        self.some(body, "maxItems", 0.3, [1, 2])
        self.some(body, "minItems", 0.3, [1])
        return body

    def draw_scalar(self, _depth: int) -> dict[str, Any]:
        return self.random.choice([
            {"type": "integer", "format": "int32"},
            {"type": "integer", "format": "int64"},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "uuid"},
            {"type": "string", "format": "password", "minLength": 2},
            {"type": "string", "format": "byte"},
            {"type": "string", "contentEncoding": "base64"},
            {"type": "boolean"},
            {"type": "boolean", "const": True},
            {"type": ["string", "null"], "maxLength": 2},
            {"type": ["integer", "string"]},
            {"type": "number", "multipleOf": 0.01},
            {"type": "object"},
            {"type": "null"},
            {},
        ])  # fmt: skip

    def draw_optional(self, depth: int) -> dict[str, Any]:
        inner = self.schema(depth)
        return self.random.choice([
            {"oneOf": [inner, {"type": "null"}]},
            {"anyOf": [inner, {"type": "null"}]},
            {"anyOf": [{"type": "null"}, inner], "default": None},
            {"allOf": [inner], "description": "Said of it."},
            {"allOf": [inner, {"description": "Said of it."}]},
        ])  # fmt: skip

    def draw_merged(self, depth: int) -> dict[str, Any]:
        """An object that narrows a member of its parent, or requires more of it."""
        parent = {"$ref": f"#/components/schemas/{self.random.choice(('One', 'Two'))}"}
        known = self.definitions.get("One", {}).get("properties", {"id": {}})
        name = self.random.choice(list(known))
        part = self.random.choice([{"required": [name]}, {"properties": {name: self.schema(3)}}])
        return {"allOf": [parent, part]}

    def draw_reference(self, _depth: int) -> dict[str, Any]:
        names = ("One", "Two", "Tree", "A", "Colour", "Names")
        body: dict[str, Any] = {"$ref": f"#/components/schemas/{self.random.choice(names)}"}
        self.some(body, "description", 0.3, ["Said of it."])
        return body
