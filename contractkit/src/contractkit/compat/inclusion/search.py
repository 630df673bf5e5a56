"""What the parts of the search ask of the whole: to solve what is inside a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from contractkit.compat.inclusion.answer import Answer
from contractkit.compat.inclusion.claim import Claim, Claims
from contractkit.compat.inclusion.expression import Expression, Expressions


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What a reader forgives although its schema refuses it.

    `unknown_names`: closed objects forgive names that the writer's open schema does not mention.
    """

    unknown_names: bool = False


class Search(Protocol):
    """Answers questions about parts of a value."""

    expressions: Expressions
    tolerance: Tolerance

    def find(self, claims: Claims) -> Answer:
        """Find a value that fulfils all claims."""

    def empty(self, claims: Iterable[Claim]) -> bool:
        """Whether it is certain that no value fulfils the claims."""

    def fulfilled(self, claims: Iterable[Claim], value: Any) -> bool | None:
        """Whether a value fulfils claims; None when something is not understood."""

    def spend(self) -> None:
        """Count a step; there are only so many."""

    def resolve(self, reference: Expression) -> Expression:
        """Return what a reference stands for."""
