"""The `encoding` of a form's parts (OpenAPI, Encoding Object), defaults filled in."""

from typing import Any

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.media import media_range
from contractkit.compat.rule import Role
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.use import Use
from contractkit.documents import Node, at
from contractkit.location import escape
from contractkit.model.http import MediaType
from contractkit.model.media_kinds import URLENCODED
from contractkit.model.schema import of

_FORMS = ("multipart/", URLENCODED)
_KNOWN = frozenset({"contentType", "style", "explode", "allowReserved"})
_UNIONS = frozenset({"oneOf", "anyOf"})
_TEXT = frozenset({"string", "integer", "number", "boolean"})
OCTETS, PLAIN, JSON = "application/octet-stream", "text/plain", "application/json"


def compare_encoding(
    collector: FindingCollector, old: MediaType, new: MediaType, use: Use, role: Role | None
) -> None:
    """Compare the encoding part by part; a missing member has the default of the part's schema.

    OpenAPI ignores the encoding of bodies that are not forms.
    """
    if not (is_form(old) and is_form(new)):
        return
    nodes = [
        at(documents, media.location)
        for documents, media in zip(collector.revisions, (old, new), strict=True)
    ]
    described = [node.dig("encoding") for node in nodes]
    schemas = [
        of(documents, media.schema) if media.schema is not None else None
        for documents, media in zip(collector.revisions, (old, new), strict=True)
    ]
    written = {name for node in described if node is not None for name, _ in node.entries()}
    parts = {name for name in written if all(_has(schema, name) for schema in schemas)}
    for name in sorted(parts):
        facts = [
            facts_of(schema, node, name) for schema, node in zip(schemas, described, strict=True)
        ]
        places = [
            documents.source(media.location.file).locate(
                f"{media.location.pointer}/encoding/{escape(name)}"
            )
            for documents, media in zip(collector.revisions, (old, new), strict=True)
        ]
        for key, was in facts[0].items():
            now = facts[1][key]
            encoded = key == "allowReserved" and _still_read(was, now, role)
            if not (encoded or _harmless(was, now, role)):
                message = f"the part {name}: {key} {_text(was)} became {_text(now)}"
                collector.say(
                    RULES["part-encoding-changed"], message, places[0], places[1], use, token=key
                )
        raw = [_part(node, name) for node in described]
        both = (raw[0], places[0]), (raw[1], places[1])
        check_leftovers(collector, *both, known=_KNOWN, use=use, what=f"the part {name}")


def is_form(media: MediaType) -> bool:
    """Return whether a body is a form, whose parts have encodings."""
    return media.name.strip().lower().startswith(_FORMS)


def _part(encoding: Node | None, name: str) -> dict[str, Any]:
    part = encoding.get(name) if encoding is not None else None
    return part.value if part is not None and isinstance(part.value, dict) else {}


def _has(schema: Node | None, name: str) -> bool:
    """Return whether a body may have the part: the encoding of any other name is ignored."""
    if schema is None:
        return False
    shape = shape_of(schema)
    return name in shape.properties or not _UNIONS.isdisjoint(shape.keywords)


def facts_of(schema: Node | None, encoding: Node | None, name: str) -> dict[str, frozenset[str]]:
    """Return the members of a part's encoding, each as the set of allowed values."""
    part = _part(encoding, name)
    kinds = str(part.get("contentType") or _default(schema, name)).split(",")
    style = str(part.get("style", "form"))
    return {
        "contentType": frozenset(media_range(kind).spelling for kind in kinds),
        "style": frozenset({style}),
        "explode": frozenset({str(part.get("explode", style == "form")).lower()}),
        "allowReserved": frozenset({str(part.get("allowReserved", False)).lower()}),
    }


def _default(schema: Node | None, name: str) -> str:
    """Return the default content type of a part (OpenAPI 3.1 and 3.2, Encoding Object)."""
    node = shape_of(schema).properties.get(name) if schema is not None else None
    seen = 0
    while node is not None and shape_of(node).value("type") == "array" and seen < 8:  # noqa: PLR2004
        node, seen = shape_of(node).keywords.get("items"), seen + 1
    return _of_one(node) if node is not None else OCTETS


def _of_one(node: Node) -> str:
    """Return the default content type of a value; null is never written."""
    shape = shape_of(node)
    alternatives = shape.keywords.get("anyOf") or shape.keywords.get("oneOf")
    if alternatives is not None and "type" not in shape.keywords:
        kinds = {_of_one(one) for one in alternatives.elements() if one.value != {"type": "null"}}
        return kinds.pop() if len(kinds) == 1 else OCTETS
    declared = shape.value("type", "")
    named = {declared} if isinstance(declared, str) else set(declared) - {"null"}
    if named == {"object"}:
        return JSON
    binary = "string" in named and {"contentEncoding", "contentMediaType"} & shape.keywords.keys()
    return PLAIN if named <= _TEXT and not binary else OCTETS


def _harmless(was: frozenset[str], now: frozenset[str], role: Role | None) -> bool:
    """Return whether a part that we read allows more than before, or one that we write less."""
    if role is None:
        return was == now
    written, read = (was, now) if role is Role.IN else (now, was)
    wide = [media_range(one) for one in read if one.endswith("/*")]
    return all(any(one.covers(media_range(other)) for one in wide) for other in written - read)


def _still_read(was: frozenset[str], now: frozenset[str], role: Role | None) -> bool:
    """Return whether reserved characters are read as they are; encoded ones always are."""
    read = was if role is Role.OUT else now
    return role is not None and read == {"true"}


def _text(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))
