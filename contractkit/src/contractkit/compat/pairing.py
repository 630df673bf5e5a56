"""Finds what belongs together in two revisions: by the first test that two of them pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Pairing(Generic[Thing]):
    """What stays, what is gone and what is new, each in the order of its document."""

    pairs: Sequence[tuple[Thing, Thing]]
    gone: Sequence[Thing]
    new: Sequence[Thing]


def paired(
    old: Sequence[Thing], new: Sequence[Thing], *tests: Callable[[Thing, Thing], bool]
) -> Pairing[Thing]:
    """Return the pairs that the tests find; a later test sees what earlier ones left."""
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
