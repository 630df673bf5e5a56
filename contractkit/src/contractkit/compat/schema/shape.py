"""A schema with references and `allOf` flattened, so that its spelling does not matter."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from contractkit import keywords
from contractkit.documents import Node
from contractkit.keywords import MARKS, is_annotation

TYPES = keywords.TYPES - {"null"}

Origin = Literal["own", "ref", "allOf"]


@dataclass(frozen=True, slots=True)
class Member:
    """One conjunct of a schema: the keywords written at one place. All members must hold."""

    node: Node
    keywords: dict[str, Node]
    origin: Origin


@dataclass(slots=True)
class Shape:
    """One or more members merged: keywords by name, with properties and required names joined."""

    node: Node
    keywords: dict[str, Node] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: dict[str, Node] = field(default_factory=dict)

    def value(self, keyword: str, default: Any = None) -> Any:
        """Return the value of a keyword, or None."""
        node = self.keywords.get(keyword)
        return default if node is None else node.value

    def place(self, keyword: str) -> Node:
        """Return where the keyword is written, or the schema when it is not."""
        return self.keywords.get(keyword, self.node)


def members(
    node: Node, origin: Origin = "own", above: frozenset[Any] = frozenset()
) -> list[Member]:
    """Return the conjuncts of a schema, outermost first. A cycle of references contributes once."""
    if not isinstance(node.value, dict) or node.place in above:
        return [Member(node, {}, origin)] if node.value is False else []
    above |= {node.place}
    own = {
        key: child
        for key, child in node.entries()
        if key not in {"$ref", "allOf", *MARKS} and not is_annotation(key)
    }
    found = [Member(node, own, origin)] if own else []
    if node.reference is not None:
        found += members(node.target(), "ref" if origin == "own" else origin, above)
    for member in (node.get("allOf") or node).elements():
        found += members(member, "allOf", above)
    return found


def marks(node: Node) -> dict[str, Node]:
    """Return `default`, `readOnly` and `writeOnly` of a schema, the outermost ones first.

    Those of a target and of members of `allOf` count, too: each of them describes the same value.
    """
    found: dict[str, Node] = {}
    pending, seen = [node], set()
    for current in pending:
        if current.place in seen:
            continue
        seen.add(current.place)
        for keyword in MARKS:
            mark = current.get(keyword)
            if mark is not None:
                found.setdefault(keyword, mark)
        if current.reference is not None:
            pending.append(current.target())
        composed = current.get("allOf")
        if composed is not None:
            pending += composed.elements()
    return found


def merge(node: Node, parts: Iterable[Member]) -> Shape | None:
    """Return members as one shape, or None when they have different values for a keyword."""
    shape = Shape(node)
    parts = list(parts)
    closed = [
        part
        for part in parts
        if any(_restricts(part, keyword) for keyword in ("additionalProperties",))
    ]
    if closed and sum("properties" in part.keywords for part in parts) > 1:
        return None
    for part in parts:
        for key, child in part.keywords.items():
            if key == "properties":
                if any(_differs(shape.properties.get(n), c) for n, c in child.entries()):
                    return None
                shape.properties.update(child.entries())
            elif key == "required":
                shape.required.update({str(name.value): name for name in child.elements()})
            elif _differs(shape.keywords.get(key), child):
                return None
            else:
                shape.keywords[key] = child
    if len(parts) == 1:
        shape.node = parts[0].node
    return shape


def _restricts(part: Member, keyword: str) -> bool:
    return keyword in part.keywords and part.keywords[keyword].value not in (True, {})


def _differs(known: Node | None, other: Node) -> bool:
    return known is not None and json.dumps(known.value) != json.dumps(other.value)


def types(shape: Shape) -> tuple[frozenset[str] | None, bool | None]:
    """Return the allowed types without null (None: any) and whether null is allowed (None: any)."""
    declared = shape.value("type")
    if declared is None:
        values = allowed(shape)
        if values is None:
            return None, None
        declared = [type_of(value) for value in values]
    names = {declared} if isinstance(declared, str) else set(declared)
    nullable = "null" in names or shape.value("nullable") is True
    names.discard("null")
    if "number" in names:
        names.add("integer")
    return frozenset(names), nullable


def allowed(shape: Shape) -> list[Any] | None:
    """Return the listed values of `enum` or `const`, or None when any value goes."""
    values = shape.value("enum")
    listed = values if isinstance(values, list) else None
    if "const" in shape.keywords:
        constant = shape.value("const")
        return [constant] if listed is None or constant in listed else []
    return listed


_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
}


def type_of(value: Any) -> str:
    """Return the JSON Schema type of a plain value."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _TYPES[type(value)]


def nullable_inner(node: Node) -> Node | None:
    """Return the X of a union of X and null, or None when the schema is no such union.

    `oneOf` of null and an X that accepts null too refuses null, so it is not such a union.
    """
    seen = set()
    while node.reference is not None and node.place not in seen and len(node.value) == 1:
        seen.add(node.place)
        node = node.target()
    for keyword in ("oneOf", "anyOf"):
        union = node.get(keyword)
        if union is None or len(union.value) != 2:  # noqa: PLR2004 (X and null)
            continue
        others = [branch for branch in union.elements() if branch.value != {"type": "null"}]
        rest = {key for key in node.value if key != keyword and not is_annotation(key)}
        if len(others) == 1 and not rest - {*MARKS}:
            inner = merge(others[0], members(others[0]))
            known = inner is not None and types(inner)[1] is False
            return others[0] if known or keyword == "anyOf" else None
    return None
