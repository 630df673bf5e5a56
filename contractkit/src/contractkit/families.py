"""Families: schemas with a discriminator that others extend by `allOf` (OpenAPI 3, AsyncAPI).

Each child has its own values of the property: those of the mapping, else its constant, else its
name. A parent whose property can't have its own value is abstract.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contractkit.discriminator import mapping_of, property_of, texts_of
from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.location import unescape

_LIBRARIES = ("/$defs", "/definitions", "/components/schemas")
Place = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Child:
    """A schema that a parent stands for, and the values of the discriminator that mean it."""

    node: Node
    values: tuple[Any, ...]


class Families:
    """Finds, in all loaded files, the parents with a discriminator and their descendants."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[Place, list[Child]] | None = None
        self._owners: list[Node] = []

    def children(self, node: Node) -> list[Child]:
        """Return the descendants of a parent, then itself; none when it is no such parent."""
        return self._families().get(node.place, [])

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all components."""
        return frozenset(node.name for node in self._definitions())

    @cached_property
    def _aliased(self) -> frozenset[Place]:
        targets = (self._target_of(node) for node in self._definitions())
        return frozenset(target.place for target in targets if target is not None)

    def _target_of(self, node: Node) -> Node | None:
        """Return what a node refers to, or None where it refers to nothing that can be read."""
        try:
            return self._documents.target(node)
        except ContractKitError:
            return None

    def has_alias(self, node: Node) -> bool:
        """Return whether a component has another name: one that only refers to it."""
        return node.place in self._aliased

    def all(self) -> list[tuple[Node, list[Child]]]:
        """Return the parents with their families, in the order of the files."""
        families = self._families()
        return [(owner, families[owner.place]) for owner in self._owners]

    def _families(self) -> dict[Place, list[Child]]:
        if self._known is None:
            self._known = {}
            extending: dict[Place, list[Node]] = {}
            owners: list[Node] = []
            for node in self._definitions():
                told = property_of(node.value) is not None
                if told and not {"oneOf", "anyOf"} & set(node.value):
                    owners.append(node)
                for parent in self._extended(node):
                    extending.setdefault(parent.place, []).append(node)
            for owner in owners:
                found = list(self._descendants(owner, extending))
                if found and (family := self._values(owner, found)):
                    self._known[owner.place] = family
                    self._owners.append(owner)
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
            target = self._target_of(branch)
            if target is not None:
                yield target

    def _descendants(self, owner: Node, extending: Mapping[Place, list[Node]]) -> Iterator[Node]:
        seen = {owner.place}
        pending = list(extending.get(owner.place, ()))
        while pending:
            node = pending.pop(0)
            if node.place in seen:
                continue
            seen.add(node.place)
            yield node
            pending += extending.get(node.place, ())

    def _values(self, owner: Node, found: list[Node]) -> list[Child]:
        """Return the descendants with their values, then the parent where it can have its own."""
        name = property_of(owner.value)
        if name is None:
            return []
        mapped: dict[Place | None, list[str]] = {}
        for value, target in mapping_of(owner.value).items():
            mapped.setdefault(self._target(str(target), owner), []).append(str(value))
        raw = _member(owner, name)
        children: list[Child] = []
        for node in (*found, owner):
            own = unescape(node.location.pointer.rpartition("/")[2])
            named = [own] if node is owner else _named(node, name, own)
            texts = mapped.get(node.place, named)
            values = tuple(_typed(value, raw.get("type")) for value in texts)
            if node is owner:
                values = tuple(value for value in values if _allows(raw, value))
            if values:
                children.append(Child(node, values))
        return children

    def _target(self, text: str, owner: Node) -> Place | None:
        """Return what a value of a mapping leads to: a reference or a schema's name."""
        plain = (
            "/" not in text and "#" not in text and not text.endswith((".yaml", ".json", ".yml"))
        )
        reference = f"#{owner.location.pointer.rpartition('/')[0]}/{text}" if plain else text
        try:
            return self._documents.lookup(reference, owner.location).place
        except ContractKitError:
            return None


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
