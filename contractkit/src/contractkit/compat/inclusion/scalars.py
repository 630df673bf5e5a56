"""Null, booleans, numbers and strings: gathers their literals into constraints and solves them."""

from fractions import Fraction
from typing import Any

from contractkit.compat.inclusion import numbers, strings
from contractkit.compat.inclusion.answer import EMPTY, Answer, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import exact, frozen


def solve_scalar(kind: str, literals: set[Claim]) -> Answer:
    """Return a value of a scalar type that satisfies literals about that type."""
    if kind == "number":
        return numbers.find(_number(literals))
    if kind == "string":
        return strings.find(_string(literals))
    excluded = {frozen(value) for value in excluded_values(literals)}
    for value in (None,) if kind == "null" else (True, False):
        if frozen(value) not in excluded:
            return Found(value)
    return EMPTY


def excluded_values(literals: set[Claim]) -> list[Any]:
    """Return the values that negated enumerations exclude."""
    return [
        value
        for claim in literals
        if claim.expression.operator == "enum"
        for value in claim.expression.detail.values()
    ]


def _number(literals: set[Claim]) -> numbers.Constraints:
    constraints = numbers.Constraints()
    for claim in literals:
        detail: Any = claim.expression.detail
        match claim.expression.operator, claim.holds:
            case ("minimum", True) | ("exclusiveMaximum", False):
                constraints.above(detail, strict=False)
            case ("exclusiveMinimum", True) | ("maximum", False):
                constraints.above(detail, strict=True)
            case ("maximum", True) | ("exclusiveMinimum", False):
                constraints.below(detail, strict=False)
            case ("exclusiveMaximum", True) | ("minimum", False):
                constraints.below(detail, strict=True)
            case "multipleOf", True:
                constraints.steps.append(detail)
            case "multipleOf", False:
                constraints.not_steps.append(detail)
    values = excluded_values(literals)
    constraints.excluded = {
        exact(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)
    }
    constraints.steps.sort()
    constraints.not_steps.sort()
    return constraints


def _string(literals: set[Claim]) -> strings.Constraints:
    constraints = strings.Constraints()
    for claim in sorted(literals, key=lambda c: c.expression.number):
        detail: Any = claim.expression.detail
        match claim.expression.operator, claim.holds:
            case "minLength", True:
                constraints.least = max(constraints.least, detail)
            case "maxLength", False:
                constraints.least = max(constraints.least, detail + 1)
            case "maxLength", True:
                constraints.most = (
                    detail if constraints.most is None else min(constraints.most, detail)
                )
            case "minLength", False:
                most = detail - 1
                constraints.most = most if constraints.most is None else min(constraints.most, most)
            case "pattern", holds:
                (constraints.patterns if holds else constraints.not_patterns).append(detail)
            case "format", holds:
                (constraints.formats if holds else constraints.not_formats).append(detail)
    constraints.excluded = {v for v in excluded_values(literals) if isinstance(v, str)}
    return constraints


def whole(step: int = 1) -> Fraction:
    """Return the step of integers, 1."""
    return Fraction(step)
