"""How the TypeScript client writes a parameter: as one text, or in a style of several parts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.http import Parameter
from contractkit.model.schema import Schema

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter: its wire name and place, its property in the arguments object.

    `style` is set for parameters of several parts; `separator` for lists in one text.
    """

    wire: str
    place: str
    name: str
    type: str
    required: bool
    description: str
    separator: str | None = None
    style: str | None = None
    explode: bool = False
    kind: str = "text"
    json: str = "JSON.stringify({})"
    """The expression of a value as JSON text."""

    @property
    def is_list(self) -> bool:
        """Whether it is a list whose items are repeated."""
        return self.style is None and self.separator is None and self.type.startswith("Array<")

    @property
    def expression(self) -> str:
        """What is sent as its value: a list that is not empty as one text without `explode`."""
        given = f"given.{self.name}"
        if self.style is not None:
            return self._styled(given)
        if self.separator is None:
            return given
        return f'styled({given} ?? [], "", {json.dumps(self.separator)}) || undefined'

    @property
    def entry(self) -> str:
        """The members that it adds to an object of parameters."""
        if self.style == "deepObject":
            return f"...deep({json.dumps(self.wire)}, given.{self.name})"
        if self.style == "form" and self.explode and self.kind == "object":
            return f"...given.{self.name}"
        return f"{json.dumps(self.wire)}: {self.expression}"

    def _styled(self, given: str) -> str:
        if self.style == "json":
            return self.json.format(given)
        if self.place == "path":
            return self._in_path(given)
        between = _SEPARATORS.get(str(self.style), ",")
        pair = "=" if self.explode else between
        value = given if self.required else f"{given} ?? {{}}"
        return f"styled({value}, {json.dumps(pair)}, {json.dumps(between)}) || undefined"

    def _in_path(self, given: str) -> str:
        """Return the text of a path parameter, its parts encoded (RFC 6570)."""
        begin, pair, between = "", "=" if self.explode else ",", ","
        if self.style == "label":
            begin, between = ".", "." if self.explode else ","
        if self.style == "matrix":
            named = f";{self.wire}="
            begin, between = named, named if self.explode else ","
            if self.explode and self.kind == "object":
                begin, between = ";", ";"
        text = f"styled({given}, {json.dumps(pair)}, {json.dumps(between)}, encoded)"
        return f"{json.dumps(begin)} + {text}" if begin else text


def separator_of(parameter: Parameter, expression: str) -> str | None:
    """Return what joins a list into one text; None where its items are repeated."""
    repeated = parameter.explode and parameter.place == "query"
    if not expression.startswith("Array<") or repeated:
        return None
    return _SEPARATORS.get(parameter.style, ",")


def part_of(parameter: ParameterView) -> str:
    """Return the expression of a path parameter's text."""
    return f"part(given.{parameter.name})" if parameter.style is None else parameter.expression


def template(path: str, expressions: Mapping[str, str]) -> str:
    """Return a path as the inside of a template literal."""
    parts = re.split(r"\{([^}]*)\}", path)
    text = [
        f"${{{expressions.get(part, f'part({json.dumps(part)})')}}}"
        if index % 2
        else _literal(part)
        for index, part in enumerate(parts)
    ]
    return "".join(text)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def inlined(schema: Schema, modules: SchemaModules, depth: int = 3) -> Any:
    """Return a schema with what it refers to in place, for a type without a name."""
    if isinstance(schema.raw, bool) or depth == 0:
        return {}
    if schema.raw.get("type") == "object" or "properties" in schema.raw or "$ref" in schema.raw:
        return {"type": "object"}
    result = {
        key: schema.raw[key] for key in ("type", "enum", "const", "format") if key in schema.raw
    }
    items = modules.resolve_within(schema, "items")
    if items is not None:
        result["items"] = inlined(items, modules, depth - 1)
    for key in ("anyOf", "oneOf", "allOf"):
        parts = schema.raw.get(key)
        if isinstance(parts, list) and parts:
            found = [modules.resolve_within(schema, key, str(i)) for i in range(len(parts))]
            result[key] = [inlined(p, modules, depth - 1) for p in found if p is not None]
    return result
