"""Compiles `unevaluatedProperties` and `unevaluatedItems`, by what other applicators cover.

What is covered depends on which alternatives hold. More alternatives cover more, so the keyword is
a disjunction: for some set of alternatives that hold, whatever they do not cover satisfies it.
"""

from itertools import combinations

from contractkit.compat.inclusion.expression import Expression
from contractkit.compat.inclusion.names import Covered
from contractkit.compat.inclusion.schemas import Schemas
from contractkit.documents import Node

CASES = 64
"""How many combinations of alternatives are tried; beyond, the keyword is opaque."""

Case = tuple[tuple[Expression, ...], Covered, int | None, tuple[Expression, ...]]
"""What must hold; the names, the number of first items (None: all) and the items it covers."""
_NOTHING: Case = ((), Covered(), 0, ())


class TooManyError(ValueError):
    """There are too many combinations."""


class Unevaluated:
    """Compiles the two keywords of a schema."""

    def __init__(self, compiler: Schemas) -> None:
        self.compiler = compiler
        self.expressions = compiler.expressions

    def parts(self, node: Node) -> list[Expression]:
        """Return the expressions of the keywords."""
        found = []
        for keyword in ("unevaluatedProperties", "unevaluatedItems"):
            inner = node.get(keyword)
            if inner is None or inner.value in (True, {}):
                continue
            try:
                cases = self.cases(node, frozenset(), own=False)
            except TooManyError:
                found.append(self.expressions.opaque((keyword, self.compiler.identity(node))))
                continue
            part = self.compiler.compile(inner)
            rest = self._names if keyword == "unevaluatedProperties" else self._items
            options = {self.expressions.all([*case[0], rest(case, part)]): None for case in cases}
            found.append(self.expressions.any(options))
        return found

    def _names(self, case: Case, part: Expression) -> Expression:
        rest = case[1].rest
        if rest is None:
            return self.expressions.true
        return self.expressions.literal("names", "object", rest, part)

    def _items(self, case: Case, part: Expression) -> Expression:
        _, _, first, matching = case
        if first is None:
            return self.expressions.true
        left = self.expressions.any([part, *matching])
        if left is self.expressions.false:
            return self.expressions.literal("maxItems", "array", first)
        if left is self.expressions.true:
            return left
        return self.expressions.literal("items", "array", (first, None), left)

    def cases(self, node: Node, above: frozenset[object], *, own: bool = True) -> list[Case]:
        """Return the cases of a schema; `own`: its own `unevaluated…` keywords cover everything."""
        if not isinstance(node.value, dict) or node.place in above:
            return [_NOTHING]
        above |= {node.place}
        found = [self._plain(node, own=own)]
        if node.reference is not None:
            target = self.compiler.target(node)
            if target is not None:
                found = _times(found, self.cases(target, above))
        for member in _elements(node, "allOf"):
            found = _times(found, self.cases(member, above))
        found = _times(found, self._one(node, above))
        found = _times(found, self._any(node, above))
        found = _times(found, self._condition(node, above))
        return self._dependent(node, above, found)

    def _plain(self, node: Node, *, own: bool) -> Case:
        value = node.value
        names = frozenset(value.get("properties") or ())
        patterns = frozenset(value.get("patternProperties") or ())
        everything = "additionalProperties" in value
        everything = everything or (own and "unevaluatedProperties" in value)
        first: int | None = len(value.get("prefixItems") or ())
        if "items" in value or (own and "unevaluatedItems" in value):
            first = None
        contains = node.get("contains")
        matching = (self.compiler.compile(contains),) if contains is not None else ()
        return (), Covered(names, patterns, everything), first, matching

    def _one(self, node: Node, above: frozenset[object]) -> list[Case]:
        branches = _elements(node, "oneOf")
        if not branches:
            return [_NOTHING]
        return [
            self._given(branch, case) for branch in branches for case in self.cases(branch, above)
        ]

    def _any(self, node: Node, above: frozenset[object]) -> list[Case]:
        """Yield each set of branches that hold; branches that cover nothing are irrelevant."""
        covering = [
            [self._given(branch, case) for case in cases]
            for branch in _elements(node, "anyOf")
            if (cases := self.cases(branch, above)) != [_NOTHING]
        ]
        found = [_NOTHING]
        for size in range(1, len(covering) + 1):
            for chosen in combinations(covering, size):
                made = [_NOTHING]
                for cases in chosen:
                    made = _times(made, cases)
                found += made
                if len(found) > CASES:
                    raise TooManyError
        return found

    def _condition(self, node: Node, above: frozenset[object]) -> list[Case]:
        condition = node.get("if")
        if condition is None:
            return [_NOTHING]
        holds = self.compiler.compile(condition)
        then, other = node.get("then"), node.get("else")
        met = self.cases(condition, above)
        if then is not None:
            met = _times(met, self.cases(then, above))
        unmet = self.cases(other, above) if other is not None else [_NOTHING]
        denied = self.expressions.none(holds)
        return [_with(case, holds) for case in met] + [_with(case, denied) for case in unmet]

    def _dependent(self, node: Node, above: frozenset[object], found: list[Case]) -> list[Case]:
        for name, part in (node.get("dependentSchemas") or node).entries():
            if "dependentSchemas" not in node.value:
                break
            there = self.expressions.literal("required", "object", name)
            more = [_with(case, there) for case in self.cases(part, above)]
            found = _times(found, [_NOTHING, *more])
        return found

    def _given(self, branch: Node, case: Case) -> Case:
        return _with(case, self.compiler.compile(branch))


def _with(case: Case, condition: Expression) -> Case:
    return (*case[0], condition), case[1], case[2], case[3]


def _times(left: list[Case], right: list[Case]) -> list[Case]:
    found = [
        (
            tuple(dict.fromkeys((*one[0], *two[0]))),
            one[1] | two[1],
            None if one[2] is None or two[2] is None else max(one[2], two[2]),
            tuple(dict.fromkeys((*one[3], *two[3]))),
        )
        for one in left
        for two in right
    ]
    if len(found) > CASES:
        raise TooManyError
    return found


def _elements(node: Node, keyword: str) -> list[Node]:
    inner = node.get(keyword)
    return inner.elements() if inner is not None else []
