"""How the two sides of an exchange see a schema: `readOnly` and `writeOnly` members.

OpenAPI 3.1: a `readOnly` member is not sent in requests, a `writeOnly` one not in responses; both
are required, where they are, only of the other side.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.keywords import LISTS, MAPS, ONE


class Direction(Enum):
    """What a schema describes: a request, a response, or either."""

    BOTH = ""
    REQUEST = "readOnly"
    RESPONSE = "writeOnly"

    @property
    def suffix(self) -> str:
        """What the names of models of one side end with."""
        return "" if self is Direction.BOTH else self.name.title()

    @property
    def hidden(self) -> str:
        """The keyword of members that this side does not see."""
        return self.value


class Views:
    """Decides which schemas differ between the sides, and what one side sees of a schema."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._marked: dict[str, bool] = {}
        self._known: dict[tuple[str, Direction], bool] = {}

    def differs(self, node: Node, direction: Direction) -> bool:
        """Return whether something that `node` consists of is hidden from one side."""
        if direction is Direction.BOTH or not self._any(direction):
            return False
        key = (node.location.reference, direction)
        if key not in self._known:
            self._known[key] = self._search(node, direction)
        return self._known[key]

    def seen(self, node: Node, direction: Direction) -> Mapping[str, Any]:
        """Return a schema without the members that are hidden from one side."""
        value: Mapping[str, Any] = node.value
        if direction is Direction.BOTH or not isinstance(value.get("properties"), Mapping):
            return value
        hidden = {
            name
            for name, _ in value["properties"].items()
            if self._hides(self._documents.child(node, "properties", name), direction)
        }
        if not hidden:
            return value
        required = value.get("required")
        return {
            **value,
            "properties": {k: v for k, v in value["properties"].items() if k not in hidden},
            "required": [n for n in required if n not in hidden]
            if isinstance(required, list)
            else [],
        }

    def _hides(self, member: Node | None, direction: Direction) -> bool:
        if member is None or not isinstance(member.value, Mapping):
            return False
        if member.value.get(direction.hidden) is True:
            return True
        try:
            target = self._documents.follow(member)
        except ContractKitError:
            return False
        return isinstance(target.value, Mapping) and target.value.get(direction.hidden) is True

    def _any(self, direction: Direction) -> bool:
        """Return whether the keyword is used anywhere; a contract without it is not walked."""
        for file in self._documents.files:
            key = f"{direction.hidden} {file}"
            if key not in self._marked:
                ending = f"/{direction.hidden}"
                positions = self._documents.source(file).positions
                self._marked[key] = any(pointer.endswith(ending) for pointer in positions)
            if self._marked[key]:
                return True
        return False

    def _search(self, start: Node, direction: Direction) -> bool:
        seen: set[str] = set()
        pending = [start]
        while pending:
            node = pending.pop()
            if node.location.reference in seen or not isinstance(node.value, Mapping):
                continue
            seen.add(node.location.reference)
            if node.value.get(direction.hidden) is True:
                return True
            pending += self._below(node)
        return False

    def _below(self, node: Node) -> Iterator[Node]:
        try:
            target = self._documents.target(node)
        except ContractKitError:
            target = None
        if target is not None:
            yield target
        for key in ONE | LISTS | MAPS:
            child = self._documents.child(node, key)
            if child is None:
                continue
            if isinstance(child.value, list) or key in MAPS:
                yield from (inner for _, inner in self._documents.children(child))
            else:
                yield child
