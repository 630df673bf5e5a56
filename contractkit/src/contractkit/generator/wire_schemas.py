"""The schemas that the wire is validated against, beside models that are weaker than they.

`checks.py` holds them as one JSON document; jsonschema-rs compiles what is used, once.
"""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

import jsonschema_rs

from contractkit.discriminator import property_of
from contractkit.documents import Node
from contractkit.errors import SpecError
from contractkit.generator.modelled_schema import is_map
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import Part, SchemaModules, TypeName
from contractkit.generator.schema_strength import as_strong
from contractkit.generator.schema_unions import Told
from contractkit.keywords import (
    ANCHORS,
    DEFINITIONS,
    HARMLESS,
    LISTS,
    MAPS,
    ONE,
    UNREADABLE,
    declared_types,
)
from contractkit.location import Location

_KEPT: Final = HARMLESS - {"format"}
_ASSERTED: Final = frozenset({
    "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
    "uri-reference", "iri", "iri-reference", "uri-template", "json-pointer",
    "relative-json-pointer", "regex",
})  # fmt: skip
"""The formats of JSON Schema that no model checks."""


_MODELLED_FORMATS: Final = frozenset({"date", "date-time", "uuid"})
"""The formats of which models take more texts than RFC 3339 and 9562 have: the wire is checked."""


@dataclass(slots=True)
class Schemas:
    """The schemas of a contract: `documents` for the model generator, definitions for the wire.

    `locations` says where each stands, `edges` what it refers to.
    """

    documents: dict[str, dict[str, Any]]
    definitions: dict[TypeName, Any]
    weak: set[TypeName]
    locations: dict[TypeName, Location]
    edges: Mapping[TypeName, set[TypeName]]
    _used: set[TypeName] = field(default_factory=set)

    def check(self, *names: TypeName) -> str | None:
        """Return the expression that checks the wire for any of `names`; None: models suffice."""
        if not any(name in self.weak for name in names):
            return None
        self._used.update(names)
        return f"conforms({', '.join(repr(_key(name)) for name in names)})"

    def made_of(self, modules: AbstractSet[str]) -> set[TypeName]:
        """Return the types of some modules, and all types that consist of one of them."""
        return users({name for name in self.definitions if name.module in modules}, self.edges)

    @property
    def checked(self) -> bool:
        """Whether anything is checked beside the models."""
        return bool(self._used)

    def write_checks(self, renderer: Renderer) -> None:
        """Write `checks.py` with what `check` was asked for, if it was."""
        if not self._used:
            return
        definitions = {_key(name): schema for name, schema in self.definitions.items()}
        reached: dict[str, Any] = {}
        pending = [_key(name) for name in self._used]
        while pending:
            key = pending.pop()
            if key not in reached:
                reached[key] = definitions[key]
                pending += _references(reached[key])
        text = json.dumps(dict(sorted(reached.items())), ensure_ascii=True, indent=1)
        renderer.write(
            "checks.py.jinja",
            "checks.py",
            definitions=text.split("\n"),
        )


def reached(start: AbstractSet[TypeName], edges: Mapping[TypeName, set[TypeName]]) -> set[TypeName]:
    """Return the types that `start` consists of, themselves included."""
    pending, found = set(start), set[TypeName]()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending |= edges.get(name, set())
    return found


def users(parts: AbstractSet[TypeName], edges: Mapping[TypeName, set[TypeName]]) -> set[TypeName]:
    """Return `parts` and the types that consist of one of them, directly or through others."""
    direct: dict[TypeName, set[TypeName]] = {}
    for name, targets in edges.items():
        for target in targets:
            direct.setdefault(target, set()).add(name)
    found, pending = set(parts), list(parts)
    while pending:
        for user in direct.get(pending.pop(), ()):
            if user not in found:
                found.add(user)
                pending.append(user)
    return found


def _key(name: TypeName) -> str:
    return f"{name.module}.{name.name}"


def _references(schema: Any) -> list[str]:
    """Return the keys of the definitions that a schema refers to, not those inside of values."""
    if not isinstance(schema, dict):
        return []
    reference = schema.get("$ref")
    found = [reference.removeprefix("#/$defs/")] if isinstance(reference, str) else []
    for key in (ONE | LISTS) & schema.keys():
        inner = schema[key]
        for part in inner if isinstance(inner, list) else [inner]:
            found += _references(part)
    for key in MAPS & schema.keys():
        for part in schema[key].values():
            found += _references(part)
    return found


