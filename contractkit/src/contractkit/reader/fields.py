"""Typed access to the members of one object of a document; refuses values of another type."""

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import SpecError
from contractkit.location import Location
from contractkit.model.schema import Schema

_EXTENSIBLE = {"paths", "responses", "callbacks", "webhooks"}
"""Maps that may have extensions beside their entries; in other maps `x-` has no meaning."""


class Fields:
    """An object with its references followed, read member by member.

    `written` is the node before following references; in OpenAPI, `summary` and `description`
    beside a `$ref` override those of its target. `inherited` members come from a trait.
    """

    def __init__(
        self, documents: Documents, node: Node, *, inherited: Mapping[str, Node] | None = None
    ) -> None:
        self.documents = documents
        self.written = node
        self._inherited = inherited or {}
        self.node = documents.follow(node)
        if not isinstance(self.node.value, Mapping):
            raise SpecError(self.node.location, "An object is expected here.", "Write its members.")

    @property
    def location(self) -> Location:
        """The location of the object, references followed."""
        return self.node.location

    @property
    def raw(self) -> Mapping[str, Any]:
        """The object as written, references followed."""
        value: Mapping[str, Any] = self.node.value
        return value

    def text(self, key: str, default: str = "") -> str:
        """Return a string member; `summary` and `description` beside a `$ref` have precedence."""
        if key in {"summary", "description"} and isinstance(self.written.value, Mapping):
            beside = self.written.value.get(key)
            if isinstance(beside, str):
                return beside.strip()
        value = self.raw.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, f"{key!r} is not a string.", "Write text; quote numbers.")
        return value.strip()

    def version(self) -> str:
        """Return `version`; an unquoted number is taken as its digits, and lint reports it."""
        value = self.raw.get("version", "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self.text("version")

    def optional_text(self, key: str) -> str | None:
        """Return a string member, or None when it is absent or null."""
        return None if self.raw.get(key) is None else self.text(key)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a boolean member."""
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"{key!r} is neither true nor false.", "Write one of them.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a member that is a list of strings."""
        value = self.raw.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"{key!r} is not a list of strings.", "Write a list of strings.")
        return tuple(value)

    def child(self, *keys: str | int) -> Node | None:
        """Return the node at `keys`; references are followed on the way, but not at the end."""
        node = self.node
        if keys and keys[0] in self._inherited:
            node, keys = self._inherited[str(keys[0])], keys[1:]
            node = self.documents.follow(node) if keys else node
        for index, key in enumerate(keys):
            found = self.documents.child(self.documents.follow(node) if index else node, key)
            if found is None:
                return None
            node = found
        return node

    def object(self, *keys: str | int) -> "Fields | None":
        """Return the object at `keys`, references followed, or None when it is absent."""
        node = self.child(*keys)
        return None if node is None or node.value is None else Fields(self.documents, node)

    def objects(self, *keys: str) -> Iterator[tuple[str, "Fields"]]:
        """Yield (key, object) of a map or list at `keys`; nothing when it is absent."""
        for key, child in self.nodes(*keys):
            yield key, Fields(self.documents, child)

    def nodes(self, *keys: str) -> Iterator[tuple[str, Node]]:
        """Yield (key, node) of a map at `keys`, references of the entries not followed."""
        node = self.child(*keys)
        if node is None:
            return
        extensible = not keys or keys[-1] in _EXTENSIBLE
        for key, child in self.documents.children(self.documents.follow(node)):
            if not (extensible and key.startswith("x-")):
                yield key, child

    def schema(self, *keys: str) -> Schema | None:
        """Return the schema at `keys` as written, or None. Raises SpecError for any other value."""
        node = self.child(*keys)
        if node is None:
            return None
        if not isinstance(node.value, (Mapping, bool)):
            raise SpecError(node.location, "A schema is expected here.", "Write an object.")
        return Schema(node.value, node.location)

    @property
    def extensions(self) -> dict[str, Any]:
        """The members whose names begin with `x-`."""
        return {key: value for key, value in self.raw.items() if key.startswith("x-")}

    def at(self, key: str) -> Location:
        """Return the location of a member, or of the object when it is absent."""
        source = self.documents.source(self.location.file)
        return source.locate(f"{self.location.pointer}/{key}")

    def error(self, key: str, problem: str, mend: str) -> SpecError:
        """Return a SpecError at a member."""
        return SpecError(self.at(key), problem, mend)
