"""Schemas as interned logical expressions, so that equal parts of two revisions are one object.

Every literal means "if the value is of this type, then …", as keywords of JSON Schema do.
Annotations are dropped: `allOf` is a conjunction, `if` two disjunctions; `oneOf` is expanded later,
because its expansion is quadratic.
"""

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

KINDS = ("null", "boolean", "number", "string", "array", "object")
"""The types of JSON values; an integer is a number that is a multiple of one."""


@dataclass(eq=False, slots=True)
class Expression:
    """An operator or a literal. Two expressions are equal when they are the same object.

    `kind` names the JSON type that a literal speaks of; operators, `type` and `enum` have none.
    """

    operator: str
    children: tuple["Expression", ...]
    detail: Any
    kind: str | None
    number: int

    def __repr__(self) -> str:
        inside = ", ".join(map(repr, self.children))
        detail = "" if self.detail is None else repr(self.detail)
        return f"{self.operator}({', '.join(filter(None, (detail, inside)))})"


class Expressions:
    """Makes each expression once (interning), for both revisions of a comparison."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Expression] = {}
        self.true = self._make("true", (), None, None)
        self.false = self._make("false", (), None, None)

    def _make(
        self,
        operator: str,
        children: tuple[Expression, ...],
        detail: Any,
        kind: str | None,
        key: Hashable = None,
    ) -> Expression:
        identity = (operator, tuple(c.number for c in children), detail if key is None else key)
        found = self._known.get(identity)
        if found is None:
            found = Expression(operator, children, detail, kind, len(self._known))
            self._known[identity] = found
        return found

    def literal(
        self, operator: str, kind: str, detail: Any = None, *children: Expression
    ) -> Expression:
        """Return a statement about values of one type, such as `minLength`."""
        return self._make(operator, children, detail, kind)

    def types(self, kinds: Iterable[str]) -> Expression:
        """Return the statement that the value is of one of these types."""
        allowed = tuple(kind for kind in KINDS if kind in set(kinds))
        if len(allowed) == len(KINDS):
            return self.true
        return self._make("type", (), allowed, None) if allowed else self.false

    def values(self, values: Iterable[Any]) -> Expression:
        """Return the statement that the value is one of these."""
        listed = {frozen(value): value for value in values}
        if not listed:
            return self.false
        return self._make("enum", (), listed, None, frozenset(listed))

    def reference(self, place: Hashable) -> Expression:
        """Return a reference to a schema by its place; it is looked up when needed."""
        return self._make("reference", (), place, None)

    def opaque(self, detail: Hashable) -> Expression:
        """Return a statement of unknown meaning; it equals only itself."""
        return self._make("opaque", (), detail, None)

    def all(self, parts: Iterable[Expression]) -> Expression:
        """Return the conjunction, flattened."""
        return self._join("and", parts, self.true, self.false)

    def any(self, parts: Iterable[Expression]) -> Expression:
        """Return the disjunction, flattened."""
        return self._join("or", parts, self.false, self.true)

    def one(self, parts: Iterable[Expression]) -> Expression:
        """Return the statement that exactly one part holds."""
        found = [part for part in parts if part is not self.false]
        if len(found) == 1:
            return found[0]
        if not found:
            return self.false
        ordered = tuple(sorted(found, key=lambda part: part.number))
        return self._make("one", ordered, None, None)

    def none(self, part: Expression) -> Expression:
        """Return the negation."""
        if part is self.true:
            return self.false
        if part is self.false:
            return self.true
        return (
            part.children[0] if part.operator == "not" else self._make("not", (part,), None, None)
        )

    def _join(
        self, operator: str, parts: Iterable[Expression], unit: Expression, zero: Expression
    ) -> Expression:
        found: dict[int, Expression] = {}
        for part in parts:
            inner = part.children if part.operator == operator else (part,)
            found.update((child.number, child) for child in inner if child is not unit)
        if zero.number in found:
            return zero
        if any(c.operator == "not" and c.children[0].number in found for c in found.values()):
            return zero
        if len(found) < 2:  # noqa: PLR2004 (a join of one is that one)
            return next(iter(found.values()), unit)
        return self._make(operator, tuple(found[n] for n in sorted(found)), None, None)


def frozen(value: Any) -> Hashable:
    """Return a hashable form of a value in which 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, bool) or value is None:
        return ("word", value)
    if isinstance(value, (int, float)):
        return exact(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ("list", tuple(map(frozen, value)))
    if isinstance(value, dict):
        items = ((str(key), frozen(item)) for key, item in value.items())
        return ("map", frozenset(items))
    return ("other", json.dumps(value, default=str))


def exact(value: float) -> Fraction:
    """Return a JSON number as the decimal that was written, not as the nearest binary fraction."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def kind_of(value: Any) -> str:
    """Return the JSON type of a value; integers are numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float, Fraction)):
        return "number"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "string"
