"""Collects changes, so that a change reached through several operations becomes one finding."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from contractkit.compat.access import AccessComparison, SeenDocuments
from contractkit.compat.anchor import Anchor, anchor
from contractkit.compat.entry import Entry, Identity, Places, Proof, grouped, identity
from contractkit.compat.finding import Finding, merge, order
from contractkit.compat.mode import Modes
from contractkit.compat.rule import Role, Rule, Severity
from contractkit.compat.schema.assessment import Assessed, Assessment
from contractkit.compat.schema.comparison import Comparison
from contractkit.compat.schema.marks import owner
from contractkit.compat.schema.reach import Reached, shared
from contractkit.compat.schema.rules import DECIDED
from contractkit.compat.schema.witness import Witness, WitnessFinder
from contractkit.compat.use import Use
from contractkit.compat.wire import ParameterComparison, ParameterDocuments
from contractkit.documents import Documents, Node
from contractkit.location import Location
from contractkit.model.schema import Schema, of

_BRANCH = re.compile(r"(.*/(?:oneOf|anyOf))/[0-9]+")

ENTRIES_TRIED = 3
"""From how many of a change's roots a witness is searched; then it counts as unproven."""


class FindingCollector:
    """The findings of one comparison of two revisions."""

    def __init__(
        self,
        revisions: tuple[Documents, Documents],
        modes: Modes,
        *,
        strict: bool = False,
        documentation: frozenset[str] = frozenset(),
        witness_finder: WitnessFinder | None = None,
        transitive_only: bool = False,
    ) -> None:
        self.revisions = revisions
        self.modes = modes
        self.documentation = documentation
        self.transitive_only = transitive_only
        self.witness_finder = witness_finder or WitnessFinder()
        self.comparison = Comparison(self.witness_finder.inclusion.digests, strict=strict)
        self.wire = ParameterComparison(revisions, strict=strict, budget=self.witness_finder.budget)
        self.access = AccessComparison(revisions, budget=self.witness_finder.budget)
        self.assessment = Assessment(self.comparison, self.witness_finder.inclusion)
        self._entries: dict[tuple[object, ...], Entry] = {}
        self._shared_by: Counter[Identity] = Counter()

    def say(
        self,
        rule: Rule,
        message: str,
        old: Location | None,
        new: Location | None,
        *uses: Use,
        token: str = "",
    ) -> None:
        """Record a change of something other than a schema."""
        key = (rule.name, old and old.reference, new and new.reference, token, message)
        entry = self._entries.setdefault(key, Entry(rule, message, "", token, old, new))
        for use in uses:
            self._count(entry, use, use.role)
        if not uses:
            self._count(entry, Use(""), None)

    def texts(
        self,
        old: Schema,
        new: Schema,
        use: Use,
        *,
        several: bool,
        filled: bool = False,
        reported: frozenset[str] = frozenset(),
    ) -> None:
        """Compare two schemas of a parameter or header, which travels as text.

        Only a change by which some text is refused is breaking; that text is its witness.
        `several`: a single text counts as an array of one. `filled`: no text is empty.
        """
        before, after = of(self.revisions[0], old), of(self.revisions[1], new)
        roots = self.wire.roots(before, after, use.role, several=several, filled=filled)
        found = self.assessment.assess(before, after, use.role)
        loud = any(assessed.severity is Severity.BREAKING for assessed in found)
        harmless = (
            loud and use.role is not None and self.wire.included((before, after), roots, use.role)
        )
        for assessed in found:
            change = assessed.reached.change
            if not assessed.reached.steps and change.rule.name in reported:
                continue
            fine = harmless and change.rule.id in DECIDED
            counted = replace(assessed, severity=Severity.OK) if fine else assessed
            self._reach(counted, roots, use, whole=True)

    def schemas(
        self, old: Schema, new: Schema, use: Use, *, reported: frozenset[str] = frozenset()
    ) -> None:
        """Compare two schemas that a use carries, with everything below them.

        `reported` are rules that the caller reports by rules of its own where the root meets them.
        """
        self.nodes(of(self.revisions[0], old), of(self.revisions[1], new), use, reported=reported)

    def nodes(
        self, old: Node, new: Node, use: Use, *, reported: frozenset[str] = frozenset()
    ) -> None:
        """Compare two schemas as `schemas` does, given as nodes."""
        old, new = shared(old, new)
        found = self.assessment.assess(old, new, use.role)
        seen = self.access.roots(old, new, use) if found else None
        if seen is not None and use.role is not None:
            found = self.access.judged(found, seen, use.role)
        for assessed in found:
            reached = assessed.reached
            if reached.steps or reached.change.rule.name not in reported:
                self._reach(assessed, seen or (old, new), use, whole=seen is not None)

    def _reach(
        self, assessed: Assessed, roots: tuple[Node, Node], use: Use, *, whole: bool = False
    ) -> None:
        """Record a change of a schema. `whole`: search its witness at the roots."""
        reached = assessed.reached
        change = reached.change
        old, new = change.old, change.new
        key = (
            change.rule.name,
            old and old.place,
            new and new.place,
            change.token,
            change.message,
        )
        entry = self._entries.get(key)
        if entry is None:
            entry = Entry(
                change.rule,
                change.message,
                _subject(new or old, reached),
                change.token,
                old.location if old else None,
                new.location if new else None,
            )
            self._entries[key] = entry
        if use.role is None:
            return
        self._count(entry, use, assessed.effective, assessed.severity)
        if self.modes.of(use).asks(use.role) and assessed.severity is Severity.BREAKING:
            proof = use.role, roots, () if whole else reached.steps
            entry.proofs.setdefault(identity(proof), proof)

    def _count(
        self, entry: Entry, use: Use, effective: Role | None, severity: Severity | None = None
    ) -> None:
        """Add a use to an entry. `severity` overrides the verdict of the rule."""
        mode = self.modes.of(use)
        if self.transitive_only and not mode.transitive:
            return
        entry.uses.add(use)
        verdict = entry.rule.verdict(effective) if severity is None else severity
        if use.role is not None:
            known = entry.verdicts.get(use.role, Severity.OK)
            entry.verdicts[use.role] = max(known, verdict)
            if not mode.asks(use.role) and verdict <= Severity.BREAKING:
                if verdict > Severity.OK:
                    entry.excused.add(f"{use.channel or 'http'} asks for {mode} only")
                entry.severity = max(entry.severity, min(verdict, Severity.WARNING))
                return
        entry.severity = max(entry.severity, verdict)

    def findings(self) -> list[Finding]:
        """Return everything recorded, the worst first, with witnesses for breaking changes."""
        used = [entry for entry in self._entries.values() if entry.uses]
        entries = grouped(used, self._union)
        self._shared_by = Counter(root for entry in entries for root in self._searched(entry))
        found = [self._finding(entry) for entry in sorted(entries, key=self._most_shared)]
        return sorted(merge(_with_distinct_anchors(found)).values(), key=order)

    @staticmethod
    def _searched(entry: Entry) -> dict[Identity, Proof]:
        """Return the roots from which a witness is searched."""
        return entry.proofs if entry.severity is Severity.BREAKING else {}

    def _most_shared(self, entry: Entry) -> tuple[int, str]:
        """Return a sort key that puts entries side by side which may share a root's witness."""
        shared_by = max(
            ((self._shared_by[root], str(root)) for root in self._searched(entry)), default=(0, "")
        )
        return -shared_by[0], shared_by[1]

    def _finding(self, entry: Entry) -> Finding:
        witness = self._prove(self._searched(entry))
        return Finding(
            rule=entry.rule,
            severity=entry.severity,
            verdicts=tuple(sorted(entry.verdicts.items(), key=lambda item: item[0].value)),
            message=entry.message,
            subject=entry.subject,
            token=entry.token,
            old=entry.old,
            new=entry.new,
            uses=tuple(sorted(entry.uses, key=_use_order)),
            witness=witness,
            unproven=witness is None and entry.severity is Severity.BREAKING and bool(entry.proofs),
            note="; ".join(sorted(entry.excused)),
            anchor=self._anchor(entry),
        )

    def _union(self, entry: Entry) -> Places | None:
        """Return the places of the union that lost or gained an alternative of a single value."""
        side = 0 if entry.rule.name == "branch-removed" else 1
        places = [entry.old, entry.new]
        place = places[side]
        match = _BRANCH.fullmatch(place.pointer) if place is not None else None
        if place is None or match is None:
            return None
        documents = self.revisions[side]
        value = documents.at(place.file, place.pointer).value
        if not isinstance(value, dict) or "const" not in value:
            return None
        places[side] = documents.source(place.file).locate(match[1])
        return places[0], places[1]

    def _anchor(self, entry: Entry) -> Anchor:
        if entry.new is not None:
            return anchor(self.revisions[1], entry.new)
        return anchor(self.revisions[0], entry.old) if entry.old is not None else Anchor()

    def _prove(self, proofs: dict[Identity, Proof]) -> Witness | None:
        """Return the first witness found, or None.

        Roots whose validators exist already come first, then those that most findings share, then
        near ones: making the validators of a large document costs more than all else.
        """
        partial: Witness | None = None

        def cost(root: Identity) -> tuple[bool, int, int]:
            known = self.witness_finder.knows(proofs[root][1])
            return not known, -self._shared_by[root], len(proofs[root][2])

        for root in sorted(proofs, key=cost)[:ENTRIES_TRIED]:
            role, roots, steps = proofs[root]
            if isinstance(roots[0].documents, ParameterDocuments):
                witness = self.wire.witness(role, roots)
            elif isinstance(roots[0].documents, SeenDocuments):
                witness = self.access.witness(role, roots)
            else:
                witness = self.witness_finder.find(role, roots, steps)
            if witness is not None and witness.whole:
                return witness
            partial = partial or witness
        return partial


def _with_distinct_anchors(found: Iterable[Finding]) -> list[Finding]:
    """Add the file to an anchor where components of one name in several files share a finding."""
    files: dict[str, set[str]] = {}
    listed = list(found)
    for finding in listed:
        if finding.place is not None:
            files.setdefault(finding.fingerprint, set()).add(finding.place.file)
    return [
        replace(finding, anchor=finding.anchor.within(finding.place.file))
        if finding.place is not None and len(files[finding.fingerprint]) > 1
        else finding
        for finding in listed
    ]


def _use_order(use: Use) -> tuple[str, str, str]:
    return use.operation, use.carrier, use.role.value if use.role else ""


def _subject(node: Node | None, reached: Reached) -> str:
    """Return `Component.property`, or the path from the root for an inline schema."""
    if node is None:
        return ""
    inside = [str(step.key) for step in reached.steps if step.via == "property"]
    component = owner(node)
    if component is None:
        return ".".join(inside)
    below = node.path[node.path.index(component) + 1 :]
    names = [
        name
        for index, name in enumerate(below)
        if index and below[index - 1] in {"properties", "patternProperties"}
    ]
    return ".".join([component, *names])
