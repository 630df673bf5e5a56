"""The interface of the solver that the searches per type use, for values inside of values."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from contractkit.compat.inclusion.answer import Answer
from contractkit.compat.inclusion.claim import Claim, Claims
from contractkit.compat.inclusion.expression import Expression, Expressions


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What counts as accepted although the reader's schema refuses it.

    `unknown_names`: closed objects tolerate names that the writer's open schema does not mention.
    """

    unknown_names: bool = False


class Search(Protocol):
    """Solves claims about parts of a value."""

    expressions: Expressions
    tolerance: Tolerance

    def find(self, claims: Claims) -> Answer:
        """Find a value that satisfies all claims."""

    def empty(self, claims: Iterable[Claim]) -> bool:
        """Return whether certainly no value satisfies the claims."""

    def fulfilled(self, claims: Iterable[Claim], value: Any) -> bool | None:
        """Return whether a value satisfies the claims; None when one of them is opaque."""

    def spend(self) -> None:
        """Count a step. Raises ExhaustedError beyond the limit."""

    def resolve(self, reference: Expression) -> Expression:
        """Return the expression that a reference stands for."""
