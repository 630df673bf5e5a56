"""A value of a whole schema that holds a given value where the way to a part leads."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from contractkit.compat.inclusion.answer import Answer, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import Expression, Expressions

STEPS = 1_500
"""How many steps one level may take."""
EXTRA = "extra"

Via = Literal["property", "item", "index", "extra", "branch", "inner", "content", "apart"]
"""How a part sits in its whole, for the witness search; `apart` parts hold no payload."""
Way = tuple[Via, str | int]
"""How a part sits in its whole, and its key there."""


class Asker(Protocol):
    """A search that takes whole questions."""

    expressions: Expressions

    def ask(self, claims: Iterable[Claim], steps: int) -> Answer:
        """Find a value that fulfils all claims, within a number of steps."""


def embed(
    solver: Asker, levels: list[tuple[Expression, Way]], refused: Expression, inner: Any
) -> Found | None:
    """Return the value built outwards from `inner`, or None when a level takes none.

    `levels` are the writer's schemas from the outermost, each with the way to the next; the whole
    must also displease `refused`, the reader's outermost schema.
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


def _held(expressions: Expressions, way: Way, value: Any) -> Expression | None:
    """Return the claim that a value stands where a step leads."""
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
