"""Parameters and headers as text: in a path, a query or a header every value is a string.

`5` is a number and a string at once, so that a parameter of any string accepts all numbers. Null
has no text. Schemas are converted to schemas of the strings that their values are written as.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contractkit.compat.derived_documents import DerivedDocuments
from contractkit.compat.inclusion.decision import Verdict
from contractkit.compat.readings import TEXTS, refuses, sent, takes, written
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.comparison import Comparison
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.compat.schema.witness import Witness, WitnessFinder
from contractkit.compat.text_schemas import (
    FREE,
    LIST,
    MAP,
    OF_NUMBERS,
    OF_TEXTS,
    ONE,
    SCALARS,
    as_text,
    kinds_of,
)
from contractkit.documents import Documents, Node
from contractkit.keywords import is_annotation, lone_member
from contractkit.location import rewritten_key

Roots = tuple[Node, Node]

_UNSEPARATED = SCALARS - {"string"}
"""Types whose texts hold no character that separates the items of a joined list."""
_UNIONS = frozenset({"anyOf", "oneOf"})
_MIXED = frozenset({"allOf", "not", "if", "contains", "dependentSchemas", "$dynamicRef"})
"""Keywords whose parts cannot be compared by their texts one by one."""
_LARGEST_LIST = 64
"""Up to how many integers between two bounds are listed as strings."""


class ParameterDocuments(DerivedDocuments):
    """The documents of a revision, in which schemas describe the strings that are sent."""

    def derived(self, node: Node) -> Node:
        """Return a node as a schema of strings."""
        return replace(node, value=as_text(node.value))


class ParameterComparison:
    """Compares parameters of two revisions as strings, with a cache apart from that of bodies."""

    def __init__(
        self, revisions: tuple[Documents, Documents], *, strict: bool, budget: int
    ) -> None:
        self._views = ParameterDocuments(revisions[0]), ParameterDocuments(revisions[1])
        self._witness_finder = WitnessFinder(budget)
        self._comparison = Comparison(self._witness_finder.inclusion.digests, strict=strict)
        self._schemas = SelfContainedSchemas(), SelfContainedSchemas()
        self._given: dict[tuple[Any, Any], tuple[Roots, bool]] = {}

    def roots(
        self, old: Node, new: Node, role: Role | None, *, several: bool, filled: bool = False
    ) -> Roots:
        """Return the two schemas as those of strings.

        `several`: one string is an array of one. `filled`: no string is empty.
        """
        found = self._roots((old, new), role, several=several, filled=filled)
        self._given[found[0].place, found[1].place] = (old, new), several
        return found

    def _roots(self, given: Roots, role: Role | None, *, several: bool, filled: bool) -> Roots:
        before, after = (
            Node(view, node.file, node.path, as_text(node.value))
            for view, node in zip(self._views, given, strict=True)
        )
        if filled:
            before, after = _filled(before), _filled(after)
        shapes = before.followed(), after.followed()
        first, second = (kinds_of(shape.value) for shape in shapes)
        single = SCALARS if several else _UNSEPARATED
        if role is Role.OUT and second and second <= single and first == {"array"}:
            return before, _lone(after)
        if role is not Role.OUT and first and first <= single and second == {"array"}:
            return _lone(before), after
        if role is Role.OUT and first and first <= SCALARS and _of_one(shapes[1]):
            after = _item(after)
        elif role is not Role.OUT and second and second <= SCALARS and _of_one(shapes[0]):
            before = _item(before)
        shapes = before.followed(), after.followed()
        first, second = (kinds_of(shape.value) for shape in shapes)
        before, after = _limited(before, *shapes), _limited(after, *reversed(shapes))
        reader_first = role is Role.OUT
        if OF_TEXTS & _keys(shapes[1].value) and second == {"string"}:
            before = _spelled(before, shapes[0], reader=reader_first)
        if OF_TEXTS & _keys(shapes[0].value) and first == {"string"}:
            after = _spelled(after, shapes[1], reader=not reader_first)
        return before, after

    def included(self, given: Roots, roots: Roots, role: Role) -> bool:
        """Return whether the reader accepts every string; undecided cases are left to the rules.

        `given` are the schemas as they are written. Where parts of a combination would have to
        read a value in the same way, its strings decide nothing.
        """
        if not all(_separable(node) for node in given):
            return self._listed(roots, role)
        decision = self._witness_finder.inclusion.decide(*roots, role)
        if decision.verdict is not Verdict.UNDECIDED:
            return decision.verdict is Verdict.INCLUDED or self._listed(roots, role)
        for reached in self._comparison.walk(*roots):
            effective = role.reverse if reached.inverted else role
            if reached.change.rule.verdict(effective) >= Severity.BREAKING or reached.overlapping:
                return False
        return True

    def _listed(self, roots: Roots, role: Role) -> bool:
        """Return whether the writer has listed texts, and the reader accepts each of them."""
        given, several = self._given[roots[0].place, roots[1].place]
        writer, reader = (0, 1) if role is Role.IN else (1, 0)
        shape = roots[writer].followed().value
        listed = shape.get("enum") if isinstance(shape, dict) else None
        return (
            isinstance(listed, list)
            and 0 < len(listed) <= _LARGEST_LIST
            and all(isinstance(one, str) for one in listed)
            and all(
                takes(self._schemas[reader], given[reader], one, several=several) for one in listed
            )
        )

    def witness(self, role: Role, roots: Roots) -> Witness | None:
        """Return a string, or an array of strings, that one side accepts and the other refuses."""
        found = self._witness_finder.find(role, roots, ())
        given, several = self._given[roots[0].place, roots[1].place]
        taker, refuser = (0, 1) if role is Role.IN else (1, 0)
        guesses = [] if found is None else [sent(written(found.payload))]
        lists = [[one] for one in TEXTS] + [["a", "b"], ["a", "a"], ["1", "1", "2"]]
        for texts in (*guesses, *TEXTS, *lists):
            if takes(self._schemas[taker], given[taker], texts, several=several) and refuses(
                self._schemas[refuser], given[refuser], texts, several=several
            ):
                names = ("OLD", "NEW") if role is Role.IN else ("NEW", "OLD")
                return Witness(texts, *names, whole=True, reading=found.reading if found else "")
        return None


def _lone(node: Node) -> Node:
    """Return a schema of one value as one of a list of one, as which a reader of lists takes it."""
    lone = {"type": "array", "items": node.value, "minItems": 1, "maxItems": 1}
    return Node(node.documents, node.file, (*node.path, rewritten_key("lone")), lone)


def _of_one(shape: Node) -> bool:
    """Return whether a schema takes nothing but lists of one item, which are written as it is."""
    return kinds_of(shape.value) == {"array"} and shape.value.get("maxItems") == 1


def _item(node: Node) -> Node:
    """Return the schema of the item of a list of one."""
    shape = node.followed()
    prefix = shape.get("prefixItems")
    found = prefix.child(0) if prefix is not None and prefix.value else shape.get("items")
    return found or Node(shape.documents, shape.file, (*shape.path, rewritten_key("item")), {})


def _filled(node: Node) -> Node:
    """Return a schema without the empty string."""
    shape = node.followed()
    if "string" not in kinds_of(shape.value) or "enum" in _keys(shape.value):
        return node
    least = shape.value.get("minLength")
    value = {**shape.value, "minLength": max(1, least if isinstance(least, int) else 0)}
    return Node(shape.documents, shape.file, (*shape.path, rewritten_key("filled")), value)


def _limited(node: Node, shape: Node, other: Node) -> Node:
    """Return a schema whose free strings are no numbers where the other side limits strings.

    There `true` and `5` are texts, too, which the limits are asked about.
    """
    value = _strings(shape.value, other.value)
    if value == shape.value:
        return node
    return Node(shape.documents, shape.file, (*shape.path, rewritten_key(json.dumps(value))), value)


def _strings(mine: Any, other: Any) -> Any:
    if not (isinstance(mine, dict) and isinstance(other, dict)):
        return mine
    found = dict(mine)
    kinds = mine.get("type")
    if isinstance(kinds, list) and set(FREE) <= set(kinds) and kinds_of(other) == {"string"}:
        found["type"] = [kind for kind in kinds if kind not in {"number", "boolean"}]
    for key in {"items", "additionalProperties"} & mine.keys() & other.keys():
        found[key] = _strings(mine[key], other[key])
    if isinstance(mine.get("properties"), dict) and isinstance(other.get("properties"), dict):
        found["properties"] = {
            name: _strings(part, other["properties"].get(name))
            for name, part in mine["properties"].items()
        }
    return found


def _separable(node: Node, above: frozenset[Any] = frozenset()) -> bool:
    """Return whether the strings of a schema are those of its parts, each read alone."""
    if not isinstance(node.value, Mapping) or node.place in above:
        return True
    above |= {node.place}
    if lone_member(node.value) is not None:
        return _separable(node.child("allOf").child(0), above)
    keys = {key for key in node.value if not is_annotation(key) and not key.startswith("x-")}
    if node.reference is not None:
        return keys == {"$ref"} and _separable(node.target(), above)
    if keys & _MIXED:
        return False
    union = keys & _UNIONS
    if union:
        parts = [part for key in union for part in (node.get(key) or node).elements()]
        parts = [part for part in parts if part.value != {"type": "null"}]
        alone = keys == union and (union == {"anyOf"} or len(parts) == 1)
        return alone and all(_separable(part, above) for part in parts)
    inner = [part for key in keys & MAP for _, part in (node.get(key) or node).entries()]
    inner += [part for key in keys & LIST for part in (node.get(key) or node).elements()]
    inner += [part for key in keys & ONE if (part := node.get(key)) is not None]
    return all(_separable(part, above) for part in inner)


def _spelled(node: Node, shape: Node, *, reader: bool) -> Node:
    """Return a number's schema as one of strings, for comparison with a parameter of strings.

    A reader must not seem to accept more than it does: with bounds it stays a number.
    """
    kinds = kinds_of(shape.value)
    value = shape.value
    if not kinds or not kinds <= {"integer", "number"} or {"enum", "const"} & _keys(value):
        return node
    low, high = value.get("minimum"), value.get("maximum")
    whole = kinds == {"integer"} and isinstance(low, int) and isinstance(high, int)
    others = OF_NUMBERS & _keys(value) - {"minimum", "maximum"}
    texts: dict[str, Any] = {"type": "string"}
    if whole and high - low < _LARGEST_LIST and not (others and reader):
        texts["enum"] = [str(number) for number in range(low, high + 1)]
    elif reader and OF_NUMBERS & _keys(value):
        return node
    else:
        sign = "" if isinstance(low, int | float) and low >= 0 else "-?"
        fraction = "" if kinds == {"integer"} else r"(\.[0-9]+)?"
        texts["pattern"] = f"^{sign}(0|[1-9][0-9]*){fraction}$"
    return Node(node.documents, node.file, (*node.path, rewritten_key(f"text {reader=}")), texts)


def _keys(schema: Any) -> set[str]:
    return set(schema) if isinstance(schema, Mapping) else set()
