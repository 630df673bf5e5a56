"""The view of schemas on a page: one table per named schema, with links between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.model.schema import Schema, of

_LIMITS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "multipleOf": "multiple of {}",
    "minLength": "≥ {} characters",
    "maxLength": "≤ {} characters",
    "minItems": "≥ {} items",
    "maxItems": "≤ {} items",
    "minProperties": "≥ {} properties",
    "maxProperties": "≤ {} properties",
    "pattern": "matches {}",
    "format": "{}",
    "contentMediaType": "holds {}",
    "default": "{} when absent",
}


@dataclass(frozen=True, slots=True)
class Property:
    """A row of a table: a property, its type and its constraints."""

    name: str
    required: bool
    type: "TypeView"
    description: str
    deprecated: bool


@dataclass(frozen=True, slots=True)
class TypeView:
    """A type as text; `names` are the named schemas that the text mentions, in order."""

    words: str
    names: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    variants: tuple["TypeView", ...] = ()
    closed: bool = False
    description: str = ""


@dataclass(slots=True)
class SchemaIndex:
    """Collects the named schemas that a page mentions; `views` grows while schemas are read."""

    documents: Documents
    views: dict[str, TypeView] = field(default_factory=dict)
    examples: dict[str, Any] = field(default_factory=dict)
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
        """Return the first example of a schema, or None."""
        target = self.documents.follow(of(self.documents, schema))
        examples = target.value.get("examples") if isinstance(target.value, Mapping) else None
        return examples[0] if examples else None

    def _view(self, node: Node) -> TypeView:
        target = self.documents.follow(node)
        if target.location == node.location:
            return self._inline(node)
        # A file that is a single schema has no other name than the file's.
        name = target.location.pointer.rpartition("/")[2] or target.location.file.rpartition("/")[2]
        if name not in self.views:
            # Collected before it is read, so that a schema may mention itself.
            self.views[name] = TypeView("")
            self._unread.append((name, target))
            self.examples[name] = self._first_example(target)
        told = [each.value.get("description") for each in (node, target) if _is_object(each)]
        return TypeView(name, names=(name,), description=next(filter(None, told), ""))

    def _first_example(self, node: Node) -> Any:
        examples = node.value.get("examples") if isinstance(node.value, Mapping) else None
        return examples[0] if examples else None

    def _children(self, node: Node, key: str) -> list[tuple[str, Node]]:
        holder = self.documents.child(node, key)
        return [] if holder is None else list(self.documents.children(holder))

    def _inline(self, node: Node) -> TypeView:
        raw = node.value
        if not isinstance(raw, Mapping):
            return TypeView("anything" if raw else "nothing")
        variants = tuple(
            self._view(variant)
            for key in ("oneOf", "anyOf", "allOf")
            for _, variant in self._children(node, key)
        )
        values = [raw["const"]] if "const" in raw else raw.get("enum", [])
        inner = self._inner(node)
        return TypeView(
            words=_words(raw, inner, variants),
            names=inner.names if inner else (),
            limits=tuple(text.format(raw[key]) for key, text in _LIMITS.items() if key in raw),
            values=tuple(str(value) for value in values),
            properties=self._properties(node),
            variants=variants,
            closed=raw.get("additionalProperties") is False,
            description=raw.get("description", ""),
        )

    def _inner(self, node: Node) -> TypeView | None:
        for key in ("items", "contentSchema", "additionalProperties"):
            child = self.documents.child(node, key)
            if child is not None and isinstance(child.value, Mapping):
                return self._view(child)
        return None

    def _properties(self, node: Node) -> tuple[Property, ...]:
        required = node.value.get("required", ())
        found = []
        for name, child in self._children(node, "properties"):
            view = self._view(child)
            found.append(
                Property(
                    name=name,
                    required=name in required,
                    type=view,
                    description=view.description,
                    deprecated=isinstance(child.value, Mapping)
                    and bool(child.value.get("deprecated")),
                )
            )
        return tuple(found)


def _is_object(node: Node) -> bool:
    return isinstance(node.value, Mapping)


def _words(raw: Mapping[str, Any], inner: TypeView | None, variants: tuple[TypeView, ...]) -> str:
    if variants:
        joint = " and " if "allOf" in raw else " or "
        return joint.join(variant.words for variant in variants)
    kind = raw.get("type", "anything")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if inner is None:
        return words
    if words == "object":
        return f"map of {inner.words}"
    return f"{words} of {inner.words}"
