"""Numbers that satisfy bounds, steps and exclusions; exact decimals throughout."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from math import ceil, floor, gcd

from contractkit.compat.inclusion.answer import EMPTY, UNKNOWN, Answer, Found
from contractkit.compat.inclusion.expression import exact

TRIED = 400
"""How many multiples are tried before the answer is unknown."""

Bound = tuple[Fraction, bool]
"""A limit and whether the limit itself is excluded."""


@dataclass(slots=True)
class Constraints:
    """The constraints on a number. It must be no multiple of any of `not_steps`."""

    low: Bound | None = None
    high: Bound | None = None
    steps: list[Fraction] = field(default_factory=list)
    not_steps: list[Fraction] = field(default_factory=list)
    excluded: set[Fraction] = field(default_factory=set)

    def above(self, value: Fraction, *, strict: bool) -> None:
        """Add a lower bound."""
        if self.low is None or (value, strict) > self.low:
            self.low = (value, strict)

    def below(self, value: Fraction, *, strict: bool) -> None:
        """Add an upper bound."""
        if self.high is None or (value, not strict) < (self.high[0], not self.high[1]):
            self.high = (value, strict)

    def allow(self, value: Fraction) -> bool:
        """Return whether a number satisfies the constraints."""
        return (
            self.inside(value)
            and value not in self.excluded
            and all((value / step).denominator == 1 for step in self.steps)
            and not any((value / step).denominator == 1 for step in self.not_steps)
        )

    def inside(self, value: Fraction) -> bool:
        """Return whether a number is within the bounds."""
        if self.low is not None and (value < self.low[0] or (value == self.low[0] and self.low[1])):
            return False
        return self.high is None or not (
            value > self.high[0] or (value == self.high[0] and self.high[1])
        )


def find(constraints: Constraints) -> Answer:
    """Return a number that satisfies the constraints, that there is none, or that it is unknown."""
    low, high = constraints.low, constraints.high
    if low and high and (low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))):
        return EMPTY
    if constraints.steps:
        return _multiple(constraints)
    for value in chain(_edges(constraints), _between(constraints)):
        if constraints.allow(value):
            return Found(written(value))
    if low and high and low[0] == high[0]:
        return EMPTY
    # Without a step only finitely many values are excluded, so others always remain.
    return UNKNOWN


def _multiple(constraints: Constraints) -> Answer:
    step = constraints.steps[0]
    for other in constraints.steps[1:]:
        step = _common(step, other)
    if any((step / missed).denominator == 1 for missed in constraints.not_steps):
        return EMPTY
    first = ceil(constraints.low[0] / step) if constraints.low else None
    last = floor(constraints.high[0] / step) if constraints.high else None
    if first is not None and last is not None and last - first <= TRIED:
        candidates: Iterator[int] = iter(sorted(range(first, last + 1), key=abs))
        complete = True
    else:
        candidates = _outward(first, last)
        complete = False
    for count in candidates:
        if constraints.allow(count * step):
            return Found(written(count * step))
    return EMPTY if complete else UNKNOWN


def _outward(first: int | None, last: int | None) -> Iterator[int]:
    for distance in range(TRIED):
        if first is not None:
            yield first + distance
        elif last is not None:
            yield last - distance
        else:
            yield from (distance, -distance)


def _common(one: Fraction, two: Fraction) -> Fraction:
    """Return the least common multiple of two steps."""
    numerator = one.numerator * two.denominator
    other = two.numerator * one.denominator
    bottom = one.denominator * two.denominator
    return Fraction(numerator * other // gcd(numerator, other), bottom)


def _edges(constraints: Constraints) -> Iterator[Fraction]:
    yield from map(Fraction, (0, 1, -1))
    yield from (Fraction(1, 2), Fraction(3, 2), Fraction(1, 10), Fraction(37, 100))
    for bound in (constraints.low, constraints.high):
        if bound is not None:
            for distance in (0, 1, -1, Fraction(1, 2), Fraction(-1, 2)):
                yield bound[0] + distance
    for step in constraints.not_steps:
        yield from (step / 2, step / 10, -step / 2)


def _between(constraints: Constraints) -> Iterator[Fraction]:
    low = constraints.low[0] if constraints.low else None
    high = constraints.high[0] if constraints.high else None
    if low is None:
        low = high - 1000 if high is not None else Fraction(-1000)
    if high is None:
        high = low + 1000
    for parts in (2, 3, 7, 10, 100, 1009):
        for index in range(1, min(parts, 12)):
            yield low + (high - low) * index / parts


def written(value: Fraction) -> int | float:
    """Return a number as JSON has it: an integer, or the nearest float."""
    return value.numerator if value.denominator == 1 else float(value)


def stays(value: Fraction) -> bool:
    """Return whether a number is unchanged when written as JSON and read again."""
    return value.denominator == 1 or exact(float(value)) == value
