"""The search for a value that satisfies claims: a tableau per JSON type, recursively.

A schema A is included in B when no value fulfils "A holds" and "B does not". The search for a value
of a recursive schema may meet its own question again; a smallest value never needs that, so the
inner question is answered with "no value" (least fixed point).
"""

from collections.abc import Callable, Iterable
from typing import Any

from contractkit.compat.inclusion.answer import EMPTY, UNKNOWN, Answer, Found
from contractkit.compat.inclusion.arrays import solve_array
from contractkit.compat.inclusion.claim import Claim, Claims
from contractkit.compat.inclusion.evaluate import Evaluator, OpaqueError
from contractkit.compat.inclusion.expression import KINDS, Expression, Expressions, kind_of
from contractkit.compat.inclusion.objects import impossible, solve_object
from contractkit.compat.inclusion.scalars import solve_scalar
from contractkit.compat.inclusion.search import Tolerance
from contractkit.compat.inclusion.tableau import Tableau

DEEPEST = 40
"""How deep questions nest before the answer is unknown."""
STEPS = 6_000
"""How many branches one question may open before its answer is unknown."""


class ExhaustedError(Exception):
    """The question took more steps than allowed."""


class Solver:
    """Answers questions and remembers the answers."""

    def __init__(
        self,
        expressions: Expressions,
        resolve: Callable[[Expression], Expression],
        tolerance: Tolerance,
    ) -> None:
        self.expressions = expressions
        self._resolve = resolve
        self.tolerance = tolerance
        self.evaluator = Evaluator(resolve)
        self.steps = 0
        self._known: dict[Claims, Answer] = {}
        self._kinds_of: dict[Expression, frozenset[str]] = {}
        self._open: dict[Claims, int] = {}
        self._assumed: list[Claims] = []
        self._lowest = _NONE

    def ask(self, claims: Iterable[Claim], steps: int = STEPS) -> Answer:
        """Find a value that satisfies all claims, within a number of steps."""
        self.steps = steps
        self._open.clear()
        self._assumed.clear()
        self._lowest = _NONE
        try:
            return self.find(frozenset(claims))
        except (ExhaustedError, RecursionError):
            for claims_ in self._assumed:
                self._known.pop(claims_, None)
            return UNKNOWN

    def resolve(self, reference: Expression) -> Expression:
        """Return the expression that a reference stands for."""
        return self._resolve(reference)

    def spend(self) -> None:
        """Count a step. Raises ExhaustedError."""
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError

    def find(self, claims: Claims) -> Answer:
        """Find a value that satisfies all claims about a part, within the steps of the question."""
        known = self._known.get(claims)
        if known is not None:
            return known
        looked_up = self._looked_up(claims)
        if looked_up is None:
            return EMPTY
        if looked_up is not claims:
            return self.find(looked_up)
        if claims in self._open:
            self._lowest = min(self._lowest, self._open[claims])
            return EMPTY
        depth = len(self._open)
        if depth > DEEPEST:
            return UNKNOWN
        self.spend()
        outer, self._lowest = self._lowest, _NONE
        mark = len(self._assumed)
        self._open[claims] = depth
        try:
            answer = self._solve(claims)
        finally:
            del self._open[claims]
        self._remember(claims, answer, depth, mark)
        self._lowest = min(outer, self._lowest if self._lowest < depth else _NONE)
        return answer

    def _looked_up(self, claims: Claims) -> Claims | None:
        """Return the claims with references looked up, so that equal questions are one key.

        None when the claims contradict each other directly.
        """
        if not any(claim.expression.operator == "reference" for claim in claims):
            return claims
        if any(claim.denied_by(other) for claim in claims for other in claims):
            return None
        found = set()
        for claim in claims:
            expression, seen = claim.expression, set()
            while expression.operator == "reference" and expression not in seen:
                seen.add(expression)
                expression = self.resolve(expression)
            found.add(claim.about(expression))
        made = frozenset(found)
        return claims if made == claims else made

    def _remember(self, claims: Claims, answer: Answer, depth: int, mark: int) -> None:
        """Keep the answer. One that depends on an assumption is dropped when that is wrong."""
        if answer is EMPTY:
            if self._lowest < depth:
                self._assumed.append(claims)
            else:
                del self._assumed[mark:]
        else:
            for assumed in self._assumed[mark:]:
                self._known.pop(assumed, None)
            del self._assumed[mark:]
        if answer is not UNKNOWN or self._lowest == _NONE:
            self._known[claims] = answer

    def empty(self, claims: Iterable[Claim]) -> bool:
        """Return whether certainly no value satisfies the claims."""
        return self.find(frozenset(claims)) is EMPTY

    def fulfilled(self, claims: Iterable[Claim], value: Any) -> bool | None:
        """Return whether a value satisfies the claims; None when one of them is opaque."""
        try:
            return all(self.evaluator.holds(c.expression, value) is c.holds for c in claims)
        except OpaqueError:
            return None

    def _solve(self, claims: Claims) -> Answer:
        for claim in claims:
            if any(
                other.expression is claim.expression and other.holds is not claim.holds
                for other in claims
            ):
                return EMPTY
        values = [c for c in claims if c.holds and c.expression.operator == "enum"]
        if values:
            return self._listed(claims, list(values[0].expression.detail.values()))
        answer: Answer = EMPTY
        for kind in self._kinds(claims):
            found = self._kind(claims, kind)
            if isinstance(found, Found):
                return found
            answer = UNKNOWN if found is UNKNOWN else answer
        return answer

    def _kinds(self, claims: Claims) -> list[str]:
        """Return the types that a value may have, by the outermost operators of the claims."""
        left = set(KINDS)
        for claim in claims:
            if claim.holds:
                left &= self._allowed(claim.expression, 0)
        return [kind for kind in KINDS if kind in left]

    def _allowed(self, expression: Expression, depth: int) -> frozenset[str]:
        known = self._kinds_of.get(expression)
        if known is not None:
            return known
        found = frozenset(KINDS)
        if expression.operator == "type":
            found = frozenset(expression.detail)
        elif expression.operator == "and":
            for part in expression.children:
                found &= self._allowed(part, depth)
        elif expression.operator == "reference" and depth < 8:  # noqa: PLR2004 (a chain, no cycle)
            found = self._allowed(self.resolve(expression), depth + 1)
        if depth == 0:
            self._kinds_of[expression] = found
        return found

    def _listed(self, claims: Claims, values: list[Any]) -> Answer:
        answer: Answer = EMPTY
        for value in values:
            fulfilled = self.fulfilled(claims, value)
            if fulfilled:
                return Found(value)
            answer = UNKNOWN if fulfilled is None else answer
        return answer

    def _kind(self, claims: Claims, kind: str) -> Answer:
        tableau = Tableau(self, kind)
        if not tableau.add(claims):
            return EMPTY
        return self._branch(claims, tableau)

    def _branch(self, claims: Claims, tableau: Tableau) -> Answer:
        self.spend()
        if tableau.values is not None:
            of_kind = [v for v in tableau.values if kind_of(v) == tableau.kind]
            return self._listed(claims, of_kind)
        choice = tableau.choose()
        if choice is None:
            return self._finish(claims, tableau)
        if len(choice) > 1 and tableau.kind == "object" and impossible(self, tableau.literals):
            # Otherwise each combination of the remaining choices would end here.
            return EMPTY
        answer: Answer = EMPTY
        for alternative in choice:
            inner = tableau.copy()
            found = self._branch(claims, inner) if inner.add(alternative) else EMPTY
            if isinstance(found, Found):
                return found
            answer = UNKNOWN if found is UNKNOWN else answer
        return answer

    def _finish(self, claims: Claims, tableau: Tableau) -> Answer:
        match tableau.kind:
            case "array":
                found = solve_array(self, tableau.literals)
            case "object":
                found = solve_object(self, tableau.literals, tableau.written)
            case _:
                found = solve_scalar(tableau.kind, tableau.literals)
        if isinstance(found, Found) and (tableau.opaque or self._lowest != _NONE):
            # An answer that depends on an assumption or on an opaque part is verified.
            return found if self.fulfilled(claims, found.value) else UNKNOWN
        return found


_NONE = 1 << 30
