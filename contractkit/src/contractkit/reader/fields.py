"""Typed access to the members of one object of a document; refuses values of another type."""

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import SpecError
from contractkit.location import Location
from contractkit.model.schema import Schema

_EXTENSIBLE = {"paths", "responses", "callbacks", "webhooks"}
"""Maps that may hold extensions beside their entries; in others `x-` begins a name like any."""


class Fields:
    """An object with its references followed, read member by member.

    `written` is the node before following; OpenAPI lets `summary` and `description` beside a `$ref`
    override what it points to. `inherited` members stand elsewhere, in a trait.
    """

    def __init__(
        self, documents: Documents, node: Node, *, inherited: Mapping[str, Node] | None = None
    ) -> None:
        self.documents = documents
        self.written = node
        self._inherited = inherited or {}
        self.node = documents.follow(node)
        if not isinstance(self.node.value, Mapping):
            raise SpecError(self.node.location, "An object belongs here.", "Write its members.")

    @property
    def location(self) -> Location:
        """Where the object stands, references followed."""
        return self.node.location

    @property
    def raw(self) -> Mapping[str, Any]:
        """The object as written, references followed."""
        value: Mapping[str, Any] = self.node.value
        return value

    def text(self, key: str, default: str = "") -> str:
        """Return a text member; for `summary` and `description` the one beside the `$ref` wins."""
        if key in {"summary", "description"} and isinstance(self.written.value, Mapping):
            beside = self.written.value.get(key)
            if isinstance(beside, str):
                return beside.strip()
        value = self.raw.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, f"{key!r} is no text.", "Write text; quote numbers.")
        return value.strip()

    def version(self) -> str:
        """Return `version`; a number without quotes counts as its digits, which lint tells."""
        value = self.raw.get("version", "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self.text("version")

    def optional_text(self, key: str) -> str | None:
        """Return a text member, or None when it is absent or null."""
        return None if self.raw.get(key) is None else self.text(key)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a boolean member."""
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"{key!r} is neither true nor false.", "Write one of them.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a member that is a list of texts."""
        value = self.raw.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"{key!r} is no list of texts.", "Write a list of texts.")
        return tuple(value)

    def child(self, *keys: str | int) -> Node | None:
        """Return the node below; references are followed on the way, that of the end is not."""
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
        """Return the object below with references followed, or None when it is absent."""
        node = self.child(*keys)
        return None if node is None or node.value is None else Fields(self.documents, node)

    def objects(self, *keys: str) -> Iterator[tuple[str, "Fields"]]:
        """Yield (key, object) of a map or list below; nothing when it is absent."""
        for key, child in self.nodes(*keys):
            yield key, Fields(self.documents, child)

    def nodes(self, *keys: str) -> Iterator[tuple[str, Node]]:
        """Yield (key, node) of a map below, references of the entries not followed."""
        node = self.child(*keys)
        if node is None:
            return
        extensible = not keys or keys[-1] in _EXTENSIBLE
        for key, child in self.documents.children(self.documents.follow(node)):
            if not (extensible and key.startswith("x-")):
                yield key, child

    def schema(self, *keys: str) -> Schema | None:
        """Return the schema below as written, or None. Raises SpecError when it is none."""
        node = self.child(*keys)
        if node is None:
            return None
        if not isinstance(node.value, (Mapping, bool)):
            raise SpecError(node.location, "A schema belongs here.", "Write an object.")
        return Schema(node.value, node.location)

    @property
    def extensions(self) -> dict[str, Any]:
        """The members whose names begin with `x-`."""
        return {key: value for key, value in self.raw.items() if key.startswith("x-")}

    def at(self, key: str) -> Location:
        """Return where a member stands, or the object when it is absent."""
        source = self.documents.source(self.location.file)
        return source.locate(f"{self.location.pointer}/{key}")

    def error(self, key: str, problem: str, mend: str) -> SpecError:
        """Return a SpecError at a member."""
        return SpecError(self.at(key), problem, mend)
