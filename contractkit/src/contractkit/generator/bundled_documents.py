"""Writes the bundled documents: OpenAPI as it is and as 3.1, AsyncAPI for its tools."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contractkit.documents import Documents
from contractkit.generator.bundle import bundle

_TAG_MEMBERS_OF_32 = ("summary", "parent", "kind")


def write_documents(
    documents: Documents, output: Path, *, openapi: str | None, asyncapi: str | None
) -> None:
    """Write `documents/*.json` below `output`."""
    folder = output / "documents"
    folder.mkdir(parents=True)
    if openapi is not None:
        document = bundle(documents, openapi)
        _write(folder / "openapi.json", document)
        _write(folder / "openapi-3.1.json", down_level(document))
    if asyncapi is not None:
        _write(folder / "asyncapi.json", without_discriminators(bundle(documents, asyncapi)))


def down_level(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document; the items of a stream become its `schema`."""
    result: dict[str, Any] = _down(document)
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


def _down(value: Any) -> Any:
    if isinstance(value, list):
        return [_down(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    result = {key: _down(item) for key, item in value.items()}
    if "itemSchema" in result and "schema" not in result:
        result["schema"] = result.pop("itemSchema")
    return result


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
