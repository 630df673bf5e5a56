"""Patterns compared by the strings that they match, and strings made for them.

Both are searches in a product of automata (`compat.inclusion.strings`), bounded in states; beyond
the bound and for patterns without an automaton the answer is None, "cannot tell".
"""

from functools import lru_cache

from contractkit.compat.inclusion.answer import EMPTY, Found
from contractkit.compat.inclusion.strings import Constraints, find


@lru_cache(maxsize=2048)
def includes(wide: str, narrow: str) -> bool | None:
    """Return whether `wide` matches every string that `narrow` matches; None when unproven."""
    if wide == narrow:
        return True
    answer = find(Constraints(patterns=[narrow], not_patterns=[wide]))
    if answer is EMPTY:
        return True
    return False if isinstance(answer, Found) else None


@lru_cache(maxsize=2048)
def matching(
    pattern: str, shortest: int = 0, longest: int = 256, limit: int = 12
) -> tuple[str, ...]:
    """Return up to `limit` matching strings of an allowed length: short ones, then long ones."""
    found: dict[str, None] = {}
    lengths = dict.fromkeys((shortest, shortest + 1, shortest + 2, longest, longest - 1))
    for length in lengths:
        for _ in range(3):
            constraints = Constraints(
                least=max(length, shortest), most=longest, patterns=[pattern], excluded=set(found)
            )
            answer = find(constraints)
            if not isinstance(answer, Found):
                break
            found[answer.value] = None
    return tuple(found)[:limit]
