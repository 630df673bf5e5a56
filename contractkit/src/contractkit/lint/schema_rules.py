"""Rules for schemas: description, `additionalProperties`, `required`, discriminator."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

import jsonschema_rs

from contractkit.documents import Documents, made
from contractkit.keywords import KEYWORDS
from contractkit.lint.official import describe
from contractkit.lint.violation import Violation
from contractkit.location import Location, escape
from contractkit.model.schema import Schema
from contractkit.reader.malformed_keywords import malformed_keywords

_DEFINED = re.compile(r".*/(\$defs|definitions|components/schemas)/[^/]+")
_SPELLINGS = {keyword.lower(): keyword for keyword in KEYWORDS}
_SHORT = {"max": "maximum", "min": "minimum", "regex": "pattern", "item": "items"}
"""What other schema languages call a keyword."""
_WHOLE = re.compile(r".*/(additionalProperties|propertyNames|items)")


def check_schemas(documents: Documents, schemas: Sequence[Schema]) -> Iterator[Violation]:
    """Yield the violations of all schemas of a contract.

    What is malformed is told in clearer words than those of the meta-schema, and once.
    """
    told: set[str] = set()
    holders: set[str] = set()
    for keyword in malformed_keywords(documents, schemas):
        error = keyword.error
        told.add(error.location.reference)
        holders.update(_around(error.location))
        yield Violation("schema", error.location, error.problem, error.mend)
    for schema in schemas:
        if not isinstance(schema.raw, Mapping):
            continue
        for violation in _check(documents, schema, schema.raw):
            place = violation.location
            known = place.reference in holders or not told.isdisjoint(_around(place))
            if violation.rule != "schema" or not known:
                yield violation


def _around(place: Location) -> Iterator[str]:
    """Yield the references of a place and of all that it stands in."""
    reference = place.reference
    while not reference.endswith("#"):
        yield reference
        reference = reference.rpartition("/")[0]


def _check(documents: Documents, schema: Schema, raw: Mapping[str, Any]) -> Iterator[Violation]:
    if _DEFINED.fullmatch(schema.location.pointer) is not None:
        yield from _meta_schema(documents, schema.location, raw)
        yield from _example(schema.location, raw)
    yield from _misspelled(documents, schema.location, raw)
    yield from _description(schema.location, raw)
    yield from _closedness(schema.location, raw)
    yield from _required(documents, schema.location, raw)
    if isinstance(raw.get("discriminator"), Mapping):
        yield from _discriminator(documents, schema, raw)


def _name(place: Location) -> str:
    return place.pointer.rpartition("/")[2] or place.file


def _meta_schema(
    documents: Documents, place: Location, raw: Mapping[str, Any]
) -> Iterator[Violation]:
    plain = {key: value for key, value in raw.items() if key not in {"discriminator", "xml"}}
    for error in _meta_validator().iter_errors(plain):
        pointer = "".join(f"/{escape(str(token))}" for token in error.instance_path)
        yield Violation(
            "schema",
            documents.source(place.file).locate(place.pointer + pointer),
            describe(error),
            "Follow JSON Schema 2020-12 here.",
        )


def _example(place: Location, raw: Mapping[str, Any]) -> Iterator[Violation]:
    if not any(key in raw for key in ("$ref", "example", "examples", "const")):
        problem = f"The schema {_name(place)!r} has no example."
        yield Violation("example-missing", place, problem, "Add `examples`.")


def _description(place: Location, raw: Mapping[str, Any]) -> Iterator[Violation]:
    property_of_object = place.pointer.rpartition("/")[0].endswith("/properties")
    named = property_of_object or _DEFINED.fullmatch(place.pointer) is not None
    if named and "$ref" not in raw and not raw.get("description"):
        problem = f"{_name(place)!r} has no description."
        yield Violation("description-missing", place, problem, "Say in a sentence what it means.")


def _misspelled(
    documents: Documents, place: Location, raw: Mapping[str, Any]
) -> Iterator[Violation]:
    for key in raw:
        if not isinstance(key, str) or key in KEYWORDS or key.startswith("x-"):
            continue
        meant = _SHORT.get(key.lower()) or next(
            iter(get_close_matches(key.lower(), _SPELLINGS, n=1, cutoff=0.75)), None
        )
        if meant is not None:
            yield Violation(
                "keyword-misspelled",
                documents.source(place.file).locate(f"{place.pointer}/{escape(key)}"),
                f"{key!r} is no keyword of JSON Schema and says nothing.",
                f"Write {_SPELLINGS.get(meant, meant)!r}, or begin a name of your own with `x-`.",
            )


def _closedness(place: Location, raw: Mapping[str, Any]) -> Iterator[Violation]:
    is_object = raw.get("type") == "object" or "properties" in raw
    closed = ("additionalProperties", "unevaluatedProperties")
    if is_object and not any(key in raw for key in closed) and not _in_all_of(place.pointer):
        yield Violation(
            "additional-properties",
            place,
            f"The object {_name(place)!r} does not say whether it may have further members.",
            "Write `additionalProperties: true` or `false`.",
        )


def _required(documents: Documents, place: Location, raw: Mapping[str, Any]) -> Iterator[Violation]:
    properties = raw.get("properties")
    if not isinstance(properties, Mapping) or {"allOf", "$ref", "oneOf", "anyOf"} & set(raw):
        return
    names = raw.get("required", ())
    for index, required in enumerate(names if isinstance(names, list) else ()):
        if required not in properties and not raw.get("patternProperties"):
            yield Violation(
                "required-unknown",
                documents.source(place.file).locate(f"{place.pointer}/required/{index}"),
                f"{required!r} is required but is not a property.",
                "Add the property or correct the name.",
            )


def _in_all_of(pointer: str) -> bool:
    return pointer.rpartition("/")[0].endswith(("/allOf", "/not", "/if", "/then", "/else"))


def _discriminator(
    documents: Documents, schema: Schema, raw: Mapping[str, Any]
) -> Iterator[Violation]:
    place = documents.source(schema.location.file).locate(
        f"{schema.location.pointer}/discriminator"
    )
    name = raw["discriminator"].get("propertyName")
    node = made(documents, schema.location, raw)
    for key in ("oneOf", "anyOf"):
        for _, branch in documents.children(documents.child(node, key)):
            target = documents.follow(branch)
            value: Any = target.value
            if isinstance(value, Mapping) and name not in value.get("required", ()):
                yield Violation(
                    "discriminator",
                    place,
                    f"{name!r} is not required in {target.location}.",
                    "Require it there; otherwise the alternatives can't be told apart.",
                )
    for value, reference in (raw["discriminator"].get("mapping") or {}).items():
        if "/" in reference or "#" in reference:
            try:
                documents.lookup(reference, schema.location)
            except Exception as error:  # noqa: BLE001 (any failure is reported)
                yield Violation(
                    "discriminator", place, f"{value!r}: {error}", "Correct the mapping."
                )


_META: dict[str, Any] = {"$ref": "https://json-schema.org/draft/2020-12/schema"}


@cache
def _meta_validator() -> Any:
    return jsonschema_rs.Draft202012Validator(_META)
