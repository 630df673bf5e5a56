"""A schema of contractkit's model as one plain value, without references."""

from typing import Any

from contractkit.documents import Documents, Node
from contractkit.model.schema import Schema, of

DEEPEST = 16


def inline(documents: Documents, schema: Schema) -> dict[str, Any]:
    """The schema with every `$ref` replaced by what it means; recursion ends in `true`."""
    plain = _inline(documents, of(documents, schema), 0)
    return plain if isinstance(plain, dict) else {}


def _inline(documents: Documents, node: Node, depth: int) -> Any:
    if depth > DEEPEST:
        return True
    if isinstance(node.value, list):
        return [_inline(documents, child, depth) for _, child in documents.children(node)]
    if not isinstance(node.value, dict):
        return node.value
    plain: dict[str, Any] = {}
    target = documents.target(node)
    if target is not None:
        plain |= _inline(documents, target, depth + 1)
    for key, child in documents.children(node):
        if key not in {"$ref", "discriminator"}:
            plain[key] = _inline(documents, child, depth + 1)
    return plain
