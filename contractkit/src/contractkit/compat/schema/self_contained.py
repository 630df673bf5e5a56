"""A schema of a revision as one self-contained document, and the verdicts of two validators.

Content schemas are inlined: a string that contains JSON is replaced by the decoded value, so that
its content is checked too. Some things are read more narrowly than a validator does, see
`RANGES_READ` and `EMPTY_READ`, unless the document is wanted as it was written.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contractkit.documents import Node, Path
from contractkit.errors import ContractKitError
from contractkit.keywords import LITERALS, MAPS, RANGES, holds_json, is_annotation

if TYPE_CHECKING:
    from contractkit.compat.schema.validators import TwoValidators

_DROPPED = frozenset({"discriminator", "nullable", "$ref", "$recursiveAnchor"})
_UNIONS = frozenset({"anyOf", "oneOf"})

RANGES_READ = "the formats int32, int64 and float are read as ranges of numbers"
EMPTY_READ = "an empty anyOf or oneOf is read as taking no value"

Place = tuple[str, Path]
KEPT = 2
"""How many schemas keep their validators; those of a large document need megabytes."""


@dataclass(slots=True)
class _Body:
    """One converted schema, what it refers to, and how it is read more narrowly than written."""

    value: Any = None
    targets: list[Node] = field(default_factory=list)
    readings: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Made:
    """The validators of a document, and how the document was read."""

    validators: "TwoValidators"
    readings: frozenset[str]


class SelfContainedSchemas:
    """Documents and validators per schema, made once; definitions are shared between documents.

    With `narrow=False` schemas are read as they are written: formats bound no numbers, and an empty
    union, which is malformed, says nothing.
    """

    def __init__(self, *, narrow: bool = True) -> None:
        self.narrow = narrow
        self._made: dict[Place, _Made | None] = {}
        self._names: dict[Place, str] = {}
        self._bodies: dict[Place, _Body] = {}

    def usable(self, node: Node) -> bool:
        """Return whether validators can be made of the schema; an invalid one proves nothing."""
        return self._validators(node) is not None

    def accepts(self, node: Node, value: Any) -> bool:
        """Return whether both validators accept a value, content decoded. Formats are checked."""
        return self._verdicts(node, value) == (True, True)

    def refuses(self, node: Node, value: Any) -> bool:
        """Return whether both validators refuse a value."""
        return self._verdicts(node, value) == (False, False)

    def knows(self, node: Node) -> bool:
        """Return whether the validators of the schema exist already."""
        return node.place in self._made

    def readings(self, node: Node) -> frozenset[str]:
        """Return how the document of a schema differs from the schema as written."""
        made = self._validators(node)
        return made.readings if made is not None else frozenset()

    def document(self, node: Node) -> Any:
        """Return the schema with every referenced schema below `$defs`."""
        body = self._body(node)
        if not isinstance(body.value, dict):
            return body.value
        return {**body.value, "$defs": {n: b.value for n, b in self._definitions(body).items()}}

    def _definitions(self, body: _Body) -> dict[str, _Body]:
        found: dict[str, _Body] = {}
        pending = list(body.targets)
        while pending:
            target = pending.pop()
            name = self._names[target.place]
            if name not in found:
                found[name] = self._body(target)
                pending += found[name].targets
        return found

    def _verdicts(self, node: Node, value: Any) -> tuple[bool, bool] | None:
        made = self._validators(node)
        return made.validators.verdicts(value) if made is not None else None

    def _validators(self, node: Node) -> _Made | None:
        made = self._made.pop(node.place) if self.knows(node) else self._make(node)
        if len(self._made) >= KEPT:
            self._made.pop(next(iter(self._made)))
        self._made[node.place] = made
        return made

    def _make(self, node: Node) -> _Made | None:
        # Comparisons without a breaking change need no validators; importing them is slow.
        from contractkit.compat.schema.validators import TwoValidators  # noqa: PLC0415

        try:
            document = self.document(node)
            validators = TwoValidators(document)
        except (ValueError, ContractKitError):
            return None
        own = self._body(node)
        bodies = self._definitions(own)
        for place in validators.malformed:
            nested = len(place) > 2 and place[0] == "$defs"  # noqa: PLR2004 ($defs, name, keyword)
            body = bodies[str(place[1])] if nested else own
            words = [key for key in place if isinstance(key, str)]
            body.readings.add(f"the malformed keyword {words[-1]} is left out")
        readings = own.readings.union(*(body.readings for body in bodies.values()))
        return _Made(validators, frozenset(readings))

    def _body(self, node: Node) -> _Body:
        found = self._bodies.get(node.place)
        if found is None:
            found = self._bodies[node.place] = _Body()
            found.value = self._convert(node, found)
        return found

    def _convert(self, node: Node, into: _Body) -> Any:
        if not isinstance(node.value, dict):
            return node.value
        content = node.get("contentSchema")
        if content is not None and holds_json(node.value):
            return self._convert(content, into)
        body: dict[str, Any] = {
            key: self._keyword(key, child, into)
            for key, child in node.entries()
            if key not in _DROPPED and not is_annotation(key) and not key.startswith("x-")
        }
        for key in _UNIONS & body.keys():
            if body[key] == []:
                del body[key]
                if self.narrow:
                    body["not"] = {}
                    into.readings.add(EMPTY_READ)
        bounds = RANGES.get(node.text("format")) if self.narrow else None
        if bounds is not None:
            into.readings.add(RANGES_READ)
            body["allOf"] = [
                *body.get("allOf", []),
                {"minimum": bounds[0], "maximum": bounds[1]},
            ]
        if node.reference is not None:
            target = node.target()
            name = self._names.setdefault(target.place, f"s{len(self._names)}")
            into.targets.append(target)
            body["$ref"] = f"#/$defs/{name}"
        return {"anyOf": [body, {"type": "null"}]} if node.value.get("nullable") is True else body

    def _keyword(self, key: str, node: Node, into: _Body) -> Any:
        if key in LITERALS:
            return node.value
        if key in MAPS:
            return {name: self._convert(child, into) for name, child in node.entries()}
        if isinstance(node.value, list):
            return [self._convert(child, into) for child in node.elements()]
        if isinstance(node.value, dict):
            return self._convert(node, into)
        return node.value
