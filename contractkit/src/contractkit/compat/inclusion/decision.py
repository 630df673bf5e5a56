"""Decides whether every value that one schema accepts is accepted by another.

Three answers: included; refuted, with a value as witness; undecided. Each pair of schemas is
decided once per role, within a number of steps per pair and per comparison, so that every run gives
the same answers.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from contractkit.compat.digest import Digests
from contractkit.compat.inclusion.answer import EMPTY, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.compiler import Compiler
from contractkit.compat.inclusion.embedding import PathStep, embed
from contractkit.compat.inclusion.expression import Expression, Expressions
from contractkit.compat.inclusion.search import Tolerance
from contractkit.compat.inclusion.solver import STEPS, Solver
from contractkit.compat.rule import Role
from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError

RUN = 400_000
"""How many steps all questions of one comparison may take together."""


class Verdict(Enum):
    """The three answers."""

    INCLUDED = "included"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer; a refutation comes with its witness, which the caller verifies."""

    verdict: Verdict
    witness: Any = None


_INCLUDED = Decision(Verdict.INCLUDED)
_UNDECIDED = Decision(Verdict.UNDECIDED)


class Inclusion:
    """Decides about the schemas of two revisions."""

    def __init__(self) -> None:
        self.digests = Digests(), Digests()
        self.left = RUN
        self._roles: dict[Role, _Side] = {}
        self._documents: tuple[Documents, ...] = ()
        self._known: dict[tuple[str, str, Role], Decision] = {}

    def decide(self, old: Node, new: Node, role: Role) -> Decision:
        """Decide about a pair. IN: whether NEW accepts every value of OLD; OUT: the reverse."""
        old, new = _plain(old), _plain(new)
        before, after = self.digests[0].of(old), self.digests[1].of(new)
        if before == after:
            return _INCLUDED
        key = (before, after, role)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._decide(old, new, role)
        return known

    def _decide(self, old: Node, new: Node, role: Role) -> Decision:
        self._documents = (old.documents, new.documents)
        side = self._side(role)
        before, after = side.old.compile(old), side.new.compile(new)
        writer, reader = (before, after) if role is Role.IN else (after, before)
        if writer is reader:
            return _INCLUDED
        claims = (Claim(writer, holds=True, reader=False), Claim(reader, holds=False, reader=True))
        answer = self._ask(side.solver, claims)
        if answer is EMPTY:
            return _INCLUDED
        if isinstance(answer, Found):
            return Decision(Verdict.REFUTED, answer.value)
        return _UNDECIDED

    def surround(
        self, pairs: list[tuple[Node, Node]], ways: list[PathStep], role: Role, inner: Any
    ) -> Found | None:
        """Return a value around `inner` that only the writer's schema accepts."""
        side = self._side(role)
        emitted = role is Role.OUT
        writer, reader = (side.new, side.old) if emitted else (side.old, side.new)
        levels = [
            (writer.compile(pair[emitted]), way) for pair, way in zip(pairs, ways, strict=False)
        ]
        if self.left <= 0:
            return None
        found = embed(side.solver, levels, reader.compile(pairs[0][not emitted]), inner)
        self.left -= len(levels)
        return found

    def _side(self, role: Role) -> "_Side":
        """Return the compilers of a role; both roles share them unless a schema differs by role.

        It differs with `x-extensible-enum`, which a reader of emitted values takes as open.
        """
        if role not in self._roles:
            marked = any(one.mentions("x-extensible-enum") for one in self._documents)
            other = None if marked else next(iter(self._roles.values()), None)
            self._roles[role] = _Side(self, role, other, tolerant=marked and role is Role.OUT)
        return self._roles[role]

    def _ask(self, solver: Solver, claims: tuple[Claim, ...]) -> Any:
        allowed = min(STEPS, self.left)
        answer = solver.ask(claims, allowed)
        self.left -= allowed - max(solver.steps, 0)
        return answer


def _plain(node: Node) -> Node:
    """Return the target of a schema that is nothing but a reference, so that it is decided once."""
    seen = set()
    while node.reference is not None and len(node.value) == 1 and node.place not in seen:
        seen.add(node.place)
        try:
            node = node.target()
        except ContractKitError:
            break
    return node


class _Side:
    """The compilers and the solver of one role."""

    def __init__(
        self, inclusion: Inclusion, role: Role, other: "_Side | None", *, tolerant: bool
    ) -> None:
        self.role = role
        emitted = role is Role.OUT
        if other is None:
            expressions = Expressions()
            names = inclusion.digests
            own = Digests(tolerant=True) if tolerant else names[0]
            self.old = Compiler(expressions, own.of, tolerant=tolerant)
            self.new = Compiler(expressions, names[1].of, tolerant=False)
        else:
            expressions, self.old, self.new = other.old.expressions, other.old, other.new
        self.solver = Solver(expressions, self.resolve, Tolerance(unknown_names=emitted))

    def resolve(self, reference: Expression) -> Expression:
        """Return the expression of a reference of either revision."""
        compilers = (self.old, self.new) if self.role is Role.IN else (self.new, self.old)
        for compiler in compilers:
            found = compiler.resolve(reference)
            if found is not None:
                return found
        raise KeyError(reference.detail)
