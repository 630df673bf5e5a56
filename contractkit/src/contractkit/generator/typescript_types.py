"""TypeScript types for the schema modules; property names stay as they are on the wire."""

import json
import re
from collections.abc import Mapping
from typing import Any

from contractkit.generator.naming import pascal, unique
from contractkit.generator.schema_modules import TypeName

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def property_key(name: str) -> str:
    """Return a name as a property's key: quoted where it is no identifier."""
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


class TypeScriptTypes:
    """Names and writes one TypeScript type per schema of the modules."""

    def __init__(self, modules: Mapping[str, Mapping[str, Any]]) -> None:
        self._modules = modules
        self.names: dict[TypeName, str] = {}
        for module, document in modules.items():
            for name in document["$defs"]:
                taken = self.names.values()
                chosen = name if name not in taken else unique(f"{pascal(module)}{name}", taken)
                self.names[TypeName(module, name)] = chosen

    def declarations(self) -> list[str]:
        """Return the source of every type, in the order of the modules."""
        return [
            self._declaration(name, self._modules[name.module]["$defs"][name.name])
            for name in self.names
        ]

    def _declaration(self, name: TypeName, schema: Any) -> str:
        text = self.names[name]
        comment = _comment(schema, "")
        enum = schema.get("enum") if isinstance(schema, Mapping) else None
        if enum and all(isinstance(value, str) for value in enum):
            values = ", ".join(json.dumps(value) for value in enum)
            constant = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).upper()
            return (
                f"{comment}export const {constant}: readonly [{values}] = [{values}];\n"
                f"{comment}export type {text} = (typeof {constant})[number];"
            )
        if isinstance(schema, Mapping) and "properties" in schema and "allOf" not in schema:
            return f"{comment}export interface {text} {self._members(schema, name.module, '')}"
        return f"{comment}export type {text} = {self.expression(schema, name.module)};"

    def expression(self, schema: Any, module: str, indent: str = "") -> str:  # noqa: C901, PLR0911, PLR0912 (one branch per keyword)
        """Return a type expression for a schema of a module."""
        if schema is True or schema == {}:
            return "unknown"
        if schema is False:
            return "never"
        if "$ref" in schema:
            return self._reference(schema["$ref"], module)
        if "const" in schema:
            return json.dumps(schema["const"])
        if "enum" in schema:
            return " | ".join(json.dumps(value) for value in schema["enum"])
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                parts = [self.expression(part, module, indent) for part in schema[keyword]]
                return " | ".join(dict.fromkeys(parts))
        if "allOf" in schema:
            parts = [self.expression(part, module, indent) for part in schema["allOf"]]
            if "properties" in schema:
                parts.append(self._members(schema, module, indent))
            return " & ".join(part if " | " not in part else f"({part})" for part in parts)
        kind = schema.get("type")
        if isinstance(kind, list):
            parts = [self.expression({**schema, "type": one}, module, indent) for one in kind]
            return " | ".join(parts)
        if kind == "null":
            return "null"
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind == "array" or "items" in schema or "prefixItems" in schema:
            return self._array(schema, module, indent)
        if "properties" in schema:
            return self._members(schema, module, indent)
        if kind == "object":
            values = schema.get("additionalProperties", True)
            inner = "unknown" if values is True else self.expression(values, module, indent)
            return f"Record<string, {inner}>"
        return "unknown"

    def _array(self, schema: Mapping[str, Any], module: str, indent: str) -> str:
        if "prefixItems" in schema:
            parts = [self.expression(part, module, indent) for part in schema["prefixItems"]]
            return f"[{', '.join(parts)}]"
        return f"Array<{self.expression(schema.get('items', True), module, indent)}>"

    def _members(self, schema: Mapping[str, Any], module: str, indent: str) -> str:
        required = set(schema.get("required", ()))
        inner = indent + "  "
        lines: list[str] = []
        for name, member in schema["properties"].items():
            key = property_key(name)
            mark = "" if name in required else "?"
            lines.append(_comment(member, inner) + f"{inner}{key}{mark}: ")
            lines[-1] += f"{self.expression(member, module, inner)};"
        return "{\n" + "\n".join(lines) + f"\n{indent}}}"

    def _reference(self, reference: str, module: str) -> str:
        file, _, pointer = reference.partition("#/$defs/")
        return self.names[TypeName(file.removesuffix(".json") or module, pointer)]


def _comment(schema: Any, indent: str) -> str:
    if not isinstance(schema, Mapping) or not isinstance(schema.get("description"), str):
        return ""
    text = schema["description"].strip().replace("*/", "* /").replace("\n", f"\n{indent} * ")
    return f"{indent}/** {text} */\n"
