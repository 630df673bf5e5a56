"""Values made from a JSON Schema: a whole one, ones at its edges, and for every keyword one that breaks it.

They are proposals; `Cases` keeps only what a validator confirms, and names keywords that nothing broke.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

ANNOTATIONS = frozenset(
    {"$schema", "$defs", "title", "description", "examples", "example", "default", "deprecated",
     "format", "contentMediaType", "contentEncoding", "readOnly", "writeOnly", "$comment"}
)  # fmt: skip
_OF_TYPE: dict[str, Any] = {
    "object": {}, "array": [], "string": "text", "integer": 7, "number": 0.5, "boolean": True, "null": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One value. `keyword` is what it breaks, or whose edge it stands on; `pointer` says where."""

    keyword: str
    pointer: str
    value: Any

    @property
    def name(self) -> str:
        return f"{self.keyword} at {self.pointer or '/'}"


@dataclass(frozen=True, slots=True)
class Cases:
    """What a schema yields. `unbroken` are the keywords for which no violation was found."""

    whole: Any
    valid: tuple[Case, ...]
    invalid: tuple[Case, ...]
    unbroken: frozenset[str]


def cases(schema: dict[str, Any]) -> Cases:
    """Return the confirmed cases of a schema without references."""
    validator = jsonschema_rs.Draft202012Validator(schema)
    whole = sample(schema)
    if not validator.is_valid(whole):
        raise ValueError(f"no valid value found for {schema.get('description', schema)}")
    wanted = {(pointer, key) for pointer, key in keywords(schema, whole, "")}
    valid, invalid = [Case("whole", "", whole)], []
    for case in _proposals(schema, whole, ""):
        (valid if validator.is_valid(case.value) else invalid).append(case)
    broken = {_home(case) for case in invalid}
    unbroken = {f"{key} at {pointer or '/'}" for pointer, key in wanted - broken}
    return Cases(whole, _distinct(valid), _distinct(invalid), frozenset(unbroken))


def sample(schema: dict[str, Any]) -> Any:
    """A value with all properties that the schema names; its examples first."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return sample({**{k: v for k, v in schema.items() if k != key}, **schema[key][0]})
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" and schema.get("properties"):
        return {name: sample(child) for name, child in schema["properties"].items()}
    if kind == "array":
        count = max(1, schema.get("minItems", 1)) if schema.get("maxItems", 1) else 0
        return [sample(schema.get("items", {})) for _ in range(count)]
    if schema.get("examples"):
        return copy.deepcopy(schema["examples"][0])
    if kind in {"integer", "number"}:
        return schema.get("minimum", min(1, schema.get("maximum", 1)))
    if kind == "string":
        return "a" * max(1, schema.get("minLength", 1))
    return _OF_TYPE[kind]


def keywords(schema: dict[str, Any], value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every keyword that restricts, with the place in `value` that it restricts."""
    for key, limit in schema.items():
        if key in ANNOTATIONS or key in {"properties", "items", "oneOf", "anyOf", "discriminator"}:
            continue
        if key in {"minimum", "minLength", "minItems"} and limit == 0 and "type" not in schema:
            continue
        if (key, limit) == ("additionalProperties", True):
            continue
        yield pointer, key
    if isinstance(value, dict):
        for name, child in schema.get("properties", {}).items():
            if name in value:
                yield from keywords(child, value[name], f"{pointer}/{name}")
    if isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        yield from keywords(schema["items"], value[0], f"{pointer}/0")
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if jsonschema_rs.Draft202012Validator(branch).is_valid(value):
            yield from keywords(branch, value, pointer)


def _proposals(schema: dict[str, Any], whole: Any, pointer: str) -> Iterator[Case]:
    for keyword, below, value in _changes(schema, _at(whole, pointer)):
        yield Case(keyword, pointer + below, _with(whole, pointer, value))
    here = _at(whole, pointer)
    if isinstance(here, dict):
        for name, child in schema.get("properties", {}).items():
            if name in here:
                yield from _proposals(child, whole, f"{pointer}/{name}")
    if isinstance(here, list) and here and isinstance(schema.get("items"), dict):
        yield from _proposals(schema["items"], whole, f"{pointer}/0")
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if jsonschema_rs.Draft202012Validator(branch).is_valid(here):
            yield from _proposals(branch, whole, pointer)


