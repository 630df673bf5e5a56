"""All files that a contract consists of, the values in them, and `$ref` across them.

References are relative to the file they stand in; remote ones and `$id`-based ones are refused.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from contractkit.anchors import anchors_of
from contractkit.conversion.convert import convert
from contractkit.errors import ContractKitError, SpecError, UnsupportedError, UsageError
from contractkit.location import Location, as_written, escape, path_of
from contractkit.schema_bases import bases
from contractkit.source import Source, parse
from contractkit.tree import Tree

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value and its place. Nodes with equal `place` are the same within a revision."""

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
        """Return the node under a key or index, which must exist."""
        return Node(self.documents, self.file, (*self.path, str(key)), self.value[key])

    def get(self, key: str) -> "Node | None":
        """Return the node under a key, or None when this is not an object or has no such key."""
        if isinstance(self.value, dict) and key in self.value:
            return self.child(key)
        return None

    def text(self, key: str, default: str = "") -> str:
        """Return the string under a key, or the default."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else default

    def dig(self, *keys: str) -> "Node | None":
        """Return the node at a path of keys, following references on the way, or None."""
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
        """Return the items of an array; none for other values."""
        if isinstance(self.value, list):
            return [self.child(index) for index in range(len(self.value))]
        return []

    @property
    def reference(self) -> str | None:
        """The `$ref` written here, if any."""
        value = self.value.get("$ref") if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else None

    def target(self) -> "Node":
        """Return the target of the `$ref` here, one step; itself without one. Raises SpecError."""
        reference = self.reference
        if reference is None:
            return self
        known = self.documents.targets.get((self.file, reference))
        return known or self.documents.lookup(reference, self.location)

    def followed(self) -> "Node":
        """Return this node, or the end of its chain of references.

        Raises SpecError for a cycle.
        """
        node, seen = self, {self.place}
        while node.reference is not None:
            node = node.target()
            if node.place in seen:
                raise SpecError(
                    self.location, "The references form a cycle.", "Let one of them have the value."
                )
            seen.add(node.place)
        return node


class Documents:
    """Loads each file of a tree once and walks references between them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._sources: dict[str, Source] = {}
        self._pending: set[tuple[str, str]] = set()
        self._anchors: dict[str, Mapping[str, list[str]]] = {}
        self.targets: dict[tuple[str, str], Node] = {}
        """Targets of references, by the file in which they are written and their text."""
        self.versions: dict[str, str] = {}
        """The version of OpenAPI that each loaded file was written in; empty for other files."""

    def source(self, file: str) -> Source:
        """Return a parsed file, converted when in an older version.

        Raises UsageError when it is missing, SpecError when it is unreadable.
        """
        if file not in self._sources:
            self._sources[file] = self.written(file)
            self.versions[file] = convert(self._sources[file], self._beside)
        return self._sources[file]

    def written(self, file: str) -> Source:
        """Return a parsed file as it is written, not converted."""
        try:
            content = self.tree.read(file)
        except FileNotFoundError as error:
            raise UsageError(
                f"{file} does not exist in the {self.tree.label}. Give the right path.",
            ) from error
        return parse(file, content)

    def _beside(self, file: str, path: str) -> Source | None:
        """Return the file that a path in another one names, or None; errors are reported later."""
        try:
            return self.source(self.tree.join(file, path))
        except (FileNotFoundError, UsageError, SpecError):
            return None

    @property
    def files(self) -> Sequence[str]:
        """The files loaded so far, sorted."""
        return sorted(self._sources)

    def load(self) -> None:
        """Load every file that a loaded one refers to; what is wrong with it is told elsewhere."""
        done: set[str] = set()
        while pending := [file for file in self._sources if file not in done]:
            for file in pending:
                done.add(file)
                for pointer in self.source(file).positions:
                    if pointer.endswith("/$ref"):
                        with contextlib.suppress(ContractKitError, KeyError):
                            self.at(file, pointer.removesuffix("/$ref")).target()

    def mentions(self, key: str) -> bool:
        """Return whether an object of any loaded file has a member of that name."""
        ending = f"/{escape(key)}"
        sources = map(self.source, self.files)
        return any(pointer.endswith(ending) for one in sources for pointer in one.positions)

    def root(self, file: str) -> Node:
        """Return the root node of a file."""
        return self.at(file, "")

    def at(self, file: str, pointer: str) -> Node:
        """Return the node at a JSON pointer. Raises KeyError with the missing token."""
        value: Any = self.source(file).value
        path = path_of(as_written(pointer))
        for key in path:
            if isinstance(value, Mapping):
                value = value[key]
            elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                raise KeyError(key)
        return Node(self, file, path, value)

    def child(self, node: Node, *keys: str | int) -> Node | None:
        """Return the node below `keys` (references are not followed), or None."""
        value, path = node.value, node.path
        for key in keys:
            known = range(len(value)) if isinstance(value, list) else value
            if isinstance(known, range) and isinstance(key, str) and key.isdecimal():
                key = int(key)  # noqa: PLW2901 (an index, as in a JSON pointer)
            if not isinstance(known, (Mapping, range)) or key not in known:
                return None
            value = value[key]
            path = (*path, str(key))
        return Node(self, node.file, path, value)

    def children(self, node: Node | None) -> Iterator[tuple[str, Node]]:
        """Yield (key, node) of an object's members or (index, node) of an array's items."""
        if node is None:
            return
        keys: Sequence[Any] = ()
        if isinstance(node.value, Mapping):
            keys = list(node.value)
        elif isinstance(node.value, list):
            keys = range(len(node.value))
        for key in keys:
            child = self.child(node, key)
            if child is not None:
                yield str(key), child

    def target(self, node: Node) -> Node | None:
        """Return the target of a node's `$ref`, one step, or None when it has none."""
        return node.target() if node.reference is not None else None

    def lookup(self, reference: str, origin: Location) -> Node:
        """Return the target of a `reference` written at `origin`. Raises SpecError at `origin`.

        A fragment that means nothing in the file is one of the schema around it that has an `$id`
        (JSON Schema 2020-12, section 8.2.1), or whose definitions it names: programs embed what
        Pydantic writes. Tools agree on pointers from the file's root, so those come first.
        """
        known = self.targets.get((origin.file, reference))
        if known is None:
            known = self._of_resource(reference, origin)
            if known is not None:
                return known
            known = self.targets[origin.file, reference] = self._looked_up(reference, origin)
        return known

    def _of_resource(self, reference: str, origin: Location) -> Node | None:
        """Return the target within a schema around `origin`, if it is meant."""
        pointer = unquote(reference.removeprefix("#"))
        if not reference.startswith("#") or (pointer and not pointer.startswith("/")):
            return None
        with contextlib.suppress(KeyError):
            if pointer:
                self.at(origin.file, pointer)
                return None
        for base in bases(self.root(origin.file).value, origin.pointer, pointer):
            with contextlib.suppress(KeyError):
                return self.at(origin.file, base + pointer)
        return None

    def _looked_up(self, reference: str, origin: Location) -> Node:
        place = self.source(origin.file).locate(f"{origin.pointer}/$ref")
        path, _, fragment = reference.partition("#")
        if "://" in path or path.startswith("//"):
            raise UnsupportedError(
                place,
                f"The reference {reference!r} leads to another host.",
                "Put the file next to this one; contracts are compiled without a network.",
            )
        try:
            file = self.tree.join(origin.file, unquote(path)) if path else origin.file
            self.source(file)
        except (UsageError, FileNotFoundError) as error:
            raise SpecError(
                place,
                f"The reference {reference!r} leads to a file that does not exist.",
                "Correct the path; it is relative to this file. All files lie below the folder of "
                "pyproject.toml, else below the one that contractkit runs in: run it above them.",
            ) from error
        pointer = unquote(fragment)
        if pointer and not pointer.startswith("/"):
            if file not in self._anchors:
                self._anchors[file] = anchors_of(self.source(file))
            places = self._anchors[file].get(pointer, [])
            if len(places) != 1:
                raise UnsupportedError(
                    place,
                    f"The reference {reference!r} names an anchor of {len(places)} schemas.",
                    "Point to the place with a JSON pointer (`#/…`).",
                )
            pointer = places[0]
        whole = self.root(file).value
        if not pointer and isinstance(whole, Mapping) and {"openapi", "asyncapi"} & whole.keys():
            raise SpecError(
                place,
                f"The reference {reference!r} leads to a whole document.",
                "Point to what is meant in it (`#/components/schemas/…`).",
            )
        try:
            return self._through(file, pointer)
        except KeyError as error:
            raise SpecError(
                place,
                f"The reference {reference!r} does not resolve: {error.args[0]!r} is missing.",
                "Correct the pointer, or add its target.",
            ) from error

    def _through(self, file: str, pointer: str) -> Node:
        """Return the node at a pointer, which may lead through references. Raises KeyError."""
        try:
            return self.at(file, pointer)
        except KeyError:
            if (file, pointer) in self._pending:
                raise
            self._pending.add((file, pointer))
            try:
                found = self.root(file).dig(*path_of(pointer))
            finally:
                self._pending.remove((file, pointer))
            if found is None:
                raise
            return found

    def follow(self, node: Node) -> Node:
        """Return the end of a chain of `$ref`s. Raises SpecError for a cycle."""
        return node.followed()


def at(documents: Documents, location: Location) -> Node:
    """Return the node at a location of the model. Raises KeyError when there is none."""
    return documents.at(location.file, location.pointer)


def made(documents: Documents, location: Location, value: Any) -> Node:
    """Return a node with a place of a document and a value that was derived from it."""
    return Node(documents, location.file, path_of(location.pointer), value)
