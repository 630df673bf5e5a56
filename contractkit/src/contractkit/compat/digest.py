"""Digests of schemas: equal digests mean equal schemas, however they are written.

Digests are Merkle hashes: a reference stands for the digest of its target, so that they can be
compared between revisions, whatever the files are called. In cycles of references the digests are
refined in rounds, so that no schema is expanded more than once.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from contractkit.compat.kinship import meanings
from contractkit.discriminator import property_of
from contractkit.documents import Node, Path
from contractkit.errors import ContractKitError
from contractkit.keywords import LITERALS, MAPS, is_annotation

_UNORDERED = frozenset({"required", "enum", "type"})

Place = tuple[str, Path]
Named = Callable[[Node], str]
"""Returns the name that stands for a reference's target within a digest."""
_SKIPPED = frozenset({"$ref", "$defs", "definitions"})
_UNREAD = LITERALS | {"discriminator"}
"""Keywords in which nothing is a reference."""
_DYNAMIC = frozenset({"$dynamicRef", "$recursiveRef"})
"""References whose target depends on the dynamic scope: it may be anything in the file."""
_NAMING = _DYNAMIC | {"discriminator"}
"""Keywords whose text means more than it says; AsyncAPI's discriminator is a text."""


class Digests:
    """Digests of one revision's schemas, kept per place.

    With `annotations`, annotations and the names of components count too: equal digests then mean
    that nothing at all differs. With `tolerant`, a schema with an `x-extensible-enum`, itself or
    below it, has another digest than without `tolerant`, because that enumeration is read as open.
    """

    def __init__(self, *, annotations: bool = False, tolerant: bool = False) -> None:
        self.annotations, self.tolerant = annotations, tolerant
        self._known: dict[Place, str] = {}
        self._targets: dict[Place, str] = {}
        self._files: dict[str, str] = {}

    def of(self, node: Node) -> str:
        """Return the digest of a schema, its references resolved."""
        known = self._known.get(node.place)
        if known is None:
            known = self._known[node.place] = _hashed(self._canonical(node, self._target))
        return known

    def keyword(self, key: str, schema: Node) -> str:
        """Return the digest of one keyword's value."""
        return json.dumps(self._keyword(key, schema, self._target), sort_keys=True)

    def _target(self, node: Node) -> str:
        """Return the digest of a reference's target; the schemas of a cycle get theirs together."""
        if node.place not in self._targets:
            self._refine(node)
        return self._targets[node.place]

    def _refine(self, start: Node) -> None:
        """Digest everything that a schema refers to and that has no digest yet."""
        for group in _groups(start, self._targets):
            if len(group) == 1 and not group[0][1]:
                node = group[0][0]
                self._targets[node.place] = _hashed(self._canonical(node, self._target))
                continue
            rounds = {node.place: "cycle" for node, _ in group}
            # Two cycles of n schemas that differ at all differ after 2n - 1 rounds (the refinement
            # of a partition of 2n states); cycles of different sizes, after the first.
            for _ in range(2 * len(group)):
                rounds = {
                    node.place: _hashed(self._canonical(node, self._within(rounds)))
                    for node, _ in group
                }
            self._targets.update(rounds)

    def _within(self, rounds: dict[Place, str]) -> Named:
        def named(node: Node) -> str:
            return rounds.get(node.place) or self._target(node)

        return named

    def _canonical(self, node: Node, named: Named) -> Any:
        if isinstance(node.value, bool):
            return node.value
        if not isinstance(node.value, dict):
            return {"": node.value}
        body = {
            key: self._keyword(key, node, named)
            for key in node.value
            if key not in _SKIPPED and (self.annotations or not is_annotation(key))
        }
        if self.tolerant and node.value.get("x-extensible-enum"):
            body[""] = "read as open"
        if node.reference is None:
            return {"=": _hashed(body)}
        target = self._reference(node, named)
        return {"=": _hashed({"allOf": [target, body]})} if body else target

    def _reference(self, node: Node, named: Named) -> Any:
        target, reference = _target(node), str(node.reference)
        if target is None:
            # What cannot be read may be anything in the file, or it is on another host.
            return {"$ref": [reference, "" if "//" in reference else self._file(node)]}
        return (
            {"=": named(target), "name": target.name} if self.annotations else {"=": named(target)}
        )

    def _keyword(self, key: str, schema: Node, named: Named) -> Any:
        value = schema.value[key]
        if not isinstance(value, (dict, list)) and key not in _NAMING:
            return value
        node = schema.child(key)
        if self.annotations and is_annotation(key):
            return value
        if key in _DYNAMIC:
            value = [value, self._file(node)]
        elif key in _UNORDERED and isinstance(value, list):
            value = sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
        elif key == "discriminator":
            known = value if self.annotations else property_of(schema.value)
            value = [known, sorted(meanings(schema).items())]
        elif key not in LITERALS:
            if isinstance(value, list):
                value = [self._canonical(item, named) for item in node.elements()]
            elif key in MAPS:
                value = {name: self._canonical(child, named) for name, child in node.entries()}
            elif isinstance(value, dict):
                value = self._canonical(node, named)
        return value

    def _file(self, node: Node) -> str:
        """Return the digest of the whole file that a node stands in."""
        known = self._files.get(node.file)
        if known is None:
            known = self._files[node.file] = _hashed({"": node.documents.root(node.file).value})
        return known


def _hashed(value: Any) -> str:
    """Return the digest of a canonical form; a digest is kept, so that inlining changes nothing."""
    if isinstance(value, dict) and value.keys() == {"="}:
        return str(value["="])
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _groups(start: Node, known: dict[Place, str]) -> list[list[tuple[Node, bool]]]:
    """Yield cycles of references and single schemas, referenced ones first (Tarjan's algorithm).

    Each schema comes with whether it refers to itself.
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
    """Return the referenced schemas without a digest, in the order in which they are written."""
    found: dict[Place, Node] = {}
    pending: list[tuple[Path, Any]] = [(node.path, node.value)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, list):
            pending += (((*path, str(index)), item) for index, item in enumerate(value))
        elif isinstance(value, dict):
            if "$ref" in value:
                target = _target(Node(node.documents, node.file, path, value))
                if target is not None and target.place not in known:
                    found[target.place] = target
            for key, item in value.items():
                if isinstance(item, (dict, list)) and key not in _UNREAD:
                    pending.append(((*path, key), item))
    return list(found.values())


def _target(node: Node) -> Node | None:
    """Return the target of a reference, or None without one or when it does not resolve."""
    try:
        return node.target() if node.reference is not None else None
    except ContractKitError:
        return None
