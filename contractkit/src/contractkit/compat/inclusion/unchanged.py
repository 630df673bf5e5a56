"""Which places of two revisions hold the same schema, with everything that they refer to.

Each place is compared once; what refers to something changed is changed.
"""

from typing import Any

from contractkit.compat.keywords import is_annotation
from contractkit.compat.node import Node, Path
from contractkit.errors import ContractKitError

Place = tuple[str, Path]
_LITERAL = frozenset({"const", "default", "enum", "required", "type", "dependentRequired"})


class Unchanged:
    """Answers by place, for one pair of revisions. With `words`, words count as well."""

    def __init__(self, *, words: bool = False) -> None:
        self.words = words
        self._known: dict[Place, bool] = {}

    def same(self, old: Node, new: Node) -> bool:
        """Whether two nodes of one place have the same meaning for a reader of the text."""
        if old.place != new.place:
            return False
        if old.place not in self._known:
            self._classify(old, new)
        return self._known[old.place]

    def _classify(self, old: Node, new: Node) -> None:
        """Compare everything below a place, then spread changes to what refers to them."""
        pending = [(old, new)]
        changed: list[Place] = []
        users: dict[Place, set[Place]] = {}
        met: set[Place] = set()
        while pending:
            before, after = pending.pop()
            if before.place in met:
                continue
            met.add(before.place)
            references: list[tuple[Node, Node]] = []
            if not _alike(before, after, references, words=self.words):
                changed.append(before.place)
                continue
            for first, second in references:
                users.setdefault(first.place, set()).add(before.place)
                if first.place != second.place or self._known.get(first.place) is False:
                    changed.append(before.place)
                elif first.place not in self._known:
                    pending.append((first, second))
        self._known.update(dict.fromkeys(met, True))
        while changed:
            place = changed.pop()
            if place in met and self._known[place]:
                self._known[place] = False
                changed += users.get(place, ())
            elif place not in met:
                changed += users.pop(place, ())


def _alike(
    old: Node, new: Node, references: list[tuple[Node, Node]], *, words: bool = False
) -> bool:
    """Whether two values are written alike but for words; collects what both refer to."""
    if type(old.value) is not type(new.value):
        return False
    if isinstance(old.value, list):
        pairs = list(zip(old.elements(), new.elements(), strict=False))
        same = len(old.value) == len(new.value)
        return same and all(_alike(*pair, references, words=words) for pair in pairs)
    if not isinstance(old.value, dict):
        return bool(old.value == new.value)
    first, second = (v if words else dict(_meaning(v)) for v in (old.value, new.value))
    if first.keys() != second.keys() or old.reference != new.reference:
        return False
    if old.reference is not None:
        try:
            references.append((old.target(), new.target()))
        except ContractKitError:
            return False
    return all(
        first[key] == second[key]
        if key in _LITERAL or not isinstance(first[key], (dict, list))
        else _alike(old.child(key), new.child(key), references, words=words)
        for key in first
        if key != "$ref"
    )


def _meaning(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Return the members that are no words. A property may be called like a keyword of words."""
    return [
        (k, v) for k, v in value.items() if isinstance(v, (dict, list)) or not is_annotation(str(k))
    ]
