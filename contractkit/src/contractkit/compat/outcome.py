"""A whole comparison: what was compared, the findings, and the exit status."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from contractkit.compat.finding import Finding, merge, order
from contractkit.compat.gate import Terms, compare, version_findings
from contractkit.compat.options import DiffOptions
from contractkit.compat.revisions import Repository, Revision
from contractkit.compat.rule import Category, Severity
from contractkit.compat.versions import raised_major, same_major
from contractkit.compat.waiver import Complaint, apply, read
from contractkit.errors import UsageError
from contractkit.model.contract import Contract

COMPATIBLE, BREAKING, CANNOT_TELL = 0, 1, 2
"""The exit statuses."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of `contractkit diff`. `accepted`: breaks are excused by a raised major version.

    `roots` are the folders that places in OLD and in NEW are relative to.
    """

    old: str
    new: str
    versions: tuple[tuple[str, str, str], ...]
    against: tuple[str, ...]
    findings: tuple[Finding, ...]
    complaints: tuple[Complaint, ...]
    accepted: bool = False
    roots: tuple[Path, Path] = (Path(), Path())

    def of(self, severity: Severity) -> list[Finding]:
        """Return the findings of one severity that are not waived."""
        return [f for f in self.findings if f.severity is severity and not f.waived]

    @property
    def waived(self) -> list[Finding]:
        """The waived findings."""
        return [finding for finding in self.findings if finding.waived]

    @property
    def status(self) -> int:
        """The exit status: 0 compatible, 1 breaking, 2 undecided."""
        breaking = self.of(Severity.BREAKING)
        if self.accepted:
            breaking = [finding for finding in breaking if finding.category is Category.POLICY]
        if breaking or self.complaints:
            return BREAKING
        return CANNOT_TELL if self.of(Severity.UNCLASSIFIED) else COMPATIBLE

    @property
    def verdict(self) -> str:
        """The status as a word."""
        return ("compatible", "breaking", "cannot tell")[self.status]


def judge(
    old: Revision,
    new: Revision,
    options: DiffOptions,
    today: date,
    older: Sequence[Revision] = (),
    *,
    own: bool = True,
) -> Outcome:
    """Compare NEW with OLD and, where modes are transitive, with earlier versions of its major.

    `own`: both are revisions of this project, so that each waiver must match a finding.
    """
    terms = Terms(
        today=today,
        modes=options.modes,
        strict=options.strict,
        notice_days=options.notice_days,
        documentation=options.documentation,
        version_policy=False,
        budget=options.budget,
    )
    supported = [one for one in older if _supported(one.contract, new.contract)]
    merged = _compared(old, new, terms, supported)
    waivers = read(options.root / options.waivers)
    marked, _ = apply(merged, waivers, today, judged=False)
    implied: set[str] = set()
    if options.version_policy:
        mine = [finding for finding in marked if old.label in finding.against]
        policy = version_findings(old.contract, new.contract, mine)
        marked += [replace(finding, against=(old.label,)) for finding in policy]
        unwaived = [replace(finding, waived="") for finding in mine]
        implied |= {f.fingerprint for f in version_findings(old.contract, new.contract, unwaived)}
    found, complaints = apply(
        sorted(marked, key=order),
        waivers,
        today,
        judged=own and bool(merged),
        implied=frozenset(implied),
    )
    versions = _versions(old.contract, new.contract)
    return Outcome(
        old=old.label,
        new=new.label,
        versions=versions,
        against=tuple(one.label for one in supported),
        findings=tuple(found),
        complaints=tuple(complaints),
        roots=(old.root, new.root),
        accepted=options.accept_major and all(raised_major(v[1], v[2]) for v in versions),
    )


def _compared(
    old: Revision, new: Revision, terms: Terms, supported: Sequence[Revision]
) -> list[Finding]:
    """Return the findings against OLD and against earlier releases, equal ones merged."""
    found = [
        replace(finding, against=(old.label,))
        for finding in compare(old.contract, new.contract, terms)
    ]
    for one in supported:
        found += [
            replace(finding, against=(one.label,))
            for finding in compare(one.contract, new.contract, terms, transitive_only=True)
            if finding.severity > Severity.OK
        ]
    return list(merge(found).values())


def _pairs(old: Contract, new: Contract) -> list[tuple[str, str, str]]:
    pairs = []
    if old.http is not None and new.http is not None:
        pairs.append(("OpenAPI", old.http.version, new.http.version))
    if old.messaging is not None and new.messaging is not None:
        pairs.append(("AsyncAPI", old.messaging.version, new.messaging.version))
    return pairs


def _versions(old: Contract, new: Contract) -> tuple[tuple[str, str, str], ...]:
    return tuple(_pairs(old, new))


def _supported(tag: Contract, new: Contract) -> bool:
    return all(same_major(before, after) for _, before, after in _pairs(tag, new))


def open_revisions(
    repository: Repository,
    options: DiffOptions,
    old: str | None,
    new: str | None,
    *,
    exact: bool,
) -> tuple[Revision, Revision, list[Revision]]:
    """Open OLD, NEW, and the releases and tags that transitive modes compare with.

    Without OLD it is the default branch, and where there is none, the last release. A branch as OLD
    means its merge base with HEAD, unless `exact`.
    """
    releases = repository.releases(options.releases)
    before = old
    if before is None:
        before = _default(repository, releases)
    named = {release.label: release for release in releases}
    if new is None and not exact and repository.is_commit(before):
        base = repository.merge_base(before)
        opened = repository.open(base)
        first = Revision(f"{before} ({base[:10]})", opened.contract, opened.root)
    elif old is None and before in named:
        first = named[before]
    else:
        first = repository.open(before)
    second = repository.open(new) if new is not None else repository.working_tree()
    older = []
    if old is None or repository.is_commit(before):
        older = [release for release in releases if release is not first]
        tags = repository.tags(options.tag_pattern, options.tags)
        older += [
            repository.open(tag) for tag in tags if tag != old and tag.lstrip("v") not in named
        ]
    return first, second, older


def _default(repository: Repository, releases: Sequence[Revision]) -> str:
    """Return the default branch; without git, or without such a branch, the last stored release."""
    try:
        return repository.default_branch()
    except UsageError:
        if releases:
            return releases[0].label
        raise
