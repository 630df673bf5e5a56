"""Merges AsyncAPI traits into their target: traits in order, then the target.

See "Traits Merge Mechanism" of AsyncAPI 3.0, which uses JSON Merge Patch (RFC 7396).
"""

from dataclasses import replace
from typing import Any

from contractkit.documents import Node
from contractkit.merge_patch import patched
from contractkit.reader.fields import Fields
from contractkit.references import moved_to


def with_traits(target: Fields) -> Fields:
    """Return the target with its traits merged in; its locations are those of the target."""
    traits = [trait for _, trait in target.objects("traits")]
    if not traits:
        return target
    merged: Any = {}
    inherited: dict[str, Node] = {}
    for owner in (*traits, target):
        raw = {key: value for key, value in owner.raw.items() if key != "traits"}
        for key in raw:
            child = owner.child(key)
            if child is not None and owner is not target and key not in merged:
                inherited[key] = child
            else:
                inherited.pop(key, None)
        merged = patched(merged, moved_to(raw, owner.location.file, target.location.file))
    return Fields(target.documents, replace(target.node, value=merged), inherited=inherited)
