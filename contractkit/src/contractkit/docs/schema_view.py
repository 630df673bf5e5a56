"""The view of schemas on a page: properties as rows, with links to named schemas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contractkit.docs.example_values import ExampleValues, told_example
from contractkit.docs.schema_words import limits_of, text_of, words_of
from contractkit.documents import Documents, Node
from contractkit.model.schema import Schema, of

_VARIANTS = {"oneOf": "one of", "anyOf": "any of", "allOf": "all of"}
_INNER = ("items", "contentSchema", "additionalProperties")


@dataclass(frozen=True, slots=True)
class Property:
    """A row: a property, its type and its constraints. `example` is JSON or empty."""

    name: str
    required: bool
    type: "TypeView"
    description: str
    deprecated: bool
    example: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeView:
    """A type as text; `names` are the named schemas that the text mentions, in order.

    `inner` is what an array or a map holds where that has no name of its own. `joint` tells how the
    variants belong together.
    """

    words: str
    names: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    variants: tuple["TypeView", ...] = ()
    joint: str = ""
    inner: "TypeView | None" = None
    closed: bool = False
    description: str = ""

    @property
    def nested(self) -> bool:
        """Whether there is something to unfold in place."""
        return bool(self.properties or self.variants or (self.inner and self.inner.nested))


@dataclass(slots=True)
class SchemaIndex:
    """Collects the named schemas that a page mentions; `views` grows while schemas are read."""

    documents: Documents
    views: dict[str, TypeView] = field(default_factory=dict)
    examples: dict[str, Any] = field(default_factory=dict)
    _names: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    _unread: list[tuple[str, Node]] = field(default_factory=list)

    def view(self, schema: Schema) -> TypeView:
        """Return the view of a schema; a named one is collected and mentioned by its name.

        Mentioned schemas are read from a queue: a long chain of schemas needs no deep recursion.
        """
        found = self._view(of(self.documents, schema))
        while self._unread:
            name, node = self._unread.pop()
            self.views[name] = self._inline(node)
        return found

    def example(self, schema: Schema) -> Any:
        """Return an example of a schema, as the document tells it or made from what it says."""
        return ExampleValues(self.documents).of(of(self.documents, schema))

    def _view(self, node: Node) -> TypeView:
        target = self.documents.follow(node)
        if target.location == node.location:
            return self._inline(node)
        name = self._named(target)
        described = [each.value.get("description") for each in (node, target) if _is_object(each)]
        return TypeView(name, names=(name,), description=next(filter(None, described), ""))

    def _named(self, target: Node) -> str:
        """Return the name of a schema; a second schema of the same name gets a number."""
        if target.place in self._names:
            return self._names[target.place]
        # A file that is a single schema has no other name than the file's.
        base = target.location.pointer.rpartition("/")[2] or target.location.file.rpartition("/")[2]
        name, number = base, 2
        while name in self.views:
            name, number = f"{base} {number}", number + 1
        # Collected before it is read, so that a schema may mention itself.
        self._names[target.place] = name
        self.views[name] = TypeView("")
        self._unread.append((name, target))
        self.examples[name] = told_example(target)
        return name

    def _children(self, node: Node, key: str) -> list[tuple[str, Node]]:
        holder = self.documents.child(node, key)
        return [] if holder is None else list(self.documents.children(holder))

    def _inline(self, node: Node) -> TypeView:
        raw = node.value
        if not isinstance(raw, Mapping):
            return TypeView("anything" if raw else "nothing")
        kinds = [key for key in _VARIANTS if key in raw]
        variants = tuple(self._view(part) for key in kinds for _, part in self._children(node, key))
        values = [raw["const"]] if "const" in raw else raw.get("enum") or ()
        inner = self._inner(node)
        return TypeView(
            words=words_of(raw, inner.words if inner else None, [each.words for each in variants]),
            names=inner.names if inner else (),
            limits=limits_of(raw),
            values=tuple(text_of(value) for value in values),
            properties=self._properties(node),
            variants=variants,
            joint=_VARIANTS[kinds[0]] if kinds else "",
            inner=inner if inner and not inner.names else None,
            closed=raw.get("additionalProperties") is False,
            description=str(raw.get("description") or ""),
        )

    def _inner(self, node: Node) -> TypeView | None:
        for key in _INNER:
            child = self.documents.child(node, key)
            if child is not None and isinstance(child.value, Mapping):
                return self._view(child)
        return None

    def _properties(self, node: Node) -> tuple[Property, ...]:
        required = node.value.get("required") or ()
        found = []
        for name, child in self._children(node, "properties"):
            view = self._view(child)
            raw = child.value if isinstance(child.value, Mapping) else {}
            # A named schema's example stands in its own tree, unless it is a simple value.
            example = told_example(self.documents.follow(child))
            simple = view.nested or isinstance(example, (dict, list)) or example is None
            flags = {"readOnly": "read only", "writeOnly": "write only"}
            found.append(
                Property(
                    name=name,
                    required=name in required,
                    type=view,
                    description=view.description,
                    deprecated=bool(raw.get("deprecated")),
                    example="" if simple else text_of(example),
                    flags=tuple(words for key, words in flags.items() if raw.get(key)),
                )
            )
        return tuple(found)


def _is_object(node: Node) -> bool:
    return isinstance(node.value, Mapping)
