"""Rules for schemas: description, `additionalProperties`, `required`, discriminator."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs

from contractkit.documents import Documents, made
from contractkit.lint.official import describe
from contractkit.lint.violation import Violation
from contractkit.location import escape
from contractkit.model.schema import Schema

_DEFINED = re.compile(r".*/(\$defs|definitions|components/schemas)/[^/]+")
_WHOLE = re.compile(r".*/(additionalProperties|propertyNames|items)")


def check_schemas(documents: Documents, schemas: Sequence[Schema]) -> Iterator[Violation]:
    """Yield the violations of all schemas of a contract."""
    for schema in schemas:
        if isinstance(schema.raw, Mapping):
            yield from _check(documents, schema, schema.raw)


def _check(documents: Documents, schema: Schema, raw: Mapping[str, Any]) -> Iterator[Violation]:
    place = schema.location
    defined = _DEFINED.fullmatch(place.pointer) is not None
    name = place.pointer.rpartition("/")[2] or place.file
    if defined:
        plain = {key: value for key, value in raw.items() if key not in {"discriminator", "xml"}}
        for error in jsonschema_rs.Draft202012Validator(_META).iter_errors(plain):
            pointer = "".join(f"/{escape(str(token))}" for token in error.instance_path)
            yield Violation(
                "schema",
                documents.source(place.file).locate(place.pointer + pointer),
                describe(error),
                "Follow JSON Schema 2020-12 here.",
            )
    property_of_object = place.pointer.rpartition("/")[0].endswith("/properties")
    if (defined or property_of_object) and "$ref" not in raw and not raw.get("description"):
        yield Violation(
            "description-missing",
            place,
            f"{name!r} has no description.",
            "Say in a sentence what it means.",
        )
    if (
        defined
        and "$ref" not in raw
        and not any(key in raw for key in ("example", "examples", "const"))
    ):
        yield Violation(
            "example-missing", place, f"The schema {name!r} has no example.", "Add `examples`."
        )
    is_object = raw.get("type") == "object" or "properties" in raw
    closed = ("additionalProperties", "unevaluatedProperties")
    if is_object and not any(key in raw for key in closed) and not _in_all_of(place.pointer):
        yield Violation(
            "additional-properties",
            place,
            f"The object {name!r} does not say whether it may have further members.",
            "Write `additionalProperties: true` or `false`.",
        )
    properties = raw.get("properties")
    if isinstance(properties, Mapping) and not {"allOf", "$ref", "oneOf", "anyOf"} & set(raw):
        for index, required in enumerate(raw.get("required", ())):
            if required not in properties and not raw.get("patternProperties"):
                yield Violation(
                    "required-unknown",
                    documents.source(place.file).locate(f"{place.pointer}/required/{index}"),
                    f"{required!r} is required but is not a property.",
                    "Add the property or correct the name.",
                )
    if isinstance(raw.get("discriminator"), Mapping):
        yield from _discriminator(documents, schema, raw)


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
