"""Example values of schemas: told by the document, or made from types, limits and formats."""

from collections.abc import Mapping
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import SpecError

_DEEPEST = 6
_FORMATS = {
    "date-time": "2030-01-31T12:00:00Z",
    "date": "2030-01-31",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "someone@example.com",
    "uuid": "6f1f3a2e-54a0-4d5c-9f7e-0d8d8a3c1b5e",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "AA==",
    "binary": "",
}


def told_example(node: Node) -> Any:
    """Return the first example that a schema itself gives (`examples`, `example`), or None."""
    raw = node.value
    if not isinstance(raw, Mapping):
        return None
    examples = raw.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    return raw.get("example")


class ExampleValues:
    """Makes one value per schema; what goes too deep or in a circle is None."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, node: Node, depth: int = 0) -> Any:
        """Return an example value of the schema at a node."""
        try:
            target = self._documents.follow(node)
        except SpecError:
            return None
        told = told_example(target)
        raw = target.value
        if told is not None or not isinstance(raw, Mapping):
            return told
        for key in ("const", "default"):
            if key in raw:
                return raw[key]
        if raw.get("enum"):
            return raw["enum"][0]
        return None if depth > _DEEPEST else self._made(target, raw, depth)

    def _made(self, node: Node, raw: Mapping[str, Any], depth: int) -> Any:
        for key in ("oneOf", "anyOf"):
            for _, part in self._documents.children(self._documents.child(node, key)):
                if (value := self.of(part, depth + 1)) is not None:
                    return value
        kind = raw.get("type")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), None)
        if kind == "object" or "properties" in raw or "allOf" in raw:
            return self._object(node, raw, depth)
        if kind == "array":
            child = self._documents.child(node, "items")
            value = None if child is None else self.of(child, depth + 1)
            return [] if value is None else [value]
        return _simple(kind, raw)

    def _object(self, node: Node, raw: Mapping[str, Any], depth: int) -> Any:
        found: dict[str, Any] = {}
        for _, part in self._documents.children(self._documents.child(node, "allOf")):
            value = self.of(part, depth + 1)
            if not isinstance(value, dict):
                if value is not None and "properties" not in raw:
                    return value
                continue
            found |= value
        required = raw.get("required") or ()
        for name, child in self._documents.children(self._documents.child(node, "properties")):
            if isinstance(child.value, Mapping) and child.value.get("readOnly"):
                continue
            value = self.of(child, depth + 1)
            if value is not None or name in required:
                found[name] = value
        return found


def _simple(kind: Any, raw: Mapping[str, Any]) -> Any:
    if kind in {"integer", "number"}:
        return raw.get("minimum", raw.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return True
    if kind == "string":
        text = _FORMATS.get(str(raw.get("format")), "text")
        return text.ljust(int(raw.get("minLength", 0)), "x")[: int(raw.get("maxLength", 4096))]
    return None
