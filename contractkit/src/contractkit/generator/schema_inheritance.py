"""Parents that their children extend by `allOf` and that a discriminator tells apart (OpenAPI 3).

Such a parent stands for its children and itself: its model is the union of theirs, and each one's
property is pinned to its own value. What the children share becomes a model of its own,
`<Parent>Base`, and the parent itself `<Parent>Own`.
"""

from collections.abc import Mapping
from typing import Any

from contractkit.discriminator import property_of
from contractkit.documents import Documents, Node
from contractkit.families import Child, Families
from contractkit.generator.schema_unions import Pins, Told, Unions


class Inheritance:
    """Finds the parents with a discriminator, what tells their children apart, and unions."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._families = Families(documents)
        self._pins: Pins = {}
        self._unions: Unions | None = None

    def children(self, node: Node) -> list[Child]:
        """Return the descendants of a parent, then itself; none when it is no such parent."""
        return self._families.children(node)

    def pins(self, node: Node) -> Mapping[str, tuple[Any, ...]]:
        """Return the properties that tell a child or an alternative apart, and their values."""
        self._read()
        return self._pins.get(node.location.reference, {})

    def told(self, node: Node) -> Told | None:
        """Return how a discriminator tells the alternatives of a union apart, or None.

        Raises SpecError where its mapping leads nowhere.
        """
        return self._read().told(node)

    def _read(self) -> Unions:
        if self._unions is None:
            families = self._families.all()
            self._pin(families)
            owners = {owner.location.reference for owner, _ in families}
            self._unions = Unions(self._documents, self._pins, owners)
        return self._unions

    def _pin(self, families: list[tuple[Node, list[Child]]]) -> None:
        """Pin the property of each child to its values, then that of each parent to its own."""
        for owner, family in families:
            name = str(property_of(owner.value))
            for child in family:
                if child.node.place != owner.place:
                    self._pins.setdefault(child.node.location.reference, {name: child.values})
        for owner, family in families:
            if family[-1].node.place == owner.place:
                pins = self._pins.setdefault(owner.location.reference, {})
                pins.setdefault(str(property_of(owner.value)), family[-1].values)
