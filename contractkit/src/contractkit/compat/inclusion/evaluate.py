"""Evaluates an expression for a value, to verify what the search found."""

from collections.abc import Callable
from typing import Any

from contractkit.compat.inclusion.expression import Expression, exact, frozen, kind_of
from contractkit.compat.inclusion.regex import has_format, matches

DEPTH = 200


class OpaqueError(ValueError):
    """The expression contains an opaque part, whose meaning is unknown."""


class Evaluator:
    """Evaluates expressions; `resolve` looks references up."""

    def __init__(self, resolve: Callable[[Expression], Expression]) -> None:
        self.resolve = resolve

    def holds(  # noqa: C901, PLR0911 (one case per operator)
        self, expression: Expression, value: Any, depth: int = 0
    ) -> bool:
        """Return whether an expression holds for a value. Raises OpaqueError."""
        if depth > DEPTH:
            raise OpaqueError
        match expression.operator:
            case "true" | "false":
                return expression.operator == "true"
            case "and":
                return all(self.holds(part, value, depth + 1) for part in expression.children)
            case "or":
                return any(self.holds(part, value, depth + 1) for part in expression.children)
            case "one":
                return sum(self.holds(part, value, depth + 1) for part in expression.children) == 1
            case "not":
                return not self.holds(expression.children[0], value, depth + 1)
            case "reference":
                return self.holds(self.resolve(expression), value, depth + 1)
            case "type":
                return kind_of(value) in expression.detail
            case "enum":
                return frozen(value) in expression.detail
            case "opaque":
                raise OpaqueError
        if kind_of(value) != expression.kind:
            return True
        return self._literal(expression, value, depth + 1)

    def _literal(self, literal: Expression, value: Any, depth: int) -> bool:
        match literal.kind:
            case "number":
                return _number(literal, value)
            case "string":
                return _string(literal, value)
            case "array":
                return self._array(literal, value, depth)
            case _:
                return self._object(literal, value, depth)

    def _array(self, literal: Expression, value: list[Any], depth: int) -> bool:
        detail: Any = literal.detail
        match literal.operator:
            case "items":
                first, last = detail
                part = literal.children[0]
                return all(
                    self.holds(part, item, depth)
                    for index, item in enumerate(value)
                    if index >= first and (last is None or index <= last)
                )
            case "contains":
                return bool(
                    sum(self.holds(literal.children[0], item, depth) for item in value) >= detail
                )
            case "contains-most":
                return bool(
                    sum(self.holds(literal.children[0], item, depth) for item in value) <= detail
                )
            case "minItems":
                return bool(len(value) >= detail)
            case "maxItems":
                return bool(len(value) <= detail)
            case _:
                return len(set(map(frozen, value))) == len(value)

    def _object(self, literal: Expression, value: dict[str, Any], depth: int) -> bool:
        detail: Any = literal.detail
        match literal.operator:
            case "property":
                return detail not in value or self.holds(literal.children[0], value[detail], depth)
            case "names":
                part = literal.children[0]
                return all(self.holds(part, value[n], depth) for n in value if n in detail)
            case "required":
                return bool(detail in value)
            case "propertyNames":
                return all(self.holds(literal.children[0], name, depth) for name in value)
            case "minProperties":
                return bool(len(value) >= detail)
            case _:
                return bool(len(value) <= detail)


def _number(literal: Expression, value: float) -> bool:
    number = exact(value)
    match literal.operator:
        case "minimum":
            return bool(number >= literal.detail)
        case "maximum":
            return bool(number <= literal.detail)
        case "exclusiveMinimum":
            return bool(number > literal.detail)
        case "exclusiveMaximum":
            return bool(number < literal.detail)
        case _:
            return bool((number / literal.detail).denominator == 1)


def _string(literal: Expression, value: str) -> bool:
    match literal.operator:
        case "minLength":
            return bool(len(value) >= literal.detail)
        case "maxLength":
            return bool(len(value) <= literal.detail)
        case "pattern":
            return matches(literal.detail, value)
        case _:
            return has_format(literal.detail, value)
