"""The parts of forms as they travel: one part is a list of one, and bytes have no schema.

OpenAPI 3.0 describes a file by `format: binary`, 3.1 by a `contentMediaType` or by nothing.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from contractkit.compat.http.encoding import OCTETS, PLAIN, facts_of, is_form
from contractkit.compat.http.representations import READ, free_bytes, is_single, travels_as_json
from contractkit.compat.http.serialization import is_scalar
from contractkit.compat.kinship import stands_for
from contractkit.compat.media import media_range
from contractkit.compat.rule import Role
from contractkit.compat.schema.sample import shape_of
from contractkit.documents import Documents, Node, at
from contractkit.model.http import MediaType
from contractkit.model.schema import Schema, of

_Sides = tuple[Documents, Documents]
_Medias = tuple[MediaType, MediaType]


def as_parts(revisions: _Sides, old: MediaType, new: MediaType, role: Role | None) -> _Medias:
    """Return two media types; those of forms have schemas in which equal parts look equal."""
    forms = _forms(revisions, (old, new))
    if forms is None:
        return old, new
    names = forms[0].parts.keys() & forms[1].parts.keys()
    found: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    writer, reader = (1, 0) if role is Role.OUT else (0, 1)
    for name in sorted(names):
        if forms[writer].part_of_list(name, forms[reader]):
            single = forms[writer].parts[name].value
            lone = {"type": "array", "items": single, "minItems": 1, "maxItems": 1}
            found[writer][name] = lone
        kinds = [form.content_of_bytes(name) for form in forms]
        if kinds[0] is not None and kinds[0] == kinds[1]:
            for form, made in zip(forms, found, strict=True):
                made[name] = _plain(made.get(name, form.parts[name].followed().value))
    return forms[0].with_parts(found[0]), forms[1].with_parts(found[1])


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part that both forms write as text; `several`: a list of texts is several parts."""

    old: Schema
    new: Schema
    several: bool


def without_texts(
    revisions: _Sides, given: _Medias, compared: _Medias
) -> tuple[_Medias, list[TextPart]]:
    """Return two forms without what they say of parts that are text, and these parts.

    Other parts, as objects in JSON, are described by the schemas that are left. `given` are the
    forms as they are written, `compared` what `as_parts` makes of them.
    """
    forms = _forms(revisions, given)
    if forms is None:
        return compared, []
    names = sorted(forms[0].parts.keys() & forms[1].parts.keys())
    names = [name for name in names if all(form.writes_text(name) for form in forms)]
    texts = [
        TextPart(
            _schema(forms[0].parts[name]),
            _schema(forms[1].parts[name]),
            several=all("true" in form.facts(name)["explode"] for form in forms),
        )
        for name in names
    ]
    left = _forms(revisions, compared) or forms
    first, second = (form.with_parts(dict.fromkeys(names, True)) for form in left)
    return (first, second), texts


def _forms(revisions: _Sides, medias: _Medias) -> "tuple[_Form, _Form] | None":
    """Return two forms, or None where not both are forms that a schema describes."""
    old, new = medias
    if not (is_form(old) and is_form(new)) or old.schema is None or new.schema is None:
        return None
    return _Form(revisions[0], old, old.schema), _Form(revisions[1], new, new.schema)


class _Form:
    """A form of one revision with its parts."""

    def __init__(self, documents: Documents, media: MediaType, schema: Schema) -> None:
        self.media, self.schema = media, schema
        self.node = stands_for(of(documents, schema))
        listed = self.node.get("properties")
        self.parts = dict(listed.entries()) if listed is not None else {}
        self._encoding = at(documents, media.location).get("encoding")

    def part_of_list(self, name: str, other: "_Form") -> bool:
        """Return whether a part is a single value, and in the other form a list of such parts.

        Objects are written as parts only in multipart forms; joined lists are one text.
        """
        single, listed = self.parts[name], other.parts[name]
        if shape_of(listed).value("type") != "array":
            return False
        multipart = media_range(self.media.name).kind == "multipart"
        lone = is_scalar(single) or (multipart and shape_of(single).value("type") == "object")
        lone = lone or (multipart and self.content_of_bytes(name) is not None)
        repeated = all("true" in form.facts(name)["explode"] for form in (self, other))
        return lone and repeated and shape_of(single).value("type") != "array"

    def content_of_bytes(self, name: str) -> frozenset[str] | None:
        """Return the content types of a part whose schema says no more than that it is bytes."""
        part = self.parts[name]
        shape = shape_of(part)
        items = shape.keywords.get("items") if shape.value("type") == "array" else None
        shape = shape_of(items) if items is not None else shape
        if not free_bytes(shape) or shape.node.value is False:
            return None
        kinds = self.facts(name)["contentType"]
        if kinds == {OCTETS} and "contentMediaType" in shape.keywords:
            kinds = frozenset({media_range(str(shape.value("contentMediaType"))).spelling})
        return None if any(map(travels_as_json, kinds)) else kinds

    def writes_text(self, name: str) -> bool:
        """Return whether a part is certainly written as text, whatever the other parts are."""
        shape = shape_of(self.node)
        flat = shape.keywords.keys() <= READ and shape.value("type") == "object"
        return flat and is_single(self.parts[name]) and self.facts(name)["contentType"] == {PLAIN}

    def facts(self, name: str) -> dict[str, frozenset[str]]:
        return facts_of(self.node, self._encoding, name)

    def with_parts(self, parts: dict[str, Any]) -> MediaType:
        """Return the media type with other schemas of some parts, at a place of their own."""
        if not parts:
            return self.media
        value = {**self.node.value, "properties": {**self._properties, **parts}}
        place = self.node.location.rewritten(json.dumps(value["properties"], default=str))
        return replace(self.media, schema=Schema(value, place))

    @property
    def _properties(self) -> dict[str, Any]:
        return {name: part.value for name, part in self.parts.items()}


def _schema(part: Node) -> Schema:
    return Schema(part.value, part.location)


def _plain(part: dict[str, Any] | bool) -> dict[str, Any]:
    """Return the schema of a part of bytes, or of a list of them, without a word on the bytes."""
    if isinstance(part, dict) and part.get("type") == "array":
        return {**part, "items": {"type": "string"}}
    return {"type": "string"}
