"""Pairs the elements of two revisions by the first test that holds for two of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Pairing(Generic[Thing]):
    """The pairs, and the elements without a partner, each in the order of its document."""

    pairs: Sequence[tuple[Thing, Thing]]
    gone: Sequence[Thing]
    new: Sequence[Thing]


def paired(
    old: Sequence[Thing], new: Sequence[Thing], *tests: Callable[[Thing, Thing], bool]
) -> Pairing[Thing]:
    """Pair elements by tests in order; a later test sees only what earlier ones left."""
    left, right = list(old), list(new)
    pairs: list[tuple[Thing, Thing]] = []
    for test in tests:
        for before in list(left):
            after = next((one for one in right if test(before, one)), None)
            if after is not None:
                left.remove(before)
                right.remove(after)
                pairs.append((before, after))
    return Pairing(pairs, left, right)
