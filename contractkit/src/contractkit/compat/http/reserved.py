"""What `allowReserved` changes in how a value is written: nothing without reserved characters."""

import re
from typing import Any, Final

from contractkit.compat.readings import text
from contractkit.compat.schema.pattern import includes
from contractkit.documents import Node
from contractkit.keywords import declared_types

_PLAIN: Final = r"^[^:/?#\[\]@!$&'()*+,;=]*$"
"""Texts without a reserved character (RFC 3986, 2.2)."""
_PLAIN_FORMATS = frozenset({"uuid", "date"})
_PLAIN_TYPES = frozenset({"integer", "boolean", "null"})


def may_be_reserved(node: Node, above: frozenset[Any] = frozenset()) -> bool:
    """Return whether values may hold reserved characters; False only when certain.

    A number may: `1e+21` holds a plus sign. What separates the items of a list is never encoded.
    """
    node = node.followed()
    value = node.value
    if not isinstance(value, dict) or node.place in above:
        return True
    above |= {node.place}
    listed = value.get("enum", [value["const"]] if "const" in value else None)
    if isinstance(listed, list):
        plain = (isinstance(one, str | int | None) for one in listed)
        return not all(plain) or any(not re.match(_PLAIN, text(one)) for one in listed)
    parts = (node.get("anyOf") or node.get("oneOf") or node).elements()
    if parts:
        return any(may_be_reserved(part, above) for part in parts)
    kinds = declared_types(value)
    items = node.get("items")
    if kinds == {"array"} and items is not None:
        return may_be_reserved(items, above)
    if "string" in kinds and (
        value.get("format") in _PLAIN_FORMATS or includes(_PLAIN, str(value.get("pattern", "")))
    ):
        kinds.discard("string")
    return not kinds or not kinds <= _PLAIN_TYPES
