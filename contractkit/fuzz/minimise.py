"""The smallest pair that still shows a disagreement: parts are left out while it stays."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from fuzz.trial import Pair

ROUNDS = 400


def minimise(pair: Pair, shows: Callable[[Pair], bool]) -> Pair:
    """Leave out whatever can be left out, on both sides at once or on one."""
    best, tried = pair, 0
    found = True
    while found:
        found = False
        for candidate in _smaller(best):
            tried += 1
            if tried > ROUNDS:
                return best
            if shows(candidate):
                best, found = candidate, True
                break
    return best


def _smaller(pair: Pair) -> Iterator[Pair]:
    for old in _cut(pair.old):
        both = _same_cut(pair, old)
        if both is not None:
            yield both
        yield replace(pair, old=old[1])
    for new in _cut(pair.new):
        yield replace(pair, new=new[1])


def _same_cut(pair: Pair, cut: tuple[tuple[Any, ...], Any]) -> Pair | None:
    path, old = cut
    new = json.loads(json.dumps(pair.new))
    try:
        _remove(new, path)
    except (KeyError, IndexError, TypeError):
        return None
    return replace(pair, old=old, new=new)


def _cut(side: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The side without one of its parts; large parts first."""
    for path in sorted(_paths(side, ()), key=len):
        copy = json.loads(json.dumps(side))
        _remove(copy, path)
        yield path, copy


def _paths(value: Any, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    keys: Any = (
        value.keys()
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else ()
    )
    for key in keys:
        path = (*above, key)
        if path not in {("schema",), ("definitions",)} and path[:1] + path[2:] != ("definitions",):
            yield path
        yield from _paths(value[key], path)


def _remove(value: Any, path: tuple[Any, ...]) -> None:
    for key in path[:-1]:
        value = value[key]
    del value[path[-1]]
