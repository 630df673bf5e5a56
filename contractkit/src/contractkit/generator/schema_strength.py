"""Decides whether a Pydantic model refuses everything that its schema refuses.

Where it does not, the wire is validated against the schema as well. The list is one of what is
known to be the same in both; whatever is not on it counts as weaker.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from contractkit.generator.modelled_schema import is_map
from contractkit.keywords import ASSERTIONS, BOUNDS

_DIFFERS = re.compile(r"\\[^.\-/_$^*+?()\[\]{}|\\]|\(\?|\[[^\]]*\[|&&|~~|--")
"""Escapes that mean another set of characters in Unicode mode, groups with options, class sets."""

_KEYWORDS = {
    "string": {*BOUNDS["string"], "enum", "const"},
    "integer": {
        *BOUNDS["integer"]
    },  # to an enumeration or a constant true is 1, and to the former "1" as well
    "number": {*BOUNDS["number"]} - {"multipleOf"},
    "boolean": set[str](),
    "null": set[str](),
    "array": {"items", *BOUNDS["array"]},
    "object": {"properties", "required", "additionalProperties"},
}


def same_pattern(pattern: Any) -> bool:
    """Return whether a pattern means the same in ECMA-262 and in Pydantic's models."""
    return isinstance(pattern, str) and pattern.isascii() and _DIFFERS.search(pattern) is None


def as_strong(raw: Any, tells_apart: Callable[[], bool]) -> bool:
    """Return whether a schema's model is as strict as the schema, its parts left aside.

    `tells_apart` says whether a constant distinguishes the alternatives of its `oneOf`.
    """
    if isinstance(raw, bool):
        return raw
    used = {key for key in raw if key in ASSERTIONS}
    if not used or "$ref" in used:
        return used <= {"$ref"}
    if used & {"oneOf", "anyOf", "allOf"}:
        return used == {"anyOf"} or (used == {"oneOf"} and tells_apart())
    if used in ({"enum"}, {"const"}):
        return _texts(raw.get("enum", [raw.get("const")]))
    kind = raw.get("type")
    kinds = [one for one in kind if one != "null"] if isinstance(kind, list) else [kind]
    if len(kinds) != 1:
        return used == {"type"} and not set(kinds) - {"string", "integer", "boolean"}
    return _typed(kinds[0], used - {"type"}, raw)


def _typed(kind: Any, used: set[str], raw: Mapping[str, Any]) -> bool:
    """Return whether the keywords beside a type are those that the model holds."""
    if kind == "object" and is_map(raw):
        used = used - {"propertyNames", "minProperties", "maxProperties"}
        if not same_pattern(raw.get("propertyNames", {}).get("pattern", "")):
            return False
    known = _KEYWORDS.get(
        kind if isinstance(kind, str) else "object" if "properties" in used else ""
    )
    if known is None or not used <= known:
        return False
    if kind == "string":
        return _text(used, raw)
    if kind == "integer":
        return all(holds("integer", raw[key]) for key in used)
    if kind in {"object", None}:
        properties = raw.get("properties", {})
        further = raw.get("additionalProperties", True)
        return (
            isinstance(properties, Mapping)
            and set(raw.get("required", ())) <= set(properties)
            and (further is True or is_map(raw) or (further is False and bool(properties)))
        )
    return kind != "array" or not isinstance(raw.get("items", {}), list)


def _text(used: set[str], raw: Mapping[str, Any]) -> bool:
    if raw.get("format") in {"date-time", "date", "uuid"}:
        return False  # Pydantic reads numbers and other spellings there, too
    if used & {"enum", "const"}:
        return len(used) == 1 and _texts(raw.get("enum", [raw.get("const")]))
    if raw.get("format") == "password" and "pattern" in used:
        return False  # Pydantic's secrets have no pattern
    return "pattern" not in used or same_pattern(raw["pattern"])


def _texts(values: Any) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(v, str) for v in values)


def holds(kind: str, bound: Any) -> bool:
    """Return whether a type has a bound: Pydantic takes none between integers for them."""
    return kind != "integer" or not isinstance(bound, float)
