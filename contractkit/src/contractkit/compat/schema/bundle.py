"""A schema of a revision as one self-contained document that a validator can take.

Content schemas are folded in: a string that carries JSON stands there as the decoded value, so
that its content is decided too. `int32` and `int64` of OpenAPI become bounds.
"""

from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from contractkit.compat.node import Node, Path
from contractkit.compat.schema.digest import is_annotation

_BOUNDS = {"int32": 2**31, "int64": 2**63}
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LITERALS = frozenset({"const", "enum", "default", "required", "type", "dependentRequired"})
_DROPPED = frozenset({"discriminator", "nullable", "$ref"})


class Bundles:
    """Validators per schema, made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Path], Draft202012Validator | None] = {}

    def usable(self, node: Node) -> bool:
        """Whether a validator can be made of the schema; a wrong one proves nothing."""
        return self._validator(node) is not None

    def accepts(self, node: Node, value: Any) -> bool:
        """Whether the schema takes a value (content already decoded). Formats are checked."""
        validator = self._validator(node)
        return validator is not None and bool(validator.is_valid(value))

    def _validator(self, node: Node) -> Draft202012Validator | None:
        if node.place not in self._known:
            try:
                made = Draft202012Validator(bundle(node), validate_formats=True)
            except (ValidationError, ValueError):
                made = None
            self._known[node.place] = made
        return self._known[node.place]


def bundle(node: Node) -> Any:
    """The schema with every referenced schema below `$defs`."""
    definitions: dict[tuple[str, Path], str] = {}
    pending: list[Node] = []
    body = _convert(node, definitions, pending)
    found: dict[str, Any] = {}
    while pending:
        target = pending.pop()
        found[definitions[target.place]] = _convert(target, definitions, pending)
    return {**body, "$defs": found} if isinstance(body, dict) else body


def holds_json(value: Any) -> bool:
    """Whether a schema is of a string whose content has a schema of its own."""
    return (
        isinstance(value, dict)
        and "contentSchema" in value
        and "contentEncoding" not in value
        and "json" in str(value.get("contentMediaType", ""))
    )


def _convert(node: Node, definitions: dict[tuple[str, Path], str], pending: list[Node]) -> Any:
    if not isinstance(node.value, dict):
        return node.value
    content = node.get("contentSchema")
    if content is not None and holds_json(node.value):
        return _convert(content, definitions, pending)
    body: dict[str, Any] = {
        key: _keyword(key, child, definitions, pending)
        for key, child in node.entries()
        if key not in _DROPPED and not is_annotation(key) and not key.startswith("x-")
    }
    bound = _BOUNDS.get(node.text("format"))
    if bound is not None:
        body["allOf"] = [*body.get("allOf", []), {"minimum": -bound, "maximum": bound - 1}]
    if node.reference is not None:
        target = node.target()
        if target.place not in definitions:
            definitions[target.place] = f"s{len(definitions)}"
            pending.append(target)
        body["$ref"] = f"#/$defs/{definitions[target.place]}"
    return {"anyOf": [body, {"type": "null"}]} if node.value.get("nullable") is True else body


def _keyword(
    key: str, node: Node, definitions: dict[tuple[str, Path], str], pending: list[Node]
) -> Any:
    if key in _LITERALS:
        return node.value
    if key in _MAPS:
        return {name: _convert(child, definitions, pending) for name, child in node.entries()}
    if isinstance(node.value, list):
        return [_convert(child, definitions, pending) for child in node.elements()]
    if isinstance(node.value, dict):
        return _convert(node, definitions, pending)
    return node.value
