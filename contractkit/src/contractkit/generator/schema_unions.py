"""Unions whose discriminator says which alternative a value is: `oneOf` or `anyOf` beside it.

OpenAPI: the value of the property is the name of an alternative's schema, or a key of the mapping.
JSON Schema alone would often take a value for several alternatives, and `oneOf` refuse it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.discriminator import mapping_of, property_of, texts_of
from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError, SpecError
from contractkit.keywords import LITERALS
from contractkit.location import unescape

Place = tuple[str, tuple[str, ...]]
_FILES = (".yaml", ".yml", ".json")
_DEPTH = 8
"""How deep `allOf` is followed; a schema may contain itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the alternatives of a union are told apart: by `name`, whose values mean each of them.

    `pinned` says that the alternatives themselves allow other values of the property, too.
    """

    name: str
    alternatives: tuple[tuple[Node, tuple[str, ...]], ...]
    pinned: bool


Pins = dict[str, dict[str, tuple[Any, ...]]]
"""By reference to a schema, the properties that tell it apart and the values that mean it."""


class Unions:
    """Finds, in all loaded files, the unions that a discriminator tells apart.

    `pins` are those of the children of parents with a discriminator; alternatives are added to
    them. `families` are references to these parents, which can't be alternatives.
    """

    def __init__(self, documents: Documents, pins: Pins, families: Collection[str]) -> None:
        self._documents = documents
        self._pins = pins
        self._of_children = {reference: dict(values) for reference, values in pins.items()}
        self._families = families
        self._accepted: dict[Place, Told] = {}
        self._users: dict[tuple[str, str], list[Told]] = {}
        for told, place in self._all():
            if self._accept(told):
                self._accepted[place] = told

    def told(self, node: Node) -> Told | None:
        """Return how a union is told apart; None for any other schema, and where it can't be.

        Raises SpecError where the mapping leads nowhere, or a value means two alternatives.
        """
        told = self._accepted.get(node.place)
        if told is None and self._read(node) is not None:
            raise SpecError(
                node.location,
                "A value of the discriminator means two alternatives, here or in another union.",
                "Let each value mean the same schema wherever it is an alternative.",
            )
        return told

    def _accept(self, told: Told) -> bool:
        """Take a union in, unless a value would then mean two alternatives of some union."""
        if not told.pinned:
            return True
        merged: dict[str, tuple[Any, ...]] = {}
        users = [told]
        for node, values in told.alternatives:
            reference = node.location.reference
            known = self._pins.get(reference, {}).get(told.name, ())
            merged[reference] = tuple(dict.fromkeys((*known, *values)))
            users += self._users.get((reference, told.name), ())
        for user in users:
            places = [node.location.reference for node, _ in user.alternatives]
            held = (merged.get(p) or self._pins.get(p, {}).get(told.name, ()) for p in places)
            if not _differ(list(held)):
                return False
        for reference, values in merged.items():
            self._pins.setdefault(reference, {})[told.name] = values
            self._users.setdefault((reference, told.name), []).append(told)
        return True

    def _all(self) -> Iterator[tuple[Told, Place]]:
        if not self._documents.mentions("discriminator"):
            return
        for file in self._documents.files:
            pending = [self._documents.root(file)]
            while pending:
                node = pending.pop()
                children = list(self._documents.children(node))
                pending += [child for key, child in reversed(children) if key not in LITERALS]
                try:
                    told = self._read(node)
                except ContractKitError:
                    continue  # told where its model is made
                if told is not None:
                    yield told, node.place

    def _read(self, node: Node) -> Told | None:
        """Return how a union's own discriminator tells it apart, other unions left aside."""
        name = property_of(node.value) if isinstance(node.value, Mapping) else None
        if name is None:
            return None
        key = next((one for one in ("oneOf", "anyOf") if one in node.value), "")
        branches = [branch for _, branch in self._documents.children(node.get(key))]
        targets = [branch.followed() for branch in branches if branch.reference is not None]
        members = [
            member
            for target in targets
            if target.location.reference not in self._families
            and (member := self._member(target, name)) is not None
        ]
        places = {target.place for target in targets}
        if not len(branches) == len(places) == len(members) > 0:
            return None
        own = [texts_of(member) for member in members]
        if all(own) and _differ(own):
            return Told(name, tuple(zip(targets, own, strict=True)), pinned=False)
        values = self._values(node, branches, targets, own)
        possible = all(
            member.get("type", "string") == "string" and (not texts or set(texts) & set(meant))
            for member, texts, meant in zip(members, own, values, strict=True)
        )
        alternatives = tuple(zip(targets, values, strict=True))
        return Told(name, alternatives, pinned=True) if possible else None

    def _values(
        self, node: Node, branches: list[Node], targets: list[Node], own: list[tuple[str, ...]]
    ) -> list[tuple[str, ...]]:
        """Return the values that mean each alternative: those of the mapping, else its name.

        `own` are those that the alternatives allow; a name that is none of them means nothing.
        """
        names = [unescape(str(branch.reference).rpartition("/")[2]) for branch in branches]
        places = [target.place for target in targets]
        found: list[list[str]] = [[] for _ in targets]
        property_name = str(property_of(node.value))
        for value, written in mapping_of(node.value).items():
            text = str(written)
            if "/" not in text and "#" not in text and not text.endswith(_FILES):
                index = names.index(text) if text in names else None
            else:
                place = self._documents.lookup(text, node.location).followed().place
                index = places.index(place) if place in places else None
            if index is not None:
                found[index].append(str(value))
        return [
            tuple(given)
            or (texts if name not in texts else ())
            or self._inherited(target, property_name, name)
            for given, target, name, texts in zip(found, targets, names, own, strict=True)
        ]

    def _inherited(self, target: Node, property_name: str, name: str) -> tuple[str, ...]:
        """Return what means a child of a parent with a discriminator; for any other its name."""
        values = self._of_children.get(target.location.reference, {}).get(property_name, ())
        return tuple(value for value in values if isinstance(value, str)) or (name,)

    def _member(self, node: Node, name: str, depth: int = 0) -> Mapping[str, Any] | None:
        """Return a property of an object, its own or one of a part of its `allOf`."""
        if (
            not isinstance(node.value, Mapping)
            or {"oneOf", "anyOf"} & set(node.value)
            or depth > _DEPTH
        ):
            return None
        member = node.dig("properties", name)
        if member is not None:
            return member.value if isinstance(member.value, Mapping) else None
        parts = self._documents.children(node.get("allOf"))
        found = (self._member(part.followed(), name, depth + 1) for _, part in parts)
        return next((member for member in found if member is not None), None)


def _differ(values: list[tuple[str, ...]]) -> bool:
    """Return whether no value means two alternatives."""
    every = [value for meant in values for value in meant]
    return len(set(every)) == len(every)
