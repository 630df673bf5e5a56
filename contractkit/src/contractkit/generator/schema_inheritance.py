"""Parents that their children extend by `allOf` and that a discriminator tells apart (OpenAPI 3).

Such a parent stands for its children: its model is the union of theirs, and each child's property
is pinned to its own value. What the children share becomes a model of its own, `<Parent>Base`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.generator.schema_unions import Pins, Told, Unions
from contractkit.location import unescape

_LIBRARIES = ("/$defs", "/definitions", "/components/schemas")


@dataclass(frozen=True, slots=True)
class Child:
    """A schema that extends a parent, and the values of the discriminator that mean it."""

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
        """Return the descendants of a parent; none when the schema is no such parent."""
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
                told = isinstance(node.value.get("discriminator"), Mapping)
                if told and not {"oneOf", "anyOf"} & set(node.value):
                    owners.append(node)
                for parent in self._extended(node):
                    extending.setdefault(parent.location.reference, []).append(node)
            for owner in owners:
                found = list(self._descendants(owner, extending))
                if found:
                    self._take(owner, found)
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

    def _take(self, owner: Node, found: list[Node]) -> None:
        discriminator = owner.value["discriminator"]
        name = discriminator.get("propertyName")
        if not isinstance(name, str):
            return
        mapped: dict[str, list[str]] = {}
        mapping = discriminator.get("mapping")
        for value, target in (mapping if isinstance(mapping, Mapping) else {}).items():
            mapped.setdefault(self._target(str(target), owner), []).append(str(value))
        member = owner.value.get("properties", {}).get(name, {})
        kind = member.get("type") if isinstance(member, Mapping) else None
        children: list[Child] = []
        for node in found:
            reference = node.location.reference
            own = unescape(node.location.pointer.rpartition("/")[2])
            values = tuple(_typed(value, kind) for value in mapped.get(reference, [own]))
            children.append(Child(node, values))
            self._pins.setdefault(reference, {name: values})
        if self._known is not None:
            self._known[owner.location.reference] = children

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


def _typed(value: str, kind: Any) -> Any:
    """Return a value of a mapping, whose keys are always text, as the property has it."""
    if kind == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    return value == "true" if kind == "boolean" and value in {"true", "false"} else value
