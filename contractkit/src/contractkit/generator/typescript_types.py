"""TypeScript types for the schema modules; property names stay as they are on the wire."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from contractkit.generator.modelled_schema import FURTHER, VALUES
from contractkit.generator.prose import prose
from contractkit.generator.schema_modules import TypeName
from contractkit.naming import pascal, unique
from contractkit.typescript_names import property_key

_GLOBALS = {
    "Array", "Blob", "ArrayBuffer", "Uint8Array", "FormData", "URLSearchParams", "Promise",
    "Response", "Record", "Error", "AbortSignal", "Set", "ReadonlySet", "AsyncGenerator",
}  # fmt: skip
"""Types that the package's code needs under their own names."""
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean",
            "null": "null"}  # fmt: skip


class TypeScriptTypes:
    """Names and writes one TypeScript type per schema of the modules."""

    def __init__(
        self,
        modules: Mapping[str, Mapping[str, Any]],
        *,
        int64: str = "number",
        reserved: Collection[str] = (),
    ) -> None:
        self._modules = modules
        self.int64 = int64
        self.names: dict[TypeName, str] = {}
        self._constants: set[str] = set()
        taken = set(reserved) | _GLOBALS
        for module, document in modules.items():
            for name in document["$defs"]:
                chosen = name
                if name in taken:
                    chosen = unique(f"{pascal(module)}{name}", taken)
                taken.add(chosen)
                self.names[TypeName(module, name)] = chosen

    @classmethod
    def unnamed(cls) -> "TypeScriptTypes":
        """Return types without names, for a plan of what will need one."""
        types = cls({})
        types.names = defaultdict(str)
        return types

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
            plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).upper()
            constant = unique(plain, self._constants)
            self._constants.add(constant)
            return (
                f"{comment}export const {constant}: readonly [{values}] = [{values}];\n"
                f"{comment}export type {text} = (typeof {constant})[number];"
            )
        plain_object = isinstance(schema, Mapping) and "properties" in schema
        if plain_object and not {"allOf", "oneOf", "anyOf", "$ref"} & set(schema):
            return f"{comment}export interface {text} {self._members(schema, name.module, '')}"
        return f"{comment}export type {text} = {self.expression(schema, name.module)};"

    def expression(self, schema: Any, module: str, indent: str = "") -> str:
        """Return a type expression for a schema of a module."""
        if schema is True or schema == {}:
            return "unknown"
        if schema is False:
            return "never"
        for keyword, write in _APPLIED.items():
            if keyword in schema:
                return write(self, schema, module, indent)
        return self._typed(schema, module, indent)

    def refer(self, schema: Mapping[str, Any], module: str, _: str) -> str:
        """Return the name of what a reference leads to."""
        return self._reference(schema["$ref"], module)

    def constant(self, schema: Mapping[str, Any], _: str, __: str) -> str:
        """Return the one value as a type."""
        return json.dumps(schema["const"])

    def enumeration(self, schema: Mapping[str, Any], _: str, __: str) -> str:
        """Return the values as types."""
        values = schema.get(VALUES) or schema["enum"]
        return " | ".join(json.dumps(value) for value in values)

    def one_of(self, schema: Mapping[str, Any], module: str, indent: str) -> str:
        """Return the alternatives, each with the members that stand beside them."""
        key = "oneOf" if "oneOf" in schema else "anyOf"
        parts = [self.expression(part, module, indent) for part in schema[key]]
        union = " | ".join(dict.fromkeys(parts))
        if "properties" not in schema and "allOf" not in schema:
            return union
        rest = {k: v for k, v in schema.items() if k not in {"oneOf", "anyOf", "discriminator"}}
        own = self.expression(rest, module, indent)
        return f"({union}) & {f'({own})' if ' | ' in own else own}"

    def all_of(self, schema: Mapping[str, Any], module: str, indent: str) -> str:
        """Return the intersection of the parts."""
        parts = [self.expression(part, module, indent) for part in schema["allOf"]]
        if "properties" in schema:
            parts.append(self._members(schema, module, indent))
        if schema.get("additionalProperties", False) is not False:
            parts.append("{ [key: string]: unknown }")
        known = [part for part in parts if part != "unknown"] or ["unknown"]
        return " & ".join(f"({part})" if " | " in part else part for part in known)

    def _typed(self, schema: Mapping[str, Any], module: str, indent: str) -> str:
        """Return the type that `type` names, or that the keywords are of."""
        kind = schema.get("type")
        if isinstance(kind, list):
            parts = [self.expression({**schema, "type": one}, module, indent) for one in kind]
            return " | ".join(dict.fromkeys(parts))
        if kind == "integer" and schema.get("format") == "int64":
            return self.int64
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind == "array" or "items" in schema or "prefixItems" in schema:
            return self._array(schema, module, indent)
        if "properties" in schema:
            return self._members(schema, module, indent)
        return self._map(schema, module, indent) if _is_map(schema) else "unknown"

    def _map(self, schema: Mapping[str, Any], module: str, indent: str) -> str:
        """Return an index signature; an alias of it may be recursive, one of Record may not."""
        values = schema.get("additionalProperties", True)
        inner = "unknown" if values is True else self.expression(values, module, indent)
        return f"{{ [key: string]: {inner} }}"

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
        if schema.get(FURTHER):
            lines.append(f"{inner}[key: string]: unknown;")
        return "{\n" + "\n".join(lines) + f"\n{indent}}}"

    def _reference(self, reference: str, module: str) -> str:
        file, _, pointer = reference.partition("#/$defs/")
        return self.names[TypeName(file.removesuffix(".json") or module, pointer)]


def _is_map(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object" or "additionalProperties" in schema


_Write = Callable[[TypeScriptTypes, Mapping[str, Any], str, str], str]

_APPLIED: Final[Mapping[str, _Write]] = {
    "$ref": TypeScriptTypes.refer,
    VALUES: TypeScriptTypes.enumeration,
    "const": TypeScriptTypes.constant,
    "enum": TypeScriptTypes.enumeration,
    "oneOf": TypeScriptTypes.one_of,
    "anyOf": TypeScriptTypes.one_of,
    "allOf": TypeScriptTypes.all_of,
}
"""Keywords that say more than the type beside them, the first that is there decides."""


def _comment(schema: Any, indent: str) -> str:
    if not isinstance(schema, Mapping) or not isinstance(schema.get("description"), str):
        return ""
    text = prose(schema["description"]).strip().replace("*/", "* /").replace("\n", f"\n{indent} * ")
    return f"{indent}/** {text} */\n"
