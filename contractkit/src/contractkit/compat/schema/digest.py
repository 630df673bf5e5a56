"""What a schema means, as a short text: equal digests are equal schemas, however written."""

import hashlib
import json
from typing import Any

from contractkit.compat.node import Node, Path

ANNOTATIONS = frozenset(
    {
        "$anchor",
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "definitions",
        "deprecated",
        "description",
        "example",
        "examples",
        "externalDocs",
        "summary",
        "tags",
        "title",
        "xml",
    },
)
"""Keywords that carry words only; `deprecated` of a property is advice, too."""

_UNORDERED = frozenset({"required", "enum", "type"})
_LITERAL = frozenset({"const", "default", "dependentRequired", "enum", "required", "type"})
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})


def is_annotation(keyword: str) -> bool:
    """Whether a schema keyword changes nothing that travels."""
    return keyword in ANNOTATIONS or keyword.startswith("x-doc")


class Digests:
    """Digests of one revision's schemas, kept per place."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Path], str] = {}

    def of(self, node: Node) -> str:
        """The digest of a schema with its references resolved and its words left out."""
        known = self._known.get(node.place)
        if known is None:
            known = hashlib.sha256(
                json.dumps(self._canonical(node, {}), sort_keys=True).encode(),
            ).hexdigest()
            self._known[node.place] = known
        return known

    def keyword(self, key: str, node: Node) -> str:
        """The digest of one keyword's value."""
        return json.dumps(self._keyword(key, node, {}), sort_keys=True)

    def _canonical(self, node: Node, above: dict[tuple[str, Path], int]) -> Any:
        if isinstance(node.value, bool):
            return node.value
        if not isinstance(node.value, dict):
            return {"": node.value}
        if node.place in above:
            return {"circle": len(above) - above[node.place]}
        inside = {**above, node.place: len(above)}
        body = {
            key: self._keyword(key, child, inside)
            for key, child in node.entries()
            if key != "$ref" and not is_annotation(key)
        }
        if node.reference is None:
            return body
        target = self._canonical(node.target(), inside)
        return {"allOf": [target, body]} if body else target

    def _keyword(self, key: str, node: Node, above: dict[tuple[str, Path], int]) -> Any:
        value = node.value
        if key in _UNORDERED and isinstance(value, list):
            value = sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
        elif key == "discriminator":
            value = self._discriminator(node)
        elif key not in _LITERAL:
            if isinstance(value, list):
                value = [self._canonical(item, above) for item in node.elements()]
            elif key in _MAPS:
                value = {name: self._canonical(child, above) for name, child in node.entries()}
            elif isinstance(value, dict):
                value = self._canonical(node, above)
        return value

    @staticmethod
    def _discriminator(node: Node) -> Any:
        mapping = node.dig("mapping")
        return [node.text("propertyName"), sorted(mapping.value) if mapping else []]
