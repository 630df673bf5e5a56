"""Rewrites draft 7 schemas of messages as JSON Schema 2020-12, in place, including referenced ones.

Draft 7, AsyncAPI's default, lists the items of a tuple below `items` and
what follows them below `additionalItems`, and has one keyword `dependencies` for names and schemas.
"""

from collections.abc import Iterator
from typing import Any

from contractkit.documents import Documents
from contractkit.errors import ContractKitError
from contractkit.keywords import DEFINITIONS, LISTS, MAPS, ONE
from contractkit.location import escape
from contractkit.model.schema import Schema

_Place = tuple[str, str, Any]
"""A file, a pointer in it and the value there."""


def upgrade_draft_7(documents: Documents, schema: Schema) -> None:
    """Rewrite a schema and all that it refers to; a second call changes nothing."""
    pending: list[_Place] = [(schema.location.file, schema.location.pointer, schema.raw)]
    seen = set()
    while pending:
        file, pointer, value = pending.pop()
        if not isinstance(value, dict) or id(value) in seen:
            continue
        seen.add(id(value))
        _upgrade(value, pointer, documents.source(file).aliases)
        pending += ((file, *part) for part in _parts(value, pointer))
        if isinstance(value.get("$ref"), str):
            pending += _target(documents, file, pointer, value["$ref"])


def _target(documents: Documents, file: str, pointer: str, reference: str) -> Iterator[_Place]:
    try:
        found = documents.lookup(reference, documents.source(file).locate(pointer))
    except ContractKitError:
        return  # Whoever uses the reference reports what is wrong with it.
    yield found.location.file, found.location.pointer, found.value


def _parts(value: dict[str, Any], pointer: str) -> Iterator[tuple[str, Any]]:
    for key in ONE:
        if key in value:
            yield f"{pointer}/{key}", value[key]
    for key in LISTS:
        items = value.get(key)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield f"{pointer}/{key}/{index}", item
    for key in MAPS | DEFINITIONS:
        members = value.get(key)
        for name, item in members.items() if isinstance(members, dict) else ():
            yield f"{pointer}/{key}/{escape(str(name))}", item


def _upgrade(schema: dict[str, Any], pointer: str, aliases: dict[str, str]) -> None:
    rest = schema.pop("additionalItems", None)
    if isinstance(schema.get("items"), list):
        schema["prefixItems"] = schema.pop("items")
        aliases[f"{pointer}/prefixItems"] = f"{pointer}/items"
        if rest is not None:
            schema["items"] = rest
            aliases[f"{pointer}/items"] = f"{pointer}/additionalItems"
    needed = schema.get("dependencies")
    if not isinstance(needed, dict):
        return
    del schema["dependencies"]
    for name, item in needed.items():
        keyword = "dependentRequired" if isinstance(item, list) else "dependentSchemas"
        schema.setdefault(keyword, {})[name] = item
        key = escape(str(name))
        aliases[f"{pointer}/{keyword}/{key}"] = f"{pointer}/dependencies/{key}"
