"""Objects that satisfy literals: tries every relevant name, and invented ones of each kind."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from contractkit.compat.inclusion.answer import EMPTY, UNKNOWN, Answer, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import frozen
from contractkit.compat.inclusion.names import Names
from contractkit.compat.inclusion.scalars import excluded_values
from contractkit.compat.inclusion.search import Search

PATTERNS = 5
"""How many patterns of names are distinguished."""
FRESH = 64
"""How many names are invented to reach `minProperties`."""
TRIED = 2_000
"""How many assignments of names to required properties are tried."""


@dataclass(slots=True)
class Constraints:
    """The constraints on an object.

    `somewhere` lists properties that must be there under some name: which names, what of the name,
    and what of the value.
    """

    present: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    least: int = 0
    most: int | None = None
    values: dict[str, set[Claim]] = field(default_factory=dict)
    ranges: list[tuple[Names, Claim]] = field(default_factory=list)
    naming: set[Claim] = field(default_factory=set)
    somewhere: list[tuple[Names | None, Claim | None, Claim | None]] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    """The names that the writer's schema mentions."""
    violations: list[tuple[str, Claim]] = field(default_factory=list)
    """Properties whose value must fail the reader's schema."""
    excluded: list[Any] = field(default_factory=list)


def child_claims(literals: set[Claim], name: str) -> set[Claim]:
    """Return the claims about the value of a property, if it is present."""
    found = set()
    for claim in literals:
        expression = claim.expression
        same = expression.operator == "property" and expression.detail == name
        if same or (expression.operator == "names" and claim.holds and name in expression.detail):
            found.add(claim.about(expression.children[0]))
    return found


def solve_object(solver: Search, literals: set[Claim], written: set[str]) -> Answer:
    """Return an object that satisfies literals about objects; `written` names are mentioned too."""
    constraints = _gather(literals)
    constraints.written |= written
    if constraints.present & constraints.absent:
        return EMPTY
    if constraints.most is not None and constraints.most < max(
        constraints.least, len(constraints.present)
    ):
        return EMPTY
    if any(not _counts(solver, constraints, name, claim) for name, claim in constraints.violations):
        return EMPTY
    return _Attempt(solver, constraints).run()


def impossible(solver: Search, literals: set[Claim]) -> bool:
    """Return whether certainly no object satisfies the literals, whatever else is claimed.

    No name is tolerated here, because the writer's schema may still turn out to mention it.
    """
    constraints = _gather(literals)
    if constraints.present & constraints.absent:
        return True
    attempt = _Attempt(solver, constraints)
    return any(attempt.value(name, frozenset()) is EMPTY for name in sorted(constraints.present))


def _counts(solver: Search, constraints: Constraints, name: str, claim: Claim) -> bool:
    """Return whether a property that fails the reader's schema counts.

    A property that the writer's open schema does not mention is taken as absent or valid (rules
    S01 and S03), unless the reader accepts no value at all under that name.
    """
    if name in constraints.written or any(
        name in names and not claim_.reader for names, claim_ in constraints.ranges
    ):
        return True
    return solver.empty({claim.denial})


def _gather(literals: set[Claim]) -> Constraints:  # noqa: C901, PLR0912 (one case per keyword)
    constraints = Constraints(excluded=excluded_values(literals))
    for claim in sorted(literals, key=lambda c: (c.expression.number, c.holds, c.reader)):
        detail: Any = claim.expression.detail
        part = next((claim.about(child) for child in claim.expression.children), None)
        match claim.expression.operator, claim.holds:
            case "property", holds:
                constraints.mentioned.add(detail)
                constraints.values.setdefault(detail, set()).add(part)  # type: ignore[arg-type]
                if not claim.reader:
                    constraints.written.add(detail)
                if not holds:
                    constraints.present.add(detail)
                    if claim.reader:
                        constraints.violations.append((detail, part))  # type: ignore[arg-type]
            case "names", True:
                constraints.ranges.append((detail, part))  # type: ignore[arg-type]
                constraints.mentioned |= detail.without
            case "names", False:
                constraints.somewhere.append((detail, None, part))
                constraints.mentioned |= detail.without
            case "required", holds:
                constraints.mentioned.add(detail)
                (constraints.present if holds else constraints.absent).add(detail)
                if not claim.reader:
                    constraints.written.add(detail)
            case "propertyNames", True:
                constraints.naming.add(part)  # type: ignore[arg-type]
            case "propertyNames", False:
                constraints.somewhere.append((None, part, None))
            case ("minProperties", True) | ("maxProperties", False):
                constraints.least = max(constraints.least, detail if claim.holds else detail + 1)
            case ("maxProperties", True) | ("minProperties", False):
                most = detail if claim.holds else detail - 1
                constraints.most = most if constraints.most is None else min(constraints.most, most)
    return constraints


