"""Builds a value of a whole schema that contains a given value at the path of a part."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from contractkit.compat.inclusion.answer import Answer, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import Expression, Expressions

STEPS = 1_500
"""How many steps one level may take."""
EXTRA = "extra"

Via = Literal["property", "item", "index", "extra", "branch", "inner", "content", "apart"]
"""The relation of a part to its whole; an `apart` part contains no payload."""
PathStep = tuple[Via, str | int]
"""The relation of a part to its whole, and its key there."""


class BoundedSearch(Protocol):
    """A search for a value, with a bounded number of steps."""

    expressions: Expressions

    def ask(self, claims: Iterable[Claim], steps: int) -> Answer:
        """Find a value that satisfies all claims, within a number of steps."""


def embed(
    solver: BoundedSearch,
    levels: list[tuple[Expression, PathStep]],
    refused: Expression,
    inner: Any,
) -> Found | None:
    """Return a value built outwards from `inner`, or None where a level has none.

    `levels` are the writer's schemas, the outermost first, each with the step to the next; the
    whole value must also fail `refused`, the reader's outermost schema.
    """
    value = inner
    for index in range(len(levels) - 1, -1, -1):
        whole, way = levels[index]
        held = _held(solver.expressions, way, value)
        if held is None:
            return None
        claims = {Claim(whole, holds=True, reader=False), Claim(held, holds=True, reader=False)}
        if index == 0:
            claims.add(Claim(refused, holds=False, reader=True))
        answer = solver.ask(claims, STEPS)
        if not isinstance(answer, Found):
            return None
        value = answer.value
    return Found(value)


def _held(expressions: Expressions, way: PathStep, value: Any) -> Expression | None:
    """Return the claim that a value is at the place to which a step leads."""
    via, key = way
    same = expressions.values([value])
    match via:
        case "property" | "extra":
            name = EXTRA if via == "extra" else str(key)
            return expressions.all(
                [
                    expressions.types(["object"]),
                    expressions.literal("required", "object", name),
                    expressions.literal("property", "object", name, same),
                ]
            )
        case "item" | "index":
            there = expressions.literal("contains", "array", 1, same)
            if via == "index":
                there = expressions.all(
                    [
                        expressions.literal("minItems", "array", int(key) + 1),
                        expressions.literal("items", "array", (int(key), int(key)), same),
                    ]
                )
            return expressions.all([expressions.types(["array"]), there])
        case "branch" | "inner" | "content":
            return same
        case _:
            return None
