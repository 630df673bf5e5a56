"""Where a fragment may begin that means nothing at the root of its file."""

from collections.abc import Iterator
from typing import Any

from contractkit.location import path_of

_EMBEDDED = ("/$defs/", "/definitions/")
"""Where schemas that are written into a document as they were alone have their definitions."""


def bases(document: Any, origin: str, fragment: str) -> Iterator[str]:
    """Yield pointers of the schemas around `origin` from which `fragment` may be meant.

    First the one that has an `$id`, then, for definitions, each one around, the inner ones first.
    The one that refers counts, too: Pydantic writes a model that contains itself as a `$ref`
    beside `$defs`.
    """
    around: list[tuple[str, Any]] = []
    value, pointer = document, ""
    tokens = origin.split("/")[1:]
    for token, key in zip(tokens, path_of(origin), strict=True):
        around.insert(0, (pointer, value))
        value = value[int(key) if isinstance(value, list) else key]
        pointer = f"{pointer}/{token}"
    around.insert(0, (pointer, value))
    for place, schema in around:
        if isinstance(schema, dict) and isinstance(schema.get("$id"), str):
            yield place
            break
    if fragment.startswith(_EMBEDDED):
        yield from (place for place, _ in around)
