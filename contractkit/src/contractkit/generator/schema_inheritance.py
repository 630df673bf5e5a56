"""Parents that their children extend by `allOf` and that a discriminator tells apart (OpenAPI 3).

Such a parent stands for its children and itself: its model is the union of theirs, and each one's
property is pinned to its own value, which the mapping or else the schema's name says (a parent
whose property can't have its own value is abstract). What the children share becomes a model of its
own, `<Parent>Base`, and the parent itself `<Parent>Own`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.generator.discriminator import mapping_of, property_of, texts_of
from contractkit.generator.schema_unions import Pins, Told, Unions
from contractkit.location import unescape

_LIBRARIES = ("/$defs", "/definitions", "/components/schemas")


@dataclass(frozen=True, slots=True)
class Child:
    """A schema that a parent stands for, and the values of the discriminator that mean it."""

    node: Node
    values: tuple[Any, ...]


class Inheritance:
    """Finds, in all loaded files, the parents with a discriminator and their descendants."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[str, list[Child]] | None = None
        self._pins: Pins = {}
        self._unions: Unions | None = None

    def children(self, node: Node) -> list[Child]:
        """Return the descendants of a parent, then itself; none when it is no such parent."""
        return self._parents().get(node.location.reference, [])

    def pins(self, node: Node) -> Mapping[str, tuple[Any, ...]]:
        """Return the properties that tell a child or an alternative apart, and their values."""
        self._parents()
        return self._pins.get(node.location.reference, {})

    def told(self, node: Node) -> Told | None:
        """Return how a discriminator tells the alternatives of a union apart, or None.

        Raises SpecError where its mapping leads nowhere.
        """
        self._parents()
        return None if self._unions is None else self._unions.told(node)

    def _parents(self) -> dict[str, list[Child]]:
        if self._known is None:
            self._known = {}
            extending: dict[str, list[Node]] = {}
            owners: list[Node] = []
            for node in self._definitions():
                told = property_of(node.value) is not None
                if told and not {"oneOf", "anyOf"} & set(node.value):
                    owners.append(node)
                for parent in self._extended(node):
                    extending.setdefault(parent.location.reference, []).append(node)
            families = {
                owner.location.reference: self._values(owner, found)
                for owner in owners
                if (found := list(self._descendants(owner, extending)))
            }
            self._known = {reference: family for reference, family in families.items() if family}
            self._pin(owners)
            self._unions = Unions(self._documents, self._pins, self._known.keys())
        return self._known

    def _definitions(self) -> Iterator[Node]:
        for file in self._documents.files:
            for pointer in _LIBRARIES:
                try:
                    library = self._documents.at(file, pointer)
                except KeyError:
                    continue
                for _, node in self._documents.children(library):
                    if isinstance(node.value, Mapping):
                        yield node

    def _extended(self, node: Node) -> Iterator[Node]:
        for _, branch in self._documents.children(self._documents.child(node, "allOf")):
            try:
                target = self._documents.target(branch)
            except ContractKitError:
                continue
            if target is not None:
                yield target

    def _descendants(self, owner: Node, extending: Mapping[str, list[Node]]) -> Iterator[Node]:
        seen = {owner.location.reference}
        pending = list(extending.get(owner.location.reference, ()))
        while pending:
            node = pending.pop(0)
            if node.location.reference in seen:
                continue
            seen.add(node.location.reference)
            yield node
            pending += extending.get(node.location.reference, ())

    def _values(self, owner: Node, found: list[Node]) -> list[Child]:
        """Return the descendants with their values, then the parent where it can have its own."""
        name = property_of(owner.value)
        if name is None:
            return []
        mapped: dict[str, list[str]] = {}
        for value, target in mapping_of(owner.value).items():
            mapped.setdefault(self._target(str(target), owner), []).append(str(value))
        raw = _member(owner, name)
        children: list[Child] = []
        for node in (*found, owner):
            own = unescape(node.location.pointer.rpartition("/")[2])
            named = [own] if node is owner else _named(node, name, own)
            texts = mapped.get(node.location.reference, named)
            values = tuple(_typed(value, raw.get("type")) for value in texts)
            if node is owner:
                values = tuple(value for value in values if _allows(raw, value))
            if values:
                children.append(Child(node, values))
        return children

    def _pin(self, owners: list[Node]) -> None:
        """Pin the property of each child to its values, then that of each parent to its own."""
        families = [
            (owner, name, self._known[owner.location.reference])
            for owner in owners
            if self._known
            and owner.location.reference in self._known
            and (name := property_of(owner.value)) is not None
        ]
        for owner, name, family in families:
            for child in family:
                if child.node is not owner:
                    self._pins.setdefault(child.node.location.reference, {name: child.values})
        for owner, name, family in families:
            if family[-1].node is owner:
                pins = self._pins.setdefault(owner.location.reference, {})
                pins.setdefault(name, family[-1].values)

    def _target(self, text: str, owner: Node) -> str:
        """Return what a value of a mapping leads to: a reference or a schema's name."""
        plain = (
            "/" not in text and "#" not in text and not text.endswith((".yaml", ".json", ".yml"))
        )
        reference = f"#{owner.location.pointer.rpartition('/')[0]}/{text}" if plain else text
        try:
            return self._documents.lookup(reference, owner.location).location.reference
        except ContractKitError:
            return ""


def _named(node: Node, name: str, own: str) -> Sequence[str]:
    """Return what means a schema without a mapping: its name, unless it has a constant instead."""
    composed = node.get("allOf")
    parts = [node, *(composed.elements() if composed is not None else ())]
    for part in parts:
        texts = () if part.reference is not None else texts_of(_member(part, name))
        if texts and own not in texts:
            return texts
    return [own]


def _typed(value: str, kind: Any) -> Any:
    """Return a value of a mapping, whose keys are always text, as the property has it."""
    if kind == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    return value == "true" if kind == "boolean" and value in {"true", "false"} else value


def _member(owner: Node, name: str) -> Mapping[str, Any]:
    """Return the schema of a parent's property; an empty one where it can't be read."""
    try:
        member = owner.dig("properties", name)
    except ContractKitError:
        return {}
    return member.value if member is not None and isinstance(member.value, Mapping) else {}


def _allows(member: Mapping[str, Any], value: Any) -> bool:
    """Return whether a property may have a value, by its type, its choice and its constant."""
    kinds = {"string": str, "boolean": bool, "integer": int}
    kind = member.get("type")
    if isinstance(kind, str) and not isinstance(value, kinds.get(kind, object)):
        return False
    choice = member.get("enum", [member["const"]] if "const" in member else [value])
    return not isinstance(choice, list) or value in choice
