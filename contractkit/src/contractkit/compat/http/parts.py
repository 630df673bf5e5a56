"""The parts of forms as they travel: one part is a list of one, and bytes have no schema.

OpenAPI 3.0 describes a file by `format: binary`, 3.1 by a `contentMediaType` or by nothing.
"""

from dataclasses import replace
from typing import Any

from contractkit.compat.http.encoding import OCTETS, facts_of, is_form
from contractkit.compat.http.representations import free_bytes, travels_as_json
from contractkit.compat.http.serialization import is_scalar
from contractkit.compat.media import media_range
from contractkit.compat.rule import Role
from contractkit.compat.schema.sample import shape_of
from contractkit.documents import Documents, at
from contractkit.location import escape
from contractkit.model.http import MediaType
from contractkit.model.schema import Schema, of

_Sides = tuple[Documents, Documents]
_Medias = tuple[MediaType, MediaType]


def as_parts(revisions: _Sides, old: MediaType, new: MediaType, role: Role | None) -> _Medias:
    """Return two media types; those of forms have schemas in which equal parts look equal."""
    if not (is_form(old) and is_form(new)) or old.schema is None or new.schema is None:
        return old, new
    forms = _Form(revisions[0], old, old.schema), _Form(revisions[1], new, new.schema)
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


class _Form:
    """A form of one revision with its parts."""

    def __init__(self, documents: Documents, media: MediaType, schema: Schema) -> None:
        self.media, self.schema = media, schema
        self.node = of(documents, schema).followed()
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
        if not free_bytes(shape):
            return None
        kinds = self.facts(name)["contentType"]
        if kinds == {OCTETS} and "contentMediaType" in shape.keywords:
            kinds = frozenset({media_range(str(shape.value("contentMediaType"))).spelling})
        return None if any(map(travels_as_json, kinds)) else kinds

    def facts(self, name: str) -> dict[str, frozenset[str]]:
        return facts_of(self.node, self._encoding, name)

    def with_parts(self, parts: dict[str, Any]) -> MediaType:
        """Return the media type with other schemas of some parts, at a place of their own."""
        if not parts:
            return self.media
        value = {**self.node.value, "properties": {**self._properties, **parts}}
        suffix = escape(" ".join(f"{name}={part}" for name, part in sorted(parts.items())))
        location = self.node.location
        place = replace(location, pointer=f"{location.pointer}/parts {suffix}")
        return replace(self.media, schema=Schema(value, place))

    @property
    def _properties(self) -> dict[str, Any]:
        return {name: part.value for name, part in self.parts.items()}


def _plain(part: dict[str, Any] | bool) -> dict[str, Any]:
    """Return the schema of a part of bytes, or of a list of them, without a word on the bytes."""
    if isinstance(part, dict) and part.get("type") == "array":
        return {**part, "items": {"type": "string"}}
    return {"type": "string"}
