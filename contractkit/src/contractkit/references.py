"""References (`$ref`) of a part of a document that is copied into another file."""

import posixpath
from collections.abc import Mapping
from typing import Any


def moved_to(value: Any, origin: str, target: str) -> Any:
    """Return what stands in file `origin` with the references that it must have in file `target`.

    Both are paths from the tree's root. Absolute URLs stay as they are.
    """
    if origin == target:
        return value
    if isinstance(value, list):
        return [moved_to(item, origin, target) for item in value]
    if not isinstance(value, Mapping):
        return value
    result = {key: moved_to(item, origin, target) for key, item in value.items()}
    reference = result.get("$ref")
    if isinstance(reference, str) and "://" not in reference:
        path, mark, fragment = reference.partition("#")
        absolute = posixpath.join(posixpath.dirname(origin), path) if path else origin
        start = posixpath.dirname(target) or "."
        result["$ref"] = posixpath.relpath(absolute, start) + mark + fragment
    return result
