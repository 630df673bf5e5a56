"""Writes the bundled documents: OpenAPI as it is and as 3.1, AsyncAPI for its tools."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contractkit.documents import Documents
from contractkit.generator.bundle import bundle
from contractkit.location import unescape

_MOST_REFERENCES = 20
_NAME = "x-parser-schema-id"
_TAG_MEMBERS_OF_32 = ("summary", "parent", "kind")


def write_documents(
    documents: Documents, folder: Path, *, openapi: str | None, asyncapi: str | None
) -> None:
    """Write `openapi.json`, `openapi-3.1.json` and `asyncapi.json` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if openapi is not None:
        document = bundle(documents, openapi)
        _write(folder / "openapi.json", document)
        _write(folder / "openapi-3.1.json", down_level(document))
    if asyncapi is not None:
        document = without_discriminators(bundle(documents, asyncapi))
        _write(folder / "asyncapi.json", with_names(document))


def down_level(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document; what a client of a stream gets becomes the stream's `schema`.

    That is the items, and of server-sent events their data: the envelope of event, id and data
    never leaves the client's library.
    """
    result: dict[str, Any] = _down(document, document)
    result["openapi"] = "3.1.1"
    result.pop("$self", None)
    tags, paths = result.get("tags"), result.get("paths")
    for tag in tags if isinstance(tags, list) else ():
        for key in _TAG_MEMBERS_OF_32 if isinstance(tag, dict) else ():
            tag.pop(key, None)
    for path in paths.values() if isinstance(paths, dict) else ():
        for key in ("query", "additionalOperations") if isinstance(path, dict) else ():
            path.pop(key, None)
    return result


def _down(value: Any, document: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_down(item, document) for item in value]
    if not isinstance(value, Mapping):
        return value
    result = {key: _down(item, document) for key, item in value.items()}
    events = result.get("text/event-stream")
    if isinstance(events, dict) and "itemSchema" in value.get("text/event-stream", {}):
        events["schema"] = _data_of(events["schema"], document)
    if "itemSchema" in result and "schema" not in result:
        result["schema"] = result.pop("itemSchema")
    return result


def _data_of(frames: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the data of any of the frames; of what is no frame, itself."""
    whole = _resolved(frames, document)
    alternatives = whole.get("oneOf", whole.get("anyOf"))
    if not isinstance(alternatives, list):
        return _data(frames, document) or frames
    found: list[Mapping[str, Any]] = []
    for alternative in alternatives:
        data = _data(alternative, document)
        if data is None:
            return frames
        found += [] if data in found else [data]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _data(frame: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema of a frame's data as a client gets it: parsed, where it is JSON."""
    properties = _resolved(frame, document).get("properties")
    data = properties.get("data") if isinstance(properties, Mapping) else None
    if not isinstance(data, Mapping):
        return None
    parsed = _resolved(data, document).get("contentSchema", data)
    return parsed if isinstance(parsed, Mapping) else None


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references within the bundled document, at most as many as there can be in a row."""
    for _ in range(_MOST_REFERENCES):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        target: Any = document
        for part in reference[2:].split("/"):
            target = target.get(unescape(part)) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            break
        schema = target
    return schema


def with_names(document: dict[str, Any]) -> dict[str, Any]:
    """Give each named schema its name in the way of AsyncAPI's parser, which Modelina asks for it.

    Not by `$id`: that would move the base of the references within it (JSON Schema 8.2.1).
    """
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    for name, schema in schemas.items() if isinstance(schemas, dict) else ():
        if isinstance(schema, dict) and "$ref" not in schema:
            schema.setdefault(_NAME, name)
    return document


def without_discriminators(value: Any) -> Any:
    """Drop OpenAPI's discriminator objects: AsyncAPI's schema format knows only a text there."""
    if isinstance(value, list):
        return [without_discriminators(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: without_discriminators(item)
        for key, item in value.items()
        if not (key == "discriminator" and isinstance(item, Mapping) and "propertyName" in item)
    }


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
