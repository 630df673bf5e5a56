"""Which keywords of a parameter's schema its scalar type does not hold."""

from collections.abc import Mapping
from itertools import combinations, starmap
from typing import Any

from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_strength import holds
from contractkit.generator.types import COMBINED, CONSTRAINTS, FORMATS, adds_default, branches_of
from contractkit.keywords import ASSERTIONS, declared_types
from contractkit.model.schema import Schema


def unchecked(schema: Schema, modules: SchemaModules) -> list[str]:
    """Return the keywords of a parameter's schema that its scalar type does not hold."""
    resolved = modules.resolve(schema)
    if isinstance(resolved.raw, bool):
        return []
    raw = resolved.raw
    if adds_default(raw):
        return unchecked(Schema({"$ref": raw["$ref"]}, resolved.location), modules)
    used = ASSERTIONS & raw.keys()
    if used & {"enum", "const"}:
        held = {"type", "enum" if "enum" in used else "const"} if _literals(raw) else {"type"}
    elif combined := [key for key in COMBINED if key in used]:
        held = {combined[0], "type"}
    elif len(kinds := declared_types(raw) - {"null"}) > 1 or (
        raw.get("format") in FORMATS and "array" not in kinds
    ):
        held = {"type"}
    else:
        kind = "".join(kinds)
        bounds = {key for key in CONSTRAINTS if holds(kind, raw.get(key))}
        held = {"type", "items", *bounds}
    branches = branches_of(resolved, modules) or []
    if "oneOf" in held and any(starmap(_overlap, combinations(branches, 2))):
        held -= {"oneOf"}
    found = sorted(used - held)
    for branch in branches:
        found += unchecked(branch, modules)
    items = modules.resolve_within(resolved, "items")
    return list(dict.fromkeys(found + ([] if items is None else unchecked(items, modules))))


def _literals(raw: Mapping[str, Any]) -> bool:
    """Return whether the values of a choice are texts and integers, which `Literal` tells apart."""
    values = [value for value in _values(raw) or [] if value is not None]
    plain = all(isinstance(one, str | int) and not isinstance(one, bool) for one in values)
    return plain and bool(values)


def _overlap(one: Schema, other: Schema) -> bool:
    """Return whether a value may be one of both: a union takes it, where `oneOf` refuses it."""
    if isinstance(one.raw, bool) or isinstance(other.raw, bool):
        return True
    values, others = _values(one.raw), _values(other.raw)
    if values is not None and others is not None:
        return any(value in others for value in values)
    formats = {str(raw["format"]) for raw in (one.raw, other.raw) if "format" in raw}
    if len(formats) > 1:
        return False
    kinds, beside = declared_types(one.raw), declared_types(other.raw)
    if not kinds or not beside:
        return True
    numbers = {"integer", "number"}
    return bool(kinds & beside) or bool(kinds & numbers and beside & numbers)


def _values(raw: Mapping[str, Any]) -> list[Any] | None:
    given = raw.get("enum", [raw["const"]] if "const" in raw else None)
    return given if isinstance(given, list) else None