def _changes(schema: dict[str, Any], value: Any) -> Iterator[tuple[str, str, Any]]:
    """Other values for one place: keyword, place below it where a breach is seen, new value."""
    kinds = schema.get("type", [])
    for kind, other in _OF_TYPE.items():
        if kinds and kind not in ([kinds] if isinstance(kinds, str) else kinds):
            yield "type", "", other
    if "const" in schema:
        yield "const", "", "something else"
    if "enum" in schema:
        yield from (("enum", "", member) for member in schema["enum"])
        yield "enum", "", "no_such_member"
    yield from _numbers(schema)
    yield from _texts(schema, value)
    yield from _lists(schema, value)
    if isinstance(value, dict):
        yield from _objects(schema, value)


def _numbers(schema: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    step = 1 if schema.get("type") == "integer" else 0.5
    for keyword, outward in (
        ("minimum", -step), ("maximum", step), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0),
    ):  # fmt: skip
        if keyword in schema:
            yield keyword, "", schema[keyword] + outward
            yield keyword, "", schema[keyword]
    if "multipleOf" in schema:
        yield "multipleOf", "", schema["multipleOf"] * 1.5


def _texts(schema: dict[str, Any], value: Any) -> Iterator[tuple[str, str, Any]]:
    stem = value if isinstance(value, str) and value else "a"
    if "minLength" in schema:
        for length in (schema["minLength"], schema["minLength"] - 1):
            if length >= 0:
                yield "minLength", "", (stem * (length + 1))[:length]
    if "maxLength" in schema:
        # A stretched letter keeps most patterns; what still breaks them breaks the length, too.
        for length in (schema["maxLength"], schema["maxLength"] + 1):
            yield "maxLength", "", stem + stem[-1] * (length - len(stem))
            yield "maxLength", "", "a" * length
    if "pattern" in schema:
        for text in ("", " ", "Ä", "-", "a b", "UPPER", "a\n", "€" * 3, "!" * 5):
            yield "pattern", "", text


def _lists(schema: dict[str, Any], value: Any) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(value, list):
        return
    item = value[0] if value else sample(schema.get("items", {}))
    for keyword, outward in (("minItems", -1), ("maxItems", 1)):
        for length in {schema[keyword], schema[keyword] + outward} if keyword in schema else ():
            if length >= 0:
                yield keyword, "", [item] * length
    if schema.get("uniqueItems"):
        yield "uniqueItems", "", [item, item]


def _objects(schema: dict[str, Any], value: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for name in value:
        rest = {key: kept for key, kept in value.items() if key != name}
        keyword = "required" if name in schema.get("required", ()) else "optional"
        yield keyword, f"/{name}", rest
    extra = schema.get("additionalProperties", True)
    if isinstance(extra, bool):
        yield "additionalProperties", "/surprise", {**value, "surprise": 1}
    else:
        yield "additionalProperties", "/surprise", {**value, "surprise": None}
        yield "additionalProperties", "/surprise", {**value, "surprise": sample(extra)}
        for _, change in ((key, new) for key, _, new in _changes(extra, sample(extra))):
            yield "additionalProperties", "/surprise", {**value, "surprise": change}
    if "propertyNames" in schema:
        member = next(iter(value.values()), "a")
        for name in ("", "Not A Name", "ä"):
            yield "propertyNames", f"/{name}", {**value, name: member}
    for keyword, outward in (("minProperties", -1), ("maxProperties", 1)):
        if keyword in schema:
            for count in (schema[keyword], schema[keyword] + outward):
                member = next(iter(value.values()), "a")
                yield keyword, "", {f"p{index}": member for index in range(max(0, count))}


def _home(case: Case) -> tuple[str, str]:
    """The place whose keyword a case breaks: members are named below the object that asks for them."""
    if case.keyword in {"required", "additionalProperties", "propertyNames"}:
        return case.pointer.rpartition("/")[0], case.keyword
    return case.pointer, case.keyword


def _distinct(found: list[Case]) -> tuple[Case, ...]:
    return tuple({json.dumps(case.value): case for case in reversed(found)}.values())


def _at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def _with(value: Any, pointer: str, new: Any) -> Any:
    """A copy of `value` with `new` at the pointer."""
    if not pointer:
        return copy.deepcopy(new)
    result = copy.deepcopy(value)
    parent, _, last = pointer.rpartition("/")
    holder = _at(result, parent)
    holder[int(last) if isinstance(holder, list) else last] = copy.deepcopy(new)
    return result
