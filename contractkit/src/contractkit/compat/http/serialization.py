"""What `explode` changes in how a parameter or a header is written, by its schema and style."""

from typing import Any

from contractkit.compat.kinship import stands_for
from contractkit.documents import Node
from contractkit.keywords import declared_types

_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})
_BARE = frozenset({"number", "integer", "boolean"})


def explodes_alike(node: Node, style: str) -> bool:
    """Return whether the values are certainly written in the same way exploded or joined.

    That holds for scalars, for arrays of one item, and in the style `simple` for all arrays
    (RFC 6570, 3.2.2).
    """
    value = stands_for(node).value
    if isinstance(value, dict) and value.get("type") == "array":
        most = value.get("maxItems")
        return style == "simple" or (isinstance(most, int) and most <= 1)
    return is_scalar(node)


def is_bare(node: Node) -> bool:
    """Return whether values are certainly numbers or booleans, which have one text everywhere."""
    named = declared_types(stands_for(node).value)
    return bool(named) and named <= _BARE


def is_scalar(node: Node, above: frozenset[Any] = frozenset()) -> bool:
    """Return whether values are certainly scalars, neither arrays nor objects."""
    node = stands_for(node)
    if not isinstance(node.value, dict) or node.place in above:
        return False
    named = declared_types(node.value)
    listed = node.value.get("enum", [node.value["const"]] if "const" in node.value else [])
    parts = (node.get("anyOf") or node.get("oneOf") or node).elements()
    return (
        (bool(named) and named <= _SCALARS)
        or (bool(listed) and not any(isinstance(value, dict | list) for value in listed))
        or (bool(parts) and all(is_scalar(part, above | {node.place}) for part in parts))
    )
