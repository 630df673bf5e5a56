"""Null, booleans, numbers and strings: literals gathered into demands and handed on."""

from fractions import Fraction
from typing import Any

from contractkit.compat.inclusion import numbers, strings
from contractkit.compat.inclusion.answer import EMPTY, Answer, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import exact, frozen


def solve_scalar(kind: str, literals: set[Claim]) -> Answer:
    """Return a value of a scalar type that fulfils literals of that type."""
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
    """Return the values that denied enumerations exclude."""
    return [
        value
        for claim in literals
        if claim.expression.operator == "enum"
        for value in claim.expression.detail.values()
    ]


def _number(literals: set[Claim]) -> numbers.Demands:
    demands = numbers.Demands()
    for claim in literals:
        detail: Any = claim.expression.detail
        match claim.expression.operator, claim.holds:
            case ("minimum", True) | ("exclusiveMaximum", False):
                demands.above(detail, strict=False)
            case ("exclusiveMinimum", True) | ("maximum", False):
                demands.above(detail, strict=True)
            case ("maximum", True) | ("exclusiveMinimum", False):
                demands.below(detail, strict=False)
            case ("exclusiveMaximum", True) | ("minimum", False):
                demands.below(detail, strict=True)
            case "multipleOf", True:
                demands.steps.append(detail)
            case "multipleOf", False:
                demands.not_steps.append(detail)
    values = excluded_values(literals)
    demands.excluded = {
        exact(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)
    }
    demands.steps.sort()
    demands.not_steps.sort()
    return demands


def _string(literals: set[Claim]) -> strings.Demands:
    demands = strings.Demands()
    for claim in sorted(literals, key=lambda c: c.expression.number):
        detail: Any = claim.expression.detail
        match claim.expression.operator, claim.holds:
            case "minLength", True:
                demands.least = max(demands.least, detail)
            case "maxLength", False:
                demands.least = max(demands.least, detail + 1)
            case "maxLength", True:
                demands.most = detail if demands.most is None else min(demands.most, detail)
            case "minLength", False:
                most = detail - 1
                demands.most = most if demands.most is None else min(demands.most, most)
            case "pattern", holds:
                (demands.patterns if holds else demands.not_patterns).append(detail)
            case "format", holds:
                (demands.formats if holds else demands.not_formats).append(detail)
    demands.excluded = {v for v in excluded_values(literals) if isinstance(v, str)}
    return demands


def whole(step: int = 1) -> Fraction:
    """Return the step of integers."""
    return Fraction(step)
