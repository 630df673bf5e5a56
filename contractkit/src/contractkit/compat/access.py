"""Bodies as the two sides of an exchange see them: `readOnly` and `writeOnly` of OpenAPI 3.0.

A `readOnly` property is not part of requests, a `writeOnly` one not of responses; each is required
of the other side only (OpenAPI 3.0, Schema Object). In 3.1 both are annotations, which refuse and
excuse nothing. That a property changed its mark is for S27.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from contractkit.compat.derived_documents import DerivedDocuments
from contractkit.compat.inclusion.decision import Verdict
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.assessment import Assessed, explained
from contractkit.compat.schema.rules import DECIDED, SOFTENED
from contractkit.compat.schema.shape import marks, members
from contractkit.compat.schema.witness import Witness, WitnessFinder
from contractkit.compat.use import Use
from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.keywords import LISTS, MAPS, ONE

Roots = tuple[Node, Node]

_HIDDEN = {("request", Role.IN): "readOnly", ("response", Role.OUT): "writeOnly"}
"""The mark of properties that a carrier does not carry. Requests that we make carry all: events
tell of resources as responses do."""


class SeenDocuments(DerivedDocuments):
    """The documents of a revision, whose schemas lack what one side does not see.

    What a writer does not see it does not mention; a reader ignores it, whatever it is.
    """

    def __init__(self, base: Documents, mark: str, *, writer: bool) -> None:
        super().__init__(base)
        self._mark, self._writer = mark, writer

    def derived(self, node: Node) -> Node:
        """Return a schema as this side sees it."""
        base = Node(self.base, node.file, node.path, node.value)
        return Node(self, node.file, node.path, self._seen(base))

    def _seen(self, node: Node, above: frozenset[str] = frozenset()) -> Any:
        """Return a schema without what is hidden; `above`: the names that the whole hides."""
        if not isinstance(node.value, Mapping):
            return node.value
        hidden = above | self._hidden(node)
        found = {key: self._keyword(key, child, hidden) for key, child in node.entries()}
        if not hidden:
            return found
        if isinstance(found.get("properties"), dict):
            found["properties"] = {
                name: {} if name in hidden else child
                for name, child in found["properties"].items()
                if name not in hidden or not self._writer
            }
        if isinstance(found.get("required"), list):
            found["required"] = [name for name in found["required"] if name not in hidden]
        return found

    def _keyword(self, key: str, node: Node, hidden: frozenset[str]) -> Any:
        if key in MAPS:
            return {name: self._seen(child) for name, child in node.entries()}
        if key in LISTS and isinstance(node.value, list):
            whole = hidden if key == "allOf" else frozenset()
            return [self._seen(child, whole) for child in node.elements()]
        return self._seen(node) if key in ONE else node.value

    def _hidden(self, node: Node) -> frozenset[str]:
        """Return the names that a schema hides in any of its members."""
        try:
            parts = [
                part for member in members(node) if (part := member.keywords.get("properties"))
            ]
            listed = [(name, child) for part in parts for name, child in part.entries()]
            marked = ((name, marks(child).get(self._mark)) for name, child in listed)
            return frozenset(name for name, mark in marked if mark and mark.value is True)
        except ContractKitError:
            return frozenset()


@dataclass(frozen=True, slots=True)
class _Side:
    """OLD and NEW as one carrier carries them in one role, and who finds witnesses there."""

    documents: tuple[SeenDocuments, SeenDocuments]
    finder: WitnessFinder


class AccessComparison:
    """Judges bodies by what their writer sends and their reader expects."""

    def __init__(self, revisions: tuple[Documents, Documents], *, budget: int) -> None:
        self._revisions, self._budget = revisions, budget
        self._sides: dict[str, _Side] = {}
        self._marked: dict[str, bool] = {}

    def roots(self, old: Node, new: Node, use: Use) -> Roots | None:
        """Return the schemas as they are seen, or None where nothing is hidden."""
        mark = _HIDDEN.get((use.carrier, use.role)) if use.role is not None else None
        if mark is None or not self._mentioned(mark):
            return None
        if mark not in self._sides:
            old_writes = use.role is Role.IN
            before, after = (
                SeenDocuments(base, mark, writer=writer)
                for base, writer in zip(self._revisions, (old_writes, not old_writes), strict=True)
            )
            self._sides[mark] = _Side((before, after), WitnessFinder(self._budget))
        first, second = self._sides[mark].documents
        return first.derived(old), second.derived(new)

    def _mentioned(self, mark: str) -> bool:
        if mark not in self._marked:
            self._marked[mark] = any(one.mentions(mark) for one in self._revisions) and any(
                version.startswith("3.0")
                for one in self._revisions
                for version in one.versions.values()
            )
        return self._marked[mark]

    def judged(self, found: list[Assessed], roots: Roots, role: Role) -> list[Assessed]:
        """Return changes with the severities that they have for what is seen."""
        verdict = self._finder(roots).inclusion.decide(*roots, role).verdict
        if verdict is Verdict.INCLUDED:
            return [
                replace(one, severity=Severity.OK)
                if one.severity is Severity.BREAKING and one.reached.change.rule.id in DECIDED
                else one
                for one in found
            ]
        loud = any(
            one.severity is Severity.BREAKING or one.reached.change.rule.name in SOFTENED
            for one in found
        )
        return found if loud or verdict is Verdict.UNDECIDED else explained(found, roots, role)

    def witness(self, role: Role, roots: Roots) -> Witness | None:
        """Return a body that one side sends and the other refuses."""
        return self._finder(roots).find(role, roots, ())

    def _finder(self, roots: Roots) -> WitnessFinder:
        return next(
            side.finder for side in self._sides.values() if side.documents[0] is roots[0].documents
        )
