"""Which types of JSON values a composition lets through, and a model that lets them through."""

from collections.abc import Mapping
from typing import Any, Final

from contractkit.documents import Node
from contractkit.keywords import TYPES, declared_types, type_of

_TOLD: Final[tuple[str, ...]] = ("title", "description", "default")
_MEMBERS: Final = frozenset({
    "properties", "patternProperties", "additionalProperties", "required",
})  # fmt: skip
_UNMERGED: Final = _MEMBERS | {"allOf", "anyOf", "oneOf", "const"}


def of_its_kinds(schema: dict[str, Any], node: Node) -> dict[str, Any]:
    """Let a composition be of other types than an object where it is; the wire is checked anyway.

    The model generator takes what it can't put together for an object.
    """
    kinds = _kinds(node, {})
    if kinds == {"object"}:
        return schema
    layers = _layers(node)
    told = {key: schema[key] for key in _TOLD if key in schema}
    if not kinds or kinds == TYPES:
        return schema if kinds and any(map(_describes_members, layers)) else told
    others = [{"type": kind} for kind in _as_types(kinds - {"object"})]
    if "object" in kinds:
        rest = {key: item for key, item in schema.items() if key not in told}
        return {**told, "anyOf": [rest, *others]}
    parts = [layer for layer in layers if layer is not node.value]
    if all(map(_is_plain, parts)) and any("type" in layer for layer in layers):
        formats = {layer["format"] for layer in layers if "format" in layer}
        if len(formats) <= 1:
            return schema
    return {**told, "anyOf": others}


def _layers(node: Node) -> list[Any]:
    """Return a schema and all that it is composed of, at any depth and behind references."""
    found: dict[Any, Any] = {}
    pending = [node]
    while pending:
        layer = pending.pop()
        if layer.place in found:
            continue
        found[layer.place] = layer.value
        if layer.reference is not None:
            pending.append(layer.target())
        for key in ("allOf", "anyOf", "oneOf"):
            parts = layer.get(key)
            pending += parts.elements() if parts else []
    return list(found.values())


def _describes_members(layer: Any) -> bool:
    """Return whether a schema is written for objects, whatever else it lets through."""
    return isinstance(layer, Mapping) and bool(_MEMBERS & layer.keys())


def _is_plain(layer: Any) -> bool:
    """Return whether the model generator can put a schema together with others of its type."""
    if not isinstance(layer, Mapping) or _UNMERGED & layer.keys():
        return False
    texts = all(isinstance(value, str) for value in layer.get("enum", ()))
    return texts and isinstance(layer.get("type", ""), str) and layer.get("items") is not False


def _as_types(kinds: frozenset[str]) -> list[str]:
    """Return types as a schema lists them: `number` alone where it has `integer`."""
    return sorted(kinds - {"integer"} if "number" in kinds else kinds)


def _kinds(node: Node, known: dict[Any, frozenset[str]]) -> frozenset[str]:
    """Return the types of JSON Schema that values of a schema may have; `number` has `integer`.

    Keywords other than types, values, compositions and references let everything through, and so
    does a schema within itself. `known` has what was found already, by place.
    """
    value = node.value
    if not isinstance(value, Mapping):
        return frozenset() if value is False else TYPES
    if node.place in known:
        return known[node.place]
    known[node.place] = TYPES
    found = frozenset(declared_types(value)) or TYPES
    if "number" in found:
        found |= {"integer"}
    if "const" in value:
        found &= _kinds_of_value(value["const"])
    if isinstance(value.get("enum"), list):
        found &= frozenset[str]().union(*map(_kinds_of_value, value["enum"]))
    if node.reference is not None:
        found &= _kinds(node.target(), known)
    if (parts := node.get("allOf")) is not None:
        found = found.intersection(*(_kinds(part, known) for part in parts.elements()))
    for key in ("anyOf", "oneOf"):
        if (choices := node.get(key)) is not None:
            found &= frozenset[str]().union(*(_kinds(one, known) for one in choices.elements()))
    known[node.place] = found
    return found


def _kinds_of_value(value: Any) -> frozenset[str]:
    found = type_of(value)
    if found == "integer" or (found == "number" and value == int(value)):
        return frozenset({"integer", "number"})
    return frozenset({found})
