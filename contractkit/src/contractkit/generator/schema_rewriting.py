"""Rewrites one schema for the model generator, keyword by keyword, references between modules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contractkit.discriminator import property_of
from contractkit.documents import Node, made
from contractkit.errors import UnsupportedError
from contractkit.generator.modelled_schema import modelled
from contractkit.generator.schema_forms import (
    OPEN,
    as_choice,
    complete,
    is_choice,
    is_date,
    is_free,
    member_names,
    opened,
    opens,
    pinned,
    without_members,
)
from contractkit.generator.schema_kinds import of_its_kinds
from contractkit.generator.schema_modules import Part, SchemaModules, TypeName
from contractkit.keywords import LISTS, MAPS, ONE, UNREADABLE, declared_types
from contractkit.location import Location, escape, unescape
from contractkit.naming import pascal

_BESIDE_REFERENCE = {"$ref", "description", "default", "examples", "deprecated", "title"}


@dataclass(slots=True)
class Rewriting:
    """The rewriting of one definition; `edges` are the types that it refers to.

    `copying` are the schemas whose members are being taken over, by reference.
    """

    modules: SchemaModules
    owner: TypeName
    edges: set[TypeName] = field(default_factory=set)
    copying: set[str] = field(default_factory=set)

    def definition(self, node: Node) -> Any:
        """Return a named schema: a union of its children when it is a parent of `allOf`."""
        part = self.modules.variant_of(self.owner).part
        children = self.modules.inheritance.children(node) if part is Part.WHOLE else []
        if children:
            return self._union(node, [child.node for child in children])
        schema = complete(self.schema(node.value, node.location))
        if isinstance(schema, dict):
            for name, values in self._pins(node).items():
                schema = pinned(schema, name, values)
            if is_free(schema):
                schema["additionalProperties"] = {}  # a class without members would keep nothing
            schema.pop("default", None)  # `_with_default` gives it to the members that refer here
            schema.pop("deprecated", None)  # Pydantic knows fields that are, and warns of types
            if self._holds_itself(schema.get("items")):
                return as_choice(schema)
        return schema

    def _holds_itself(self, items: Any) -> bool:
        """Return whether the items of a list, or of lists in it, are the owner itself."""
        while isinstance(items, dict) and "$ref" not in items:
            items = items.get("items")
        own = f"#/$defs/{self.owner.name}"
        return isinstance(items, dict) and items["$ref"] == own

    def _pins(self, node: Node) -> Mapping[str, tuple[Any, ...]]:
        """Return what tells the owner apart, if `node` is its schema."""
        base = self.modules.variant_of(self.owner).part is Part.BASE
        own = self.modules.nodes[self.owner].place == node.place
        return self.modules.inheritance.pins(node) if own and not base else {}

    def _union(self, node: Node, children: list[Node]) -> dict[str, Any]:
        """Return the union of a parent's children, told apart by its discriminator."""
        name = str(property_of(node.value))
        references = [self._to(child, self._own_part(child)) for child in children]
        mapping: dict[str, str] = {}
        for child, reference in zip(children, references, strict=True):
            for value in self.modules.inheritance.pins(child).get(name, ()):
                mapping.setdefault(str(value), reference)
        found: dict[str, Any] = {"oneOf": [{"$ref": reference} for reference in references]}
        if len(references) == 1:
            found = {"allOf": [{"$ref": references[0]}]}
        elif len(set(mapping.values())) == len(references) and self._are_texts(children, name):
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
        if isinstance(default := plain.get("default"), float) and plain.get("type") == "integer":
            plain["default"] = int(default)
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
        node = made(self.modules.documents, location, value)
        beside = self.modules.overlaps.holds(node)
        found = opened({"additionalProperties": True, **result} if beside else result)
        return of_its_kinds(found, node) if "allOf" in found else found

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

    def _own_part(self, node: Node) -> Part:
        """Return the part that is a schema itself, without those that extend it."""
        return Part.OWN if self.modules.inheritance.children(node) else Part.WHOLE

    def _are_texts(self, children: list[Node], name: str) -> bool:
        pins = [self.modules.inheritance.pins(child).get(name, (None,)) for child in children]
        return all(isinstance(values[0], str) for values in pins)

    def _to(self, node: Node, part: Part = Part.WHOLE) -> str:
        """Return the reference to a definition, or to a part of it."""
        tail = unescape(node.location.pointer.rpartition("/")[2])
        name = self.modules.refer(self.owner, node, f"{self.owner.name}{pascal(tail)}", part)
        self.edges.add(name)
        file = "" if name.module == self.owner.module else f"{name.module}.json"
        return f"{file}#/$defs/{name.name}"

    def one(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite a keyword that holds one schema."""
        return self._within(item, location)

    def _within(self, item: Any, location: Location) -> Any:
        """Rewrite a schema within another: an extended class with further members has a name."""
        found = complete(self.schema(item, location))
        parts = found.get("allOf", ()) if isinstance(found, dict) else ()
        if len(parts) != 1 or found.get("additionalProperties") is not True:
            return found
        beside = {key: found[key] for key in _BESIDE_REFERENCE & found.keys()}
        return {**beside, "$ref": self._to(made(self.modules.documents, location, item))}

    def many(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite a keyword that holds a list of schemas; `items` may hold a single one."""
        if not isinstance(item, list):
            return self._within(item, location)
        return [
            self._within(inner, self._below(location, str(index)))
            for index, inner in enumerate(item)
        ]

    def alternatives(self, item: Any, location: Location, schema: Mapping[str, Any]) -> Any:
        """Rewrite `anyOf` or `oneOf`: dates last, as Pydantic takes midnight's text for a date.

        Null stands in it once; of two nulls the model generator makes Any.
        """
        found = self.many(item, location, schema)
        written = list(made(self.modules.documents, location, item).elements())
        order = sorted(range(len(found)), key=lambda i: is_date(written[i].followed().value))
        nulls = [index for index in order if declared_types(found[index]) == {"null"}]
        return [found[index] for index in order if index not in nulls[1:]]

    def all_of(self, item: Any, location: Location, schema: Mapping[str, Any]) -> Any:
        """Rewrite `allOf`: a parent that stands for its children is extended by its base.

        A parent of which members are described again is not inherited from but copied, without
        these members: a class must not give a field another type than its base.
        """
        again = set(member_names(schema)).union(*(member_names(part) for part in item))
        pins = self._pins(made(self.modules.documents, self._above(location), schema))
        found: list[Any] = []
        for index, inner in enumerate(item):
            place = self._below(location, str(index))
            reference = inner.get("$ref") if isinstance(inner, Mapping) else None
            if not isinstance(reference, str):
                found.append(dict(OPEN) if opens(inner) else self.schema(inner, place))
                continue
            target = self.modules.lookup(reference, place)
            if self._extends(target, self._above(location)):
                raise UnsupportedError(
                    place,
                    f"The schema extends itself by way of {target.name}.",
                    "Leave one of the references out of `allOf`.",
                )
            if opens(target.value):
                found.append(dict(OPEN))
                continue
            narrowed = again | {name for name in pins if is_choice(target, name)}
            if narrowed & set(member_names(target.value)):
                copied = self._copied(target, place)
                members = copied.get("properties", {})
                kept = {name: value for name, value in members.items() if name not in narrowed}
                found.append({**copied, "properties": kept} if kept else without_members(copied))
            else:
                inheritance = self.modules.inheritance
                split = bool(inheritance.children(target) or inheritance.pins(target))
                part = Part.BASE if split else Part.WHOLE
                found.append({"$ref": self._to(target, part)})
        return found

    def _extends(self, node: Node, ancestor: Location) -> bool:
        """Return whether a schema extends the one at `ancestor`, directly or through others."""
        pending, seen = [node], {node.place}
        while pending:
            extended = pending.pop().get("allOf")
            for branch in extended.elements() if extended else ():
                reference = branch.reference
                if reference is None:
                    continue
                target = self.modules.lookup(reference, branch.location)
                if target.location.reference == ancestor.reference:
                    return True
                if target.place not in seen:
                    seen.add(target.place)
                    pending.append(target)
        return False

    def _copied(self, target: Node, place: Location) -> Any:
        """Return the rewritten schema of a target. Raises UnsupportedError where it is in it."""
        reference = target.location.reference
        if reference in self.copying:
            raise UnsupportedError(
                place, "The schema extends itself.", "Leave the reference to itself out of `allOf`."
            )
        self.copying.add(reference)
        try:
            return self.schema(target.value, target.location)
        finally:
            self.copying.discard(reference)

    def named(self, item: Any, location: Location, _: Any) -> Any:
        """Rewrite a keyword that holds schemas by name."""
        if not isinstance(item, Mapping):
            return None
        return {
            str(name): self._with_default(inner, self._below(location, escape(str(name))))
            for name, inner in item.items()
        }

    def _with_default(self, value: Any, location: Location) -> Any:
        """Return a member's schema with the default of the text, number or choice it refers to."""
        schema = self._within(value, location)
        if not isinstance(schema, dict) or "$ref" not in value or "default" in schema:
            return schema
        target = self.modules.lookup(value["$ref"], self._below(location, "$ref"))
        default = target.value.get("default") if isinstance(target.value, Mapping) else None
        if isinstance(default, Mapping | list | None):
            return schema
        accepted = self.modules.passes(default, target.location)
        return {**schema, "default": default} if accepted else schema

    def discriminator(
        self, item: Any, location: Location, schema: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return OpenAPI's object beside oneOf or anyOf; AsyncAPI's text, too, becomes one."""
        if not {"oneOf", "anyOf"} & set(schema) or property_of({"discriminator": item}) is None:
            return None
        told = self.modules.told(schema, self._above(location))
        if told is None:
            return None
        mapping = {
            str(value): self._to(node, self._own_part(node))
            for node, values in told.alternatives
            for value in self.modules.inheritance.pins(node).get(told.name, values)
        }
        return {"propertyName": told.name, "mapping": mapping}

    def _above(self, location: Location) -> Location:
        source = self.modules.documents.source(location.file)
        return source.locate(location.pointer.rpartition("/")[0])

    def _below(self, location: Location, *keys: str) -> Location:
        return self.modules.below(location, *keys)


_Rewrite = Callable[[Rewriting, Any, Location, Mapping[str, Any]], Any]

_KEYWORDS: Final[Mapping[str, _Rewrite]] = {
    **dict.fromkeys(ONE, Rewriting.one),
    **dict.fromkeys(LISTS, Rewriting.many),
    **dict.fromkeys(MAPS, Rewriting.named),
    **dict.fromkeys(("anyOf", "oneOf"), Rewriting.alternatives),
    "allOf": Rewriting.all_of,
    "$ref": Rewriting.reference,
    "discriminator": Rewriting.discriminator,
}