class _Attempt:
    """One search for an object: chooses names first, then their values."""

    def __init__(self, solver: Search, constraints: Constraints) -> None:
        self.solver, self.constraints = solver, constraints
        self.unsure = False
        self.names = sorted(constraints.mentioned - constraints.absent)
        self._values: dict[tuple[str, frozenset[Claim]], Answer] = {}

    def run(self) -> Answer:
        base: dict[str, Any] = {}
        for name in sorted(self.constraints.present):
            found = self.value(name, frozenset())
            if not isinstance(found, Found):
                return found
            base[name] = found.value
        for number, choice in enumerate(self._choices()):
            if number > TRIED:
                self.unsure = True
                break
            self.solver.spend()
            made = self._with(base, choice)
            if made is not None:
                return Found(made)
        return UNKNOWN if self.unsure else EMPTY

    def value(self, name: str, more: frozenset[Claim]) -> Answer:
        """Return a value for a property that also satisfies further claims."""
        key = (name, more)
        if key not in self._values:
            self._values[key] = self._value(name, more)
        return self._values[key]

    def _value(self, name: str, more: frozenset[Claim]) -> Answer:
        constraints = self.constraints
        if name in constraints.absent:
            return EMPTY
        if constraints.naming:
            named = self.solver.fulfilled(constraints.naming, name)
            if not named:
                return EMPTY if named is False else UNKNOWN
        claims = constraints.values.get(name, set()) | more
        claims |= {claim for names, claim in constraints.ranges if name in names}
        return self.solver.find(frozenset(claims))

    def _choices(self) -> Iterator[tuple[tuple[str, frozenset[Claim]], ...]]:
        """Yield assignments of names to the properties of `somewhere`."""
        options = []
        for index, (names, naming, claim) in enumerate(self.constraints.somewhere):
            more = frozenset({claim} if claim is not None else ())
            candidates = [*self.names, *self.fresh(index + 1, naming)]
            fits = [
                (name, more)
                for name in candidates
                if (names is None or name in names)
                and (naming is None or self.solver.fulfilled({naming}, name))
                and not self._tolerated(name, names, claim)
            ]
            options.append(fits)
        return product(*options)

    def _tolerated(self, name: str, names: Names | None, claim: Claim | None) -> bool:
        """Return whether the reader tolerates a name that the writer does not mention."""
        constraints = self.constraints
        if claim is None or not claim.reader or not self.solver.tolerance.unknown_names:
            return False
        if name in constraints.written or (names is not None and names.pattern is not None):
            return False
        if any(name in covered and not c.reader for covered, c in constraints.ranges):
            return False
        return self.solver.empty({claim.denial})

    def _with(
        self, base: dict[str, Any], choice: tuple[tuple[str, frozenset[Claim]], ...]
    ) -> dict[str, Any] | None:
        wanted: dict[str, frozenset[Claim]] = {}
        for name, more in choice:
            wanted[name] = wanted.get(name, frozenset()) | more
        made = dict(base)
        for name, more in wanted.items():
            found = self.value(name, more)
            if not isinstance(found, Found):
                self.unsure = self.unsure or found is UNKNOWN
                return None
            made[name] = found.value
        most = self.constraints.most
        if most is not None and len(made) > most:
            return None
        if not self._fill(made):
            return None
        if not self.constraints.excluded:
            return made
        excluded = [frozen(value) for value in self.constraints.excluded]
        return made if frozen(made) not in excluded else self._varied(made, excluded)

    def _varied(self, made: dict[str, Any], excluded: list[Any]) -> dict[str, Any] | None:
        """Return the object with one more property, because the plain one is excluded."""
        most, unknown = self.constraints.most, False
        for name in (*self.names, *self.fresh(2, None)):
            if name in made or (most is not None and len(made) >= most):
                continue
            found = self.value(name, frozenset())
            if isinstance(found, Found) and frozen({**made, name: found.value}) not in excluded:
                return {**made, name: found.value}
            unknown = unknown or found is UNKNOWN
        # An object without properties can only be varied by one more.
        self.unsure = self.unsure or bool(made) or unknown
        return None

    def _fill(self, made: dict[str, Any]) -> bool:
        """Add properties until there are enough."""
        missing = self.constraints.least - len(made)
        if missing <= 0:
            return True
        for name in self.names:
            if missing > 0 and name not in made:
                missing -= self._put(made, name)
        if missing > FRESH:
            self.unsure = True
            return False
        if missing > 0:
            for name in self.fresh(missing + len(made), None):
                if missing > 0 and name not in made:
                    missing -= self._put(made, name)
        return missing <= 0

    def _put(self, made: dict[str, Any], name: str) -> bool:
        found = self.value(name, frozenset())
        if isinstance(found, Found):
            made[name] = found.value
            return True
        self.unsure = self.unsure or found is UNKNOWN
        return False

    def fresh(self, count: int, naming: Claim | None) -> list[str]:
        """Return up to `count` unmentioned names of each kind that the patterns distinguish."""
        constraints, expressions = self.constraints, self.solver.expressions
        known = [names for names, *_ in constraints.somewhere if names is not None]
        known += [names for names, _ in constraints.ranges]
        patterns = sorted({pattern for names in known for pattern in names.patterns})
        if len(patterns) > PATTERNS:
            self.unsure = True
            return []
        found: list[str] = []
        own = {naming} if naming is not None else set()
        for signs in product((False, True), repeat=len(patterns)):
            kinds = {
                Claim(expressions.literal("pattern", "string", pattern), holds=sign, reader=False)
                for pattern, sign in zip(patterns, signs, strict=True)
            }
            for _ in range(count):
                taken = expressions.values([*self.constraints.mentioned, *found])
                string = Claim(expressions.types(["string"]), holds=True, reader=False)
                claims = {string, *kinds, *constraints.naming, *own}
                claims.add(Claim(taken, holds=False, reader=False))
                answer = self.solver.find(frozenset(claims))
                self.unsure = self.unsure or answer is UNKNOWN
                if not isinstance(answer, Found):
                    break
                found.append(answer.value)
        return found
