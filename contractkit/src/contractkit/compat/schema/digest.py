"""What a schema means, as a short text: equal digests are equal schemas, however written.

Digests are Merkle hashes: a reference stands for the digest of its target. In circles of references
the digests are refined in rounds, so that no schema is written out more than once.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from contractkit.compat.keywords import is_annotation
from contractkit.compat.node import Node, Path

_UNORDERED = frozenset({"required", "enum", "type"})
_LITERAL = frozenset({"const", "default", "dependentRequired", "enum", "required", "type"})
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})

Place = tuple[str, Path]
Named = Callable[[Node], str]
"""What a reference's target is called within a digest."""


class Digests:
    """Digests of one revision's schemas, kept per place."""

    def __init__(self) -> None:
        self._known: dict[Place, str] = {}
        self._targets: dict[Place, str] = {}

    def of(self, node: Node) -> str:
        """Return the digest of a schema with its references resolved and its words left out."""
        known = self._known.get(node.place)
        if known is None:
            known = self._known[node.place] = _hashed(_canonical(node, self._target))
        return known

    def keyword(self, key: str, node: Node) -> str:
        """Return the digest of one keyword's value."""
        return json.dumps(_keyword(key, node, self._target), sort_keys=True)

    def _target(self, node: Node) -> str:
        """Return a reference's digest; a whole group of schemas is digested at once."""
        if node.place not in self._targets:
            self._refine(node)
        return self._targets[node.place]

    def _refine(self, start: Node) -> None:
        """Digest everything that a schema refers to and that has no digest yet."""
        for group in _groups(start, self._targets):
            if len(group) == 1 and not group[0][1]:
                node = group[0][0]
                self._targets[node.place] = _hashed(_canonical(node, self._target))
                continue
            rounds = {node.place: "circle" for node, _ in group}
            for _ in range(len(group) + 1):
                rounds = {
                    node.place: _hashed(_canonical(node, self._within(rounds))) for node, _ in group
                }
            self._targets.update(rounds)

    def _within(self, rounds: dict[Place, str]) -> Named:
        def named(node: Node) -> str:
            return rounds.get(node.place) or self._target(node)

        return named


def _hashed(value: Any) -> str:
    """Return the name of a canonical form; a name stays one, as inlining changes nothing."""
    if isinstance(value, dict) and value.keys() == {"="}:
        return str(value["="])
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _canonical(node: Node, named: Named) -> Any:
    if isinstance(node.value, bool):
        return node.value
    if not isinstance(node.value, dict):
        return {"": node.value}
    body = {
        key: _keyword(key, child, named)
        for key, child in node.entries()
        if key != "$ref" and not is_annotation(key)
    }
    if node.reference is None:
        return {"=": _hashed(body)}
    target = {"=": named(node.target())}
    return {"=": _hashed({"allOf": [target, body]})} if body else target


def _keyword(key: str, node: Node, named: Named) -> Any:
    value = node.value
    if key in _UNORDERED and isinstance(value, list):
        value = sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
    elif key == "discriminator":
        mapping = node.dig("mapping")
        value = [node.text("propertyName"), sorted(mapping.value) if mapping else []]
    elif key not in _LITERAL:
        if isinstance(value, list):
            value = [_canonical(item, named) for item in node.elements()]
        elif key in _MAPS:
            value = {name: _canonical(child, named) for name, child in node.entries()}
        elif isinstance(value, dict):
            value = _canonical(node, named)
    return value


def _groups(start: Node, known: dict[Place, str]) -> list[list[tuple[Node, bool]]]:
    """Circles of references and single schemas, what is referred to first (Tarjan's algorithm).

    The flag says that the schema refers to itself.
    """
    order: dict[Place, int] = {}
    low: dict[Place, int] = {}
    stack: list[Node] = []
    stacked: set[Place] = set()
    found: list[list[tuple[Node, bool]]] = []
    work: list[tuple[Node, list[Node], int]] = [(start, _references(start, known), 0)]
    itself: set[Place] = set()
    while work:
        node, targets, at = work.pop()
        place = node.place
        if at == 0:
            order[place] = low[place] = len(order)
            stack.append(node)
            stacked.add(place)
        if at > 0:
            low[place] = min(low[place], low[targets[at - 1].place])
        while at < len(targets):
            target = targets[at]
            at += 1
            if target.place == place:
                itself.add(place)
            if target.place not in order:
                work.append((node, targets, at))
                work.append((target, _references(target, known), 0))
                break
            if target.place in stacked:
                low[place] = min(low[place], order[target.place])
        else:
            if low[place] == order[place]:
                group: list[tuple[Node, bool]] = []
                while not group or group[-1][0].place != place:
                    member = stack.pop()
                    stacked.discard(member.place)
                    group.append((member, member.place in itself))
                found.append(group)
    return found


def _references(node: Node, known: dict[Place, str]) -> list[Node]:
    """Return what a schema refers to and what has no digest yet, in the order of the text."""
    found: dict[Place, Node] = {}
    pending = [node]
    while pending:
        here = pending.pop()
        if here.reference is not None:
            target = here.target()
            if target.place not in known:
                found[target.place] = target
        for key, child in here.entries():
            if key not in _LITERAL and key != "discriminator":
                pending.append(child)
        pending += here.elements()
    return list(found.values())
