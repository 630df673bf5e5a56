"""Sorts every schema of a contract into Python modules, one per file it is written in.

The result is JSON Schema 2020-12 documents with nothing but `$defs`, which the model generator
reads; references are rewritten between them.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import UnsupportedError
from contractkit.generator.naming import pascal, snake, unique
from contractkit.location import Location, unescape
from contractkit.model.schema import Schema

_ANNOTATIONS = {"$ref", "description", "title", "summary", "examples", "example", "deprecated"}
_DEFINITION = re.compile(r"(.*/(?:\$defs|definitions|components/schemas))/([^/]+)")
_LIBRARIES = ("/$defs", "/definitions", "/components/schemas")
_FORMATS = {"date-time", "date", "uuid", "int32", "int64", "float", "double"}
_UNREADABLE = ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor")
_SUBSCHEMA = {
    "items", "additionalProperties", "additionalItems", "contains", "propertyNames", "not",
    "if", "then", "else", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
}  # fmt: skip
_SUBSCHEMA_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems", "items"}
_SUBSCHEMA_MAPS = {"properties", "patternProperties", "dependentSchemas"}


@dataclass(frozen=True, slots=True, order=True)
class TypeName:
    """A generated model: its module below `models` and its name."""

    module: str
    name: str


class SchemaModules:
    """Collects schemas; `require` names them, `documents` hands them to the model generator."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._names: dict[str, TypeName] = {}
        self._nodes: dict[TypeName, Node] = {}
        self._modules: dict[str, str] = {}
        self._outgoing: set[TypeName] = set()

    def require(self, schema: Schema, suggestion: str, *, outgoing: bool = True) -> TypeName:
        """Return the model's name for a schema; `suggestion` names one that has no name itself.

        `outgoing` schemas are written to the wire, so their secrets are not masked.
        """
        node = self._resolve(Node(schema.raw, schema.location))
        name = self._name(node, suggestion)
        if outgoing:
            self._outgoing.add(name)
        return name

    def resolve(self, schema: Schema) -> Schema:
        """Follow references that say nothing but where the schema is."""
        node = self._resolve(Node(schema.raw, schema.location))
        return Schema(node.value, node.location)

    def resolve_within(self, schema: Schema, *keys: str) -> Schema | None:
        """Return the schema below `keys`, resolved, or None."""
        node = self._documents.child(Node(schema.raw, schema.location), *keys)
        if node is None or not isinstance(node.value, Mapping | bool):
            return None
        return self.resolve(Schema(node.value, node.location))

    def modules(self) -> dict[str, dict[str, Any]]:
        """Return one JSON Schema document per module, with every definition of the files used."""
        for file in self._documents.files:
            self._library(file)
        written: dict[TypeName, Any] = {}
        edges: dict[TypeName, set[TypeName]] = {}
        while pending := [name for name in self._nodes if name not in written]:
            for name in pending:
                node = self._nodes[name]
                edges[name] = set()
                written[name] = self._rewrite(node.value, node.location, name, edges[name])
        open_names = set(self._outgoing)
        reached: set[TypeName] = set()
        while open_names:
            name = open_names.pop()
            if name not in reached:
                reached.add(name)
                open_names |= edges[name]
        result: dict[str, dict[str, Any]] = {}
        for name in sorted(written, key=lambda name: (name.module, self._nodes[name].location)):
            schema = _without_secrets(written[name]) if name in reached else written[name]
            module = result.setdefault(name.module, {"$defs": {}})
            module["$defs"][name.name] = schema
        for title, document in result.items():
            document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
            document["title"] = pascal(title)
        return dict(sorted(result.items()))

    def _resolve(self, node: Node) -> Node:
        seen: set[str] = set()
        while isinstance(node.value, Mapping) and set(node.value) <= _ANNOTATIONS:
            target = self._documents.target(node)
            if target is None or target.location.reference in seen:
                break
            seen.add(target.location.reference)
            node = target
        return node

    def _module(self, file: str) -> str:
        if file not in self._modules:
            stem = re.sub(r"\.(ya?ml|json)$", "", posixpath.basename(file))
            name = snake(stem)
            if name in self._modules.values():
                name = unique(snake(f"{posixpath.dirname(file)} {stem}"), self._modules.values())
            self._modules[file] = name
        return self._modules[file]

    def _name(self, node: Node, suggestion: str) -> TypeName:
        location = node.location
        known = self._names.get(location.reference)
        if known is not None:
            return known
        if isinstance(node.value, bool):
            raise UnsupportedError(
                location, "A boolean schema has no model.", "Write what it may hold."
            )
        match = _DEFINITION.fullmatch(location.pointer)
        if match:
            proposal = pascal(unescape(match[2]))
        elif location.pointer == "":
            title = node.value.get("title")
            proposal = pascal(title if isinstance(title, str) else self._module(location.file))
        else:
            proposal = pascal(suggestion)
        module = self._module(location.file)
        taken = {name.name for name in self._nodes if name.module == module}
        name = TypeName(module, unique(proposal, taken))
        self._names[location.reference] = name
        self._nodes[name] = node
        return name

    def _library(self, file: str) -> None:
        """Take in every definition of a file, so that its models are complete."""
        for pointer in _LIBRARIES:
            try:
                node = self._documents.at(file, pointer)
            except KeyError:
                continue
            for _, child in self._documents.children(node):
                if set(child.value) - _ANNOTATIONS:
                    self._name(child, "")

    def _rewrite(  # noqa: C901, PLR0912 (one branch per kind of keyword reads best as one list)
        self, value: Any, location: Location, owner: TypeName, edges: set[TypeName]
    ) -> Any:
        """Return a schema for the model generator; `edges` collects what it refers to."""
        if not isinstance(value, Mapping):
            return value
        for keyword in _UNREADABLE:
            if keyword in value:
                raise UnsupportedError(
                    self._below(location, keyword),
                    f"{keyword} has no generated model.",
                    "Refer with `$ref` and a JSON pointer.",
                )
        result: dict[str, Any] = {}
        for key, item in value.items():
            below = self._below(location, key)
            if key == "$ref" and isinstance(item, str):
                result[key] = self._reference(item, location, owner, edges)
            elif key in {"$schema", "$id", "$comment", "$defs", "definitions", "externalDocs"}:
                continue
            elif key == "contentSchema":
                self._rewrite(item, below, owner, edges)
            elif key == "discriminator":
                discriminator = self._discriminator(item, value, location, owner, edges)
                if discriminator:
                    result[key] = discriminator
            elif key == "format":
                if item in _FORMATS or item == "password":
                    result[key] = item
            elif key in _SUBSCHEMA_MAPS and isinstance(item, Mapping):
                result[key] = {
                    name: self._rewrite(inner, self._below(below, name), owner, edges)
                    for name, inner in item.items()
                }
            elif key in _SUBSCHEMA_LISTS and isinstance(item, list):
                target = "prefixItems" if key == "items" else key
                result[target] = [
                    self._rewrite(inner, self._below(below, str(index)), owner, edges)
                    for index, inner in enumerate(item)
                ]
            elif key in _SUBSCHEMA:
                result[key] = self._rewrite(item, below, owner, edges)
            elif not key.startswith("x-"):
                result[key] = item
        if "discriminator" not in result:
            property_name = self.tag(value, location)
            if property_name is not None:
                result["discriminator"] = {"propertyName": property_name}
        return result

    def _reference(
        self, reference: str, location: Location, owner: TypeName, edges: set[TypeName]
    ) -> str:
        node = self._resolve(self._documents.lookup(reference, location))
        tail = unescape(node.location.pointer.rpartition("/")[2])
        name = self._name(node, f"{owner.name}{pascal(tail)}")
        edges.add(name)
        file = "" if name.module == owner.module else f"{name.module}.json"
        return f"{file}#/$defs/{name.name}"

    def _discriminator(
        self,
        item: Any,
        schema: Mapping[str, Any],
        location: Location,
        owner: TypeName,
        edges: set[TypeName],
    ) -> dict[str, Any] | None:
        """Return OpenAPI's object; AsyncAPI's text is understood beside oneOf/anyOf only."""
        if isinstance(item, str):
            return {"propertyName": item} if self.tag(schema, location) == item else None
        mapping = {
            value: self._reference(reference, location, owner, edges)
            for value, reference in (item.get("mapping") or {}).items()
        }
        return {"propertyName": item["propertyName"]} | ({"mapping": mapping} if mapping else {})

    def tag(self, schema: Mapping[str, Any] | bool, location: Location) -> str | None:
        """Return the property whose constant tells the alternatives of oneOf/anyOf apart."""
        if isinstance(schema, bool):
            return None
        for key in ("oneOf", "anyOf"):
            branches = schema.get(key)
            if isinstance(branches, list) and len(branches) > 1:
                nodes = [
                    Schema(branch, self._below(location, f"{key}/{index}"))
                    for index, branch in enumerate(branches)
                    if isinstance(branch, Mapping) and "$ref" in branch
                ]
                if len(nodes) == len(branches):
                    return self.common_tag(nodes)
        return None

    def common_tag(self, schemas: list[Schema]) -> str | None:
        """Return the required property that has another constant in each of the schemas."""
        constants = [dict(self._constants(schema)) for schema in schemas]
        for name in constants[0] if constants else ():
            values = [found.get(name) for found in constants]
            if None not in values and len(set(values)) == len(values):
                return name
        return None

    def _constants(self, schema: Schema) -> Iterator[tuple[str, str]]:
        resolved = self.resolve(schema)
        if isinstance(resolved.raw, bool):
            return
        for name in resolved.raw.get("required", ()):
            member = self.resolve_within(resolved, "properties", name)
            if member is None or isinstance(member.raw, bool):
                continue
            enum = member.raw.get("enum")
            constant = member.raw.get("const", enum[0] if enum and len(enum) == 1 else None)
            if isinstance(constant, str):
                yield name, constant

    def _below(self, location: Location, *keys: str) -> Location:
        pointer = "/".join((location.pointer, *keys))
        return self._documents.source(location.file).locate(pointer)


def _without_secrets(schema: Any) -> Any:
    """Return a copy whose passwords are plain text: masking would corrupt what is sent."""
    if isinstance(schema, list):
        return [_without_secrets(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: _without_secrets(item)
        for key, item in schema.items()
        if not (key == "format" and item == "password")
    }
