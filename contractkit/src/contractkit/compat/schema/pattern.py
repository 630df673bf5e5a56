"""Patterns compared by the strings that they match, and strings made for them.

Both are searches in a product of automata (`compat.inclusion.strings`), bounded in states; beyond
the bound and for patterns that no automaton understands the answer is None, "cannot tell".
"""

from functools import lru_cache

from contractkit.compat.inclusion.answer import EMPTY, Found
from contractkit.compat.inclusion.strings import Demands, find


@lru_cache(maxsize=2048)
def includes(wide: str, narrow: str) -> bool | None:
    """Whether every string that `narrow` matches is matched by `wide`; None when unproven."""
    if wide == narrow:
        return True
    answer = find(Demands(patterns=[narrow], not_patterns=[wide]))
    if answer is EMPTY:
        return True
    return False if isinstance(answer, Found) else None


@lru_cache(maxsize=2048)
def matching(
    pattern: str, shortest: int = 0, longest: int = 256, limit: int = 12
) -> tuple[str, ...]:
    """Up to `limit` strings of allowed length that match: short ones first, then long ones."""
    found: dict[str, None] = {}
    lengths = dict.fromkeys((shortest, shortest + 1, shortest + 2, longest, longest - 1))
    for length in lengths:
        for _ in range(3):
            demands = Demands(
                least=max(length, shortest), most=longest, patterns=[pattern], excluded=set(found)
            )
            answer = find(demands)
            if not isinstance(answer, Found):
                break
            found[answer.value] = None
    return tuple(found)[:limit]
