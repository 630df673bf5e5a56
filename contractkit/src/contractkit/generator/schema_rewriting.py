"""Rewrites one schema for the model generator, keyword by keyword, references between modules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contractkit.documents import Node
from contractkit.errors import SpecError, UnsupportedError
from contractkit.generator.modelled_schema import modelled
from contractkit.generator.naming import pascal
from contractkit.generator.schema_keywords import LISTS, MAPS, ONE, UNREADABLE
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.location import Location, escape, unescape

_BESIDE_REFERENCE = {"$ref", "description", "default", "examples", "deprecated", "title"}


@dataclass(slots=True)
class Rewriting:
    """The rewriting of one definition; `edges` are the types that it refers to."""

    modules: SchemaModules
    owner: TypeName
    edges: set[TypeName] = field(default_factory=set)

    def definition(self, node: Node) -> Any:
        """Return a named schema: a union of its children when it is a parent of `allOf`."""
        variant = self.modules.variant_of(self.owner)
        children = [] if variant.base else self.modules.inheritance.children(node)
        if children:
            return self._union(node, [child.node for child in children])
        schema = self.schema(node.value, node.location)
        pin = self.modules.inheritance.pin(node)
        if pin is None or not isinstance(schema, dict):
            return schema
        name, values = pin
        value = {"const": values[0]} if len(values) == 1 else {"enum": list(values)}
        pinned = {"properties": {name: {"type": "string", **value}}, "required": [name]}
        if "allOf" in schema:
            for part in (*schema["allOf"], schema):
                part.get("properties", {}).pop(name, None)
            return {**schema, "allOf": [*schema["allOf"], {"type": "object", **pinned}]}
        return schema

    def _union(self, node: Node, children: list[Node]) -> dict[str, Any]:
        """Return the union of a parent's children, told apart by its discriminator."""
        name = str(node.value["discriminator"]["propertyName"])
        references = [self._to(child, concrete=True) for child in children]
        mapping: dict[str, str] = {}
        for child, reference in zip(children, references, strict=True):
            pin = self.modules.inheritance.pin(child)
            for value in pin[1] if pin is not None and pin[0] == name else ():
                mapping.setdefault(value, reference)
        found: dict[str, Any] = {"oneOf": [{"$ref": reference} for reference in references]}
        if len(references) == 1:
            found = {"allOf": [{"$ref": references[0]}]}
        elif len(set(mapping.values())) == len(references):
            found["discriminator"] = {"propertyName": name, "mapping": mapping}
        if isinstance(node.value.get("description"), str):
            found["description"] = node.value["description"]
        return found

    def schema(self, value: Any, location: Location) -> Any:
        """Return a schema or boolean; raises UnsupportedError for what has no model."""
        if not isinstance(value, Mapping):
            return value if isinstance(value, bool) else {}
        self._refuse(value, location)
        value = self.modules.seen_from(self.owner, value, location)
        plain = modelled(value)
        if "default" in plain and not self.modules.accepts_default(plain["default"], location):
            del plain["default"]
        if isinstance(plain.get("$ref"), str):
            plain = {key: item for key, item in plain.items() if key in _BESIDE_REFERENCE}
        result: dict[str, Any] = {}
        for key, item in plain.items():
            rewrite = _KEYWORDS.get(key)
            found = item
            if rewrite is not None:
                found = rewrite(self, item, self._below(location, key), value)
            if found is not None:
                result[key] = found
        if "discriminator" not in result:
            property_name = self.modules.tag(value, location)
            if property_name is not None:
                result["discriminator"] = {"propertyName": property_name}
        return result

    def _refuse(self, value: Mapping[str, Any], location: Location) -> None:
        """Raise UnsupportedError for keywords that change what a reference means."""
        for keyword in UNREADABLE:
            if keyword in value:
                raise UnsupportedError(
                    self._below(location, keyword),
                    f"{keyword} has no generated model.",
                    "Refer with `$ref` and a JSON pointer.",
                )
        if "contentSchema" in value:
            self.schema(value["contentSchema"], self._below(location, "contentSchema"))

    def reference(self, text: Any, location: Location, _: Any = None) -> str | None:
        """Return a reference between the modules to what `text` means here."""
        if not isinstance(text, str):
            return None
        return self._to(self.modules.lookup(text, location))

    def _to(self, node: Node, *, concrete: bool = False, base: bool = False) -> str:
        """Return the reference to a definition; `base` to what the children of a parent share."""
        tail = unescape(node.location.pointer.rpartition("/")[2])
        suggestion = f"{self.owner.name}{pascal(tail)}"
        is_parent = bool(self.modules.inheritance.children(node))
        name = self.modules.refer(
            self.owner, node, suggestion, base=(concrete or base) and is_parent
        )
        self.edges.add(name)
        file = "" if name.module == self.owner.module else f"{name.module}.json"
        return f"{file}#/$defs/{name.name}"

    def one(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite a keyword that holds one schema."""
        return self.schema(item, location)

    def many(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite a keyword that holds a list of schemas; `items` may hold a single one."""
        if not isinstance(item, list):
            return self.schema(item, location)
        return [
            self.schema(inner, self._below(location, str(index)))
            for index, inner in enumerate(item)
        ]

    def all_of(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite `allOf`: a parent that stands for its children is extended by its base."""
        found: list[Any] = []
        for index, inner in enumerate(item):
            place = self._below(location, str(index))
            reference = inner.get("$ref") if isinstance(inner, Mapping) else None
            if not isinstance(reference, str):
                found.append(self.schema(inner, place))
                continue
            found.append({"$ref": self._to(self.modules.lookup(reference, place), base=True)})
        return found

    def named(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite a keyword that holds schemas by name."""
        if not isinstance(item, Mapping):
            return None
        return {
            str(name): self.schema(inner, self._below(location, escape(str(name))))
            for name, inner in item.items()
        }

    def discriminator(
        self, item: Any, location: Location, schema: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return OpenAPI's object; AsyncAPI's text is understood beside oneOf/anyOf only."""
        if not {"oneOf", "anyOf"} & set(schema):
            return None
        if isinstance(item, str):
            return {"propertyName": item} if self.modules.tag(schema, location) == item else None
        if not isinstance(item, Mapping) or not isinstance(item.get("propertyName"), str):
            return None
        if not self.modules.discriminates(schema, location, item["propertyName"]):
            return None
        mapping: dict[str, str] = {}
        given = item.get("mapping")
        for value, text in (given if isinstance(given, Mapping) else {}).items():
            if "/" in str(text) or "#" in str(text):
                try:
                    mapping[str(value)] = self._to(self.modules.lookup(str(text), location))
                except SpecError:
                    return None
        return {"propertyName": item["propertyName"]} | ({"mapping": mapping} if mapping else {})

    def _below(self, location: Location, *keys: str) -> Location:
        return self.modules.below(location, *keys)


_Rewrite = Callable[[Rewriting, Any, Location, Mapping[str, Any]], Any]

_KEYWORDS: Final[Mapping[str, _Rewrite]] = {
    **dict.fromkeys(ONE, Rewriting.one),
    **dict.fromkeys(LISTS, Rewriting.many),
    **dict.fromkeys(MAPS, Rewriting.named),
    "allOf": Rewriting.all_of,
    "$ref": Rewriting.reference,
    "discriminator": Rewriting.discriminator,
}
