"""A value in the documents of a contract and where it stands; it walks keys and references."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contractkit.errors import SpecError
from contractkit.location import Location, escape, unescape

if TYPE_CHECKING:
    from contractkit.documents import Documents
    from contractkit.model.schema import Schema

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value and where it stands. Nodes with equal `place` are the same within a revision."""

    documents: "Documents"
    file: str
    path: Path
    value: Any

    @property
    def place(self) -> tuple[str, Path]:
        """The identity of the node within its revision."""
        return self.file, self.path

    @property
    def pointer(self) -> str:
        """The RFC 6901 pointer in the file."""
        return "".join(f"/{escape(part)}" for part in self.path)

    @property
    def name(self) -> str:
        """The last key, which for a component is its name."""
        return self.path[-1] if self.path else self.file

    @property
    def location(self) -> Location:
        """File, line, column and pointer."""
        return self.documents.source(self.file).locate(self.pointer)

    def child(self, key: str | int) -> "Node":
        """Return the value under a key or index that exists."""
        return Node(self.documents, self.file, (*self.path, str(key)), self.value[key])

    def get(self, key: str) -> "Node | None":
        """Return the value under a key, or None when this is no object or has no such key."""
        if isinstance(self.value, dict) and key in self.value:
            return self.child(key)
        return None

    def text(self, key: str, default: str = "") -> str:
        """Return the string under a key, or the default."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else default

    def dig(self, *keys: str) -> "Node | None":
        """Return the value down a path of keys, following references on the way, or None."""
        node: Node | None = self.followed()
        for key in keys:
            node = node.get(key) if node else None
            node = node.followed() if node else None
        return node

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the members of an object, in order; nothing for other values."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield str(key), self.child(key)

    def elements(self) -> list["Node"]:
        """Return the items of an array; nothing for other values."""
        if isinstance(self.value, list):
            return [self.child(index) for index in range(len(self.value))]
        return []

    @property
    def reference(self) -> str | None:
        """The `$ref` written here, if any."""
        value = self.value.get("$ref") if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else None

    def target(self) -> "Node":
        """Return what the `$ref` here leads to, one step; itself without one. Raises SpecError."""
        reference = self.reference
        if reference is None:
            return self
        known = self.documents.targets.get((self.file, reference))
        return known or self.documents.lookup(reference, self.location)

    def followed(self) -> "Node":
        """Return this node, or the end of its chain of references.

        Raises SpecError for a circle.
        """
        node, seen = self, {self.place}
        while node.reference is not None:
            node = node.target()
            if node.place in seen:
                raise SpecError(
                    self.location, "The references go in a circle.", "Let one hold the value."
                )
            seen.add(node.place)
        return node


def path_of(pointer: str) -> Path:
    """Return the keys of a JSON pointer."""
    return tuple(unescape(token) for token in pointer.split("/")[1:])


def at(documents: "Documents", location: Location) -> Node:
    """Return the node at a place of the model. Raises KeyError when there is none."""
    return documents.at(location.file, location.pointer)


def made(documents: "Documents", location: Location, value: Any) -> Node:
    """Return a value that was made of what stands at a place as a node of that place."""
    return Node(documents, location.file, path_of(location.pointer), value)


def of(documents: "Documents", schema: "Schema") -> Node:
    """Return the node of a schema of the model."""
    return made(documents, schema.location, schema.raw)
