"""Types, limits and values of a schema in words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

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
    "contentEncoding": "encoded as {}",
    "default": "{} when absent",
}


def limits_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what limits the values of a schema, one phrase per keyword."""
    found = [text.format(text_of(raw[key])) for key, text in _LIMITS.items() if key in raw]
    if raw.get("uniqueItems") is True:
        found.append("no item twice")
    return tuple(found)


def text_of(value: Any) -> str:
    """Return a value in a line: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def words_of(raw: Mapping[str, Any], inner: str | None, variants: Sequence[str]) -> str:
    """Return a type in words; `inner` is what it holds, `variants` what it is put together of."""
    if variants:
        joint = " and " if "allOf" in raw else " or "
        return joint.join(dict.fromkeys(variants))
    kind = raw.get("type") or _guessed(raw)
    words = " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind)
    if inner is None:
        return words
    return f"map of {inner}" if words == "object" else f"{words} of {inner}"


def _guessed(raw: Mapping[str, Any]) -> str:
    if "properties" in raw:
        return "object"
    if "items" in raw:
        return "array"
    return "value" if "const" in raw or raw.get("enum") else "anything"
