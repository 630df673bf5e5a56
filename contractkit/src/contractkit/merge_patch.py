"""JSON Merge Patch (RFC 7396), by which AsyncAPI merges traits; references are replaced whole."""

from collections.abc import Mapping
from typing import Any


def patched(base: Any, patch: Any) -> Any:
    """Return `base` with a patch applied; neither is changed."""
    if not isinstance(patch, Mapping) or "$ref" in patch:
        return patch
    result = dict(base) if isinstance(base, Mapping) and "$ref" not in base else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result
