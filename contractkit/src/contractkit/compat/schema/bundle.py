"""A schema of a revision as one self-contained document, and two validators that judge by it.

Content schemas are folded in: a string that carries JSON stands there as the decoded value, so
that its content is decided too. `int32`, `int64` and `float` of OpenAPI become bounds, unless the
document is wanted as it was written.
"""

from typing import Any

from jsonschema import Draft202012Validator as SecondValidator
from jsonschema import FormatChecker
from jsonschema.exceptions import SchemaError
from jsonschema_rs import Draft202012Validator, ValidationError
from referencing.exceptions import Unresolvable

from contractkit.compat.keywords import RANGES, holds_json, is_annotation
from contractkit.compat.node import Node, Path
from contractkit.errors import ContractKitError

_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LITERALS = frozenset({"const", "enum", "default", "required", "type", "dependentRequired"})
_DROPPED = frozenset({"discriminator", "nullable", "$ref"})

Place = tuple[str, Path]
KEPT = 2
"""How many validators are kept: one of a large document takes megabytes."""


class Bundles:
    """Documents and validators per schema, made once; definitions are shared between documents."""

    def __init__(self, *, ranges: bool = True) -> None:
        self.ranges = ranges
        self.ranged = False
        """Whether a format was read as a range."""
        self._validators: dict[Place, tuple[Draft202012Validator, SecondValidator] | None] = {}
        self._names: dict[Place, str] = {}
        self._bodies: dict[Place, tuple[Any, list[Node]]] = {}

    def usable(self, node: Node) -> bool:
        """Whether a validator can be made of the schema; a wrong one proves nothing."""
        return self._validator(node) is not None

    def accepts(self, node: Node, value: Any) -> bool:
        """Whether both validators take a value (content already decoded). Formats are checked."""
        return self._judge(node, value) == (True, True)

    def refuses(self, node: Node, value: Any) -> bool:
        """Whether both validators refuse a value."""
        return self._judge(node, value) == (False, False)

    def document(self, node: Node) -> Any:
        """Return the schema with every referenced schema below `$defs`."""
        body, pending = self._body(node)
        found: dict[str, Any] = {}
        pending = list(pending)
        while pending:
            target = pending.pop()
            name = self._names[target.place]
            if name not in found:
                found[name], more = self._body(target)
                pending += more
        return {**body, "$defs": found} if isinstance(body, dict) else body

    def _judge(self, node: Node, value: Any) -> tuple[bool, bool] | None:
        validators = self._validator(node)
        if validators is None:
            return None
        first, second = validators
        try:
            return bool(first.is_valid(value)), bool(second.is_valid(value))
        except (RecursionError, OverflowError, ValueError, Unresolvable):
            return None

    def _validator(self, node: Node) -> tuple[Draft202012Validator, SecondValidator] | None:
        made = self._validators.pop(node.place) if self.knows(node) else self._make(node)
        if len(self._validators) >= KEPT:
            self._validators.pop(next(iter(self._validators)))
        self._validators[node.place] = made
        return made

    def knows(self, node: Node) -> bool:
        """Whether there is a validator of the schema already."""
        return node.place in self._validators

    def _make(self, node: Node) -> tuple[Draft202012Validator, SecondValidator] | None:
        try:
            document = self.document(node)
            first = Draft202012Validator(document, validate_formats=True)
            return first, SecondValidator(document, format_checker=_FORMATS)
        except (ValidationError, ValueError, SchemaError, ContractKitError):
            return None

    def _body(self, node: Node) -> tuple[Any, list[Node]]:
        found = self._bodies.get(node.place)
        if found is None:
            targets: list[Node] = []
            found = self._bodies[node.place] = self._convert(node, targets), targets
        return found

    def _convert(self, node: Node, targets: list[Node]) -> Any:
        if not isinstance(node.value, dict):
            return node.value
        content = node.get("contentSchema")
        if content is not None and holds_json(node.value):
            return self._convert(content, targets)
        body: dict[str, Any] = {
            key: self._keyword(key, child, targets)
            for key, child in node.entries()
            if key not in _DROPPED and not is_annotation(key) and not key.startswith("x-")
        }
        bounds = RANGES.get(node.text("format")) if self.ranges else None
        if bounds is not None:
            self.ranged = True
            body["allOf"] = [
                *body.get("allOf", []),
                {"minimum": bounds[0], "maximum": bounds[1]},
            ]
        if node.reference is not None:
            target = node.target()
            name = self._names.setdefault(target.place, f"s{len(self._names)}")
            targets.append(target)
            body["$ref"] = f"#/$defs/{name}"
        return {"anyOf": [body, {"type": "null"}]} if node.value.get("nullable") is True else body

    def _keyword(self, key: str, node: Node, targets: list[Node]) -> Any:
        if key in _LITERALS:
            return node.value
        if key in _MAPS:
            return {name: self._convert(child, targets) for name, child in node.entries()}
        if isinstance(node.value, list):
            return [self._convert(child, targets) for child in node.elements()]
        if isinstance(node.value, dict):
            return self._convert(node, targets)
        return node.value


def bundle(node: Node) -> Any:
    """Return the schema with every referenced schema below `$defs`."""
    return Bundles().document(node)


def _formats() -> FormatChecker:
    """Return formats of the second validator; what it does not know is asked of the first one."""
    known = FormatChecker()
    made = FormatChecker(formats=())
    made.checkers = dict(known.checkers)
    for name in (*_BORROWED,):
        if name not in made.checkers:
            made.checkers[name] = (_borrowed(name), ())
    return made


_BORROWED = (
    "date-time",
    "duration",
    "hostname",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
)


def _borrowed(name: str) -> Any:
    judge = Draft202012Validator({"format": name}, validate_formats=True)
    return judge.is_valid


_FORMATS = _formats()
