"""The proof of a verdict: a payload that one side takes and the other refuses, verified."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from contractkit.compat.node import Node
from contractkit.compat.rule import Role
from contractkit.compat.schema.bundle import Bundles
from contractkit.compat.schema.local import Step
from contractkit.compat.schema.sample import content_of, sample, samples, shape_of

_ODD: tuple[Any, ...] = ("a", 1, None, [], {}, True)
BUDGET = 96
"""How many candidates are tried per finding and role. A count, not a time, so that runs agree."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A payload, which side takes it, and whether it is whole or only the changed part."""

    payload: Any
    accepted_by: str
    refused_by: str
    whole: bool


class WitnessFinder:
    """Searches witnesses in two revisions; keeps the validators."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.old, self.new = Bundles(), Bundles()

    def find(self, role: Role, roots: tuple[Node, Node], steps: tuple[Step, ...]) -> Witness | None:
        """A payload that breaks: for IN one that OLD takes and NEW refuses, for OUT the reverse."""
        parsed = role is Role.IN
        taker, refuser = (self.old, self.new) if parsed else (self.new, self.old)
        yes, no = roots if parsed else (roots[1], roots[0])
        names = ("OLD", "NEW") if parsed else ("NEW", "OLD")
        part = (steps[-1].old, steps[-1].new) if steps else roots
        inside, outside = part if parsed else (part[1], part[0])
        if not all(taker.usable(n) for n in (yes, inside)) or not refuser.usable(no):
            return None
        local: Any = None
        found = False
        for candidate in islice(_candidates(inside, outside), self.budget):
            whole = _embed(taker, yes, steps, candidate, parsed=parsed)
            if taker.accepts(yes, whole) and not refuser.accepts(no, whole):
                return Witness(whole, *names, whole=True)
            if not found and taker.accepts(inside, candidate) and refuser.usable(outside):
                found = not refuser.accepts(outside, candidate)
                local = candidate if found else local
        if found and not any(step.via == "apart" for step in steps):
            return Witness(local, *names, whole=False)
        return None


def _candidates(inside: Node, outside: Node) -> Iterator[Any]:
    """Guesses from both sides in turn, then values of the one bent by what the other asks for."""
    first, second = list(samples(inside)), list(samples(outside))
    for index in range(max(len(first), len(second))):
        yield from first[index : index + 1]
        yield from second[index : index + 1]
    base: dict[str, Any] | None = next((v for v in first if isinstance(v, dict)), None)
    if base is not None:
        names = (
            shape_of(content_of(outside)).properties.keys()
            | shape_of(content_of(inside)).properties
        )
        for name in sorted(names):
            yield {key: value for key, value in base.items() if key != name}
            yield from ({**base, name: value} for value in _ODD)


def _embed(
    bundles: Bundles, node: Node, steps: tuple[Step, ...], value: Any, *, parsed: bool
) -> Any:
    """A payload of `node` in which `value` stands where the steps lead."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    inner = _embed(bundles, step.old if parsed else step.new, rest, value, parsed=parsed)
    match step.via:
        case "property" | "extra":
            base = sample(node, bundles.accepts)
            name = str(step.key) if step.via == "property" else "extra"
            return {**base, name: inner} if isinstance(base, dict) else {name: inner}
        case "item" | "index":
            base = sample(node, bundles.accepts)
            items = list(base) if isinstance(base, list) else []
            at = int(step.key) if step.via == "index" else len(_prefix(node))
            items += [inner] * (at + 1 - len(items))
            items[at] = inner
            return items
        case _:
            base = sample(node, bundles.accepts) if shape_of(content_of(node)).properties else {}
            both = isinstance(base, dict) and isinstance(inner, dict)
            return {**base, **inner} if both and step.via == "inner" else inner


def _prefix(node: Node) -> list[Node]:
    prefix = shape_of(content_of(node)).keywords.get("prefixItems")
    return prefix.elements() if prefix is not None else []
