"""Schemas in one form, so that two ways of writing the same rule compare equal; annotations are dropped."""

import json
from typing import Any

ANNOTATIONS = frozenset({"title", "description", "examples", "example", "discriminator", "$schema"})
DEEPEST = 24


def resolve(document: Any, reference: str) -> Any:
    """What a local `$ref` (RFC 6901 behind `#`) means. Raises LookupError when it leads nowhere."""
    value = document
    for token in reference.removeprefix("#/").split("/"):
        value = value[token.replace("~1", "/").replace("~0", "~")]
    return value


def canonical(schema: Any, document: Any, depth: int = 0) -> Any:
    """The schema without references, annotations and synonyms.

    `const` is an `enum` of one, `oneOf` an `anyOf`, a list of types an `anyOf` of types; members of
    sets are sorted; what allows everything is left out.
    """
    if not isinstance(schema, dict):
        return schema
    if depth > DEEPEST:
        return {"recursive": True}
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return canonical({**resolve(document, schema["$ref"]), **beside}, document, depth + 1)
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ANNOTATIONS:
            continue
        if key in {"properties", "patternProperties", "$defs"}:
            result[key] = {
                name: canonical(child, document, depth + 1) for name, child in value.items()
            }
        elif key in {"anyOf", "oneOf", "allOf", "prefixItems"}:
            result[key] = [canonical(child, document, depth + 1) for child in value]
        else:
            result[key] = canonical(value, document, depth + 1)
    result.pop("$defs", None)
    return _one_form(result)


def _one_form(schema: dict[str, Any]) -> Any:
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "enum" in schema:
        schema["enum"] = sorted(schema["enum"], key=json.dumps)
        schema.pop("type", None)
    if isinstance(schema.get("type"), list):
        kinds = schema.pop("type")
        return _one_form({"anyOf": [{**schema, "type": kind} for kind in sorted(kinds)]})
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    if "anyOf" in schema:
        branches = []
        for branch in schema["anyOf"]:
            branches += branch["anyOf"] if set(branch) == {"anyOf"} else [branch]
        schema["anyOf"] = sorted(branches, key=lambda branch: json.dumps(branch, sort_keys=True))
        if len(branches) == 1 and set(schema) == {"anyOf"}:
            return branches[0]
    if schema.get("required") is not None:
        schema["required"] = sorted(schema["required"])
    for key, neutral in (("required", []), ("additionalProperties", True), ("properties", {})):
        if schema.get(key) == neutral:
            del schema[key]
    return schema


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two canonical values differ, one line each: place, this side, that side."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in sorted({*one, *other}, key=str):
            below = f"{place}/{key}"
            if key not in one:
                found.append(f"{below}: only in the second: {_short(other[key])}")
            elif key not in other:
                found.append(f"{below}: only in the first: {_short(one[key])}")
            else:
                found += differences(one[key], other[key], below)
        return found
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            line
            for index, pair in enumerate(zip(one, other, strict=True))
            for line in differences(*pair, f"{place}/{index}")
        ]
    return [] if one == other else [f"{place}: {_short(one)} ≠ {_short(other)}"]


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) < 200 else text[:200] + "…"