class Converter:
    """Turns one definition into JSON Schema 2020-12 and notes whether a model is weaker."""

    def __init__(
        self, modules: SchemaModules, owner: TypeName, *, assert_formats: bool = False
    ) -> None:
        self._assert_formats = assert_formats
        self._modules = modules
        self._owner = owner
        self.weak = False
        self.edges: set[TypeName] = set()

    def definition(self, node: Node) -> Any:
        """Return a named schema: of a parent with a discriminator those that it stands for."""
        schema = self.convert(node)
        inheritance = self._modules.inheritance
        whole = self._modules.variant_of(self._owner).part is Part.WHOLE
        family = inheritance.children(node) if whole else []
        if not family:
            return schema
        name = str(property_of(node.value))
        choices: list[dict[str, Any]] = []
        for child in family:
            values = inheritance.pins(child.node)[name]
            self.weak |= not all(isinstance(value, str) for value in values)
            part = Part.OWN if inheritance.children(child.node) else Part.WHOLE
            itself = child.node.place == node.place
            choice = schema if itself else {"$ref": self._to(child.node, part)}
            choices.append(_of_values(choice, name, values))
        return {"oneOf": choices}

    def convert(self, node: Node, part: Part = Part.WHOLE, *, inner: bool = False) -> Any:
        """Return the schema, `part` of a family where it refers to one.

        A model does not hold the size of a map that is `inner`, an item or an alternative. Raises
        SpecError for references and patterns that can't be read.
        """
        if not isinstance(node.value, Mapping):
            self.weak |= node.value is False
            return node.value if isinstance(node.value, bool) else True
        value = self._modules.seen_from(self._owner, node.value, node.location)
        told = self._modules.told(value, node.location)
        self.weak |= not as_strong(
            value, lambda: told is not None or self._modules.tag(value, node.location) is not None
        )
        self.weak |= self._assert_formats and value.get("format") in _ASSERTED
        self.weak |= inner and not {"minProperties", "maxProperties"}.isdisjoint(value)
        result: dict[str, Any] = {}
        weak = self.weak
        for key, item in value.items():
            if key in _KEPT or key in DEFINITIONS or key.startswith("x-"):
                continue
            child = self._modules.documents.child(node, key)
            if child is not None:
                self._keyword(result, key, item, child, part)
            if key == "propertyNames" and is_map(value):
                self.weak = weak  # the keys of a map are part of its model
            weak = self.weak
        if told is not None and told.pinned:
            _pin(result, told)
        if not self._assert_formats and result.get("format") not in _MODELLED_FORMATS:
            result.pop("format", None)
        return result

    def _keyword(
        self, result: dict[str, Any], key: str, item: Any, child: Node, part: Part
    ) -> None:
        """Put one keyword into `result`, its schemas converted."""
        if key == "$ref" and isinstance(item, str):
            target = self._modules.lookup(item, child.location)
            family = self._modules.inheritance.children(target)
            result[key] = self._to(target, part if family else Part.WHOLE)
        elif key == "pattern":
            result[key] = _pattern(item, child)
        elif key == "dependencies" and isinstance(item, Mapping):
            self._dependencies(result, child)
        elif key in MAPS and isinstance(item, Mapping):
            members = self._modules.documents.children(child)
            result[key] = {name: self.convert(inner) for name, inner in members if name in item}
        elif key in LISTS and isinstance(item, list):
            whole = Part.BASE if key == "allOf" else Part.WHOLE
            members = self._modules.documents.children(child)
            parts = [self.convert(one, whole, inner=True) for _, one in members]
            if key == "oneOf" and not self._assert_formats and _differ_by_format(child):
                key = "anyOf"
            result["prefixItems" if key == "items" else key] = parts
        elif key in ONE:
            converted = item if isinstance(item, bool) else self.convert(child, inner=True)
            result["items" if key == "additionalItems" else key] = converted
        elif key not in (*UNREADABLE, *ANCHORS):
            result[key] = item

    def _to(self, target: Node, part: Part) -> str:
        suggestion = f"{self._owner.name} {target.location.pointer.rpartition('/')[2]}"
        name = self._modules.refer(self._owner, target, suggestion, part)
        self.edges.add(name)
        return f"#/$defs/{_key(name)}"

    def _dependencies(self, result: dict[str, Any], child: Node) -> None:
        """Say `dependencies` of draft 7 as 2020-12 has them."""
        for name, inner in self._modules.documents.children(child):
            if isinstance(inner.value, list):
                result.setdefault("dependentRequired", {})[name] = inner.value
            else:
                result.setdefault("dependentSchemas", {})[name] = self.convert(inner)


def _differ_by_format(alternatives: Node) -> bool:
    """Return whether only `format`, which nobody asserts on the wire, tells all texts apart."""
    values = [one.followed().value for one in alternatives.elements()]
    texts = [value for value in values if not _takes_no_text(value)]
    if not all(isinstance(value, Mapping) and value.get("type") == "string" for value in texts):
        return False
    return len(texts) > 1 and len({value.get("format") for value in texts}) == len(texts)


def _takes_no_text(schema: Any) -> bool:
    """Return whether a schema names types without the text."""
    kinds = declared_types(schema)
    return bool(kinds) and "string" not in kinds


def _pin(result: dict[str, Any], told: Told) -> None:
    """Let each alternative of a union have only the values of the discriminator that mean it."""
    key = "oneOf" if "oneOf" in result else "anyOf"
    result[key] = [
        _of_values(part, told.name, values)
        for part, (_, values) in zip(result[key], told.alternatives, strict=True)
    ]


def _of_values(schema: Any, name: str, values: tuple[Any, ...]) -> dict[str, Any]:
    """Return a schema whose property has some values only."""
    return {"allOf": [schema], "properties": {name: {"enum": values}}, "required": [name]}


def _pattern(pattern: Any, node: Node) -> Any:
    """Return a pattern. Raises SpecError when it is no regular expression of ECMA-262."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError as error:
        raise SpecError(
            node.location,
            f"The pattern {pattern!r} is not a regular expression.",
            "Write one of ECMA-262, as JavaScript has them.",
        ) from error
    return pattern
