"""Finds the changes below a pair of schemas and the path to each, shared by all operations.

Each pair keeps, for every change below it, the first step towards it. Pairs are explored once,
however many roots lead to them; cycles are repeated until nothing is added.
"""

from collections.abc import Callable
from dataclasses import dataclass

from contractkit.compat.schema.local import Change, Local, Step
from contractkit.documents import Node, Path

Pair = tuple[tuple[str, Path], tuple[str, Path]]
Key = tuple[int, bool, bool]
"""A change by its index, whether `not` inverts it, and whether it is in an overlap."""


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A change, the steps to its schema, and the effect of `not` and `oneOf` on the path."""

    change: Change
    steps: tuple[Step, ...]
    inverted: bool
    overlapping: bool


def shared(old: Node, new: Node) -> tuple[Node, Node]:
    """Return the targets of two schemas when both only refer to a component of the same name.

    So a component is compared once, however many places refer to it.
    """
    seen = set()
    while _bare(old) and _bare(new) and old.place not in seen:
        seen.add(old.place)
        before, after = old.target(), new.target()
        if before.name != after.name:
            break
        old, new = before, after
    return old, new


def _bare(node: Node) -> bool:
    return node.reference is not None and len(node.value) == 1


@dataclass(slots=True, eq=False)
class _PairState:
    """A pair: the steps to its parts, the pairs that use it, and the changes below it."""

    steps: tuple[tuple[Step, Pair], ...]
    users: list[tuple[Pair, Step]]
    ways: dict[Key, tuple[Step | None, Pair | None, Key]]


class Reach:
    """Explores pairs; `compare` compares one, `same` says that nothing below it changed."""

    def __init__(
        self, compare: Callable[[Node, Node], Local], same: Callable[[Node, Node], bool]
    ) -> None:
        self._compare, self._same = compare, same
        self._spots: dict[Pair, _PairState] = {}
        self._changes: list[Change] = []

    def below(self, old: Node, new: Node) -> list[Reached]:
        """Return all changes below a pair."""
        old, new = shared(old, new)
        pair = old.place, new.place
        if pair not in self._spots:
            self._explore(old, new)
        keys = sorted(self._spots[pair].ways)
        return [Reached(self._changes[key[0]], self._way(pair, key), *key[1:]) for key in keys]

    def _way(self, pair: Pair, key: Key) -> tuple[Step, ...]:
        steps: list[Step] = []
        while True:
            step, below, inner = self._spots[pair].ways[key]
            if step is None or below is None:
                return tuple(steps)
            steps.append(step)
            pair, key = below, inner

    def _explore(self, old: Node, new: Node) -> None:
        """Compare the unexplored pairs below a pair, then propagate their changes upwards."""
        found: list[Pair] = []
        pending = [(old, new)]
        links: list[tuple[Pair, Step, Pair]] = []
        while pending:
            before, after = pending.pop()
            pair = before.place, after.place
            if pair in self._spots:
                continue
            local = self._compare(before, after)
            live = [step for step in local.steps if not self._same(step.old, step.new)]
            parts = [shared(step.old, step.new) for step in live]
            steps = tuple(
                (step, (part[0].place, part[1].place))
                for step, part in zip(live, parts, strict=True)
            )
            self._spots[pair] = _PairState(steps, [], {})
            for change in local.changes:
                key = (len(self._changes), False, change.overlapping)
                self._spots[pair].ways[key] = None, None, key
                self._changes.append(change)
            found.append(pair)
            links += [(pair, *step) for step in steps]
            pending += reversed(parts)
        for pair, step, below in links:
            self._spots[below].users.append((pair, step))
        self._spread(found)

    def _spread(self, found: list[Pair]) -> None:
        """Propagate changes from each pair to the pairs that use it, until nothing is added."""
        pending = found
        waiting = set(pending)
        while pending:
            pair = pending.pop()
            waiting.discard(pair)
            if self._take(pair):
                for user, _ in self._spots[pair].users:
                    if user not in waiting:
                        waiting.add(user)
                        pending.append(user)

    def _take(self, pair: Pair) -> bool:
        spot = self._spots[pair]
        before = len(spot.ways)
        for step, below in spot.steps:
            for key in list(self._spots[below].ways):
                number, inverted, overlapping = key
                mine = (number, inverted != step.inverted, overlapping or step.overlapping)
                if mine not in spot.ways:
                    spot.ways[mine] = step, below, key
        return len(spot.ways) > before
