"""A whole comparison with its verdict: what was compared, what was found, and how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from contractkit.compat.finding import Finding, merge, order
from contractkit.compat.gate import Terms, compare, version_findings
from contractkit.compat.options import DiffOptions
from contractkit.compat.revisions import Repository, Revision
from contractkit.compat.rule import Category, Severity
from contractkit.compat.versions import raised_major, same_major
from contractkit.compat.waiver import Complaint, apply, read
from contractkit.model.contract import Contract

COMPATIBLE, BREAKING, CANNOT_TELL = 0, 1, 2
"""The exit statuses."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of `contractkit diff`. `accepted` says that a raised major version excuses it."""

    old: str
    new: str
    versions: tuple[tuple[str, str, str], ...]
    against: tuple[str, ...]
    findings: tuple[Finding, ...]
    complaints: tuple[Complaint, ...]
    accepted: bool = False

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity that nobody waived."""
        return [f for f in self.findings if f.severity is severity and not f.waived]

    @property
    def waived(self) -> list[Finding]:
        """The findings that somebody answers for."""
        return [finding for finding in self.findings if finding.waived]

    @property
    def status(self) -> int:
        """The exit status: 0 compatible, 1 breaking, 2 cannot tell."""
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
    old: Revision, new: Revision, options: DiffOptions, today: date, tags: Sequence[Revision] = ()
) -> Outcome:
    """Compare NEW with OLD and, where modes are transitive, with the last tags of its major."""
    terms = Terms(
        today=today,
        modes=options.modes,
        strict=options.strict,
        notice_days=options.notice_days,
        documentation=options.documentation,
        version_policy=False,
        budget=options.budget,
    )
    found = [
        replace(finding, against=(old.label,))
        for finding in compare(old.contract, new.contract, terms)
    ]
    supported = [tag for tag in tags if _supported(tag.contract, new.contract)]
    for tag in supported:
        found += [
            replace(finding, against=(tag.label,))
            for finding in compare(tag.contract, new.contract, terms, transitive_only=True)
            if finding.severity > Severity.OK
        ]
    merged = list(merge(found).values())
    waivers = read(options.root / options.waivers)
    marked, _ = apply(merged, waivers, today, judged=False)
    if options.version_policy:
        mine = [finding for finding in marked if old.label in finding.against]
        policy = version_findings(old.contract, new.contract, mine)
        marked += [replace(finding, against=(old.label,)) for finding in policy]
    findings, complaints = apply(sorted(marked, key=order), waivers, today, judged=bool(merged))
    versions = _versions(old.contract, new.contract)
    return Outcome(
        old=old.label,
        new=new.label,
        versions=versions,
        against=tuple(tag.label for tag in supported),
        findings=tuple(findings),
        complaints=tuple(complaints),
        accepted=options.accept_major and all(raised_major(v[1], v[2]) for v in versions),
    )


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
    """OLD, NEW and the tags. A branch as OLD means the commit where NEW left it, unless `exact`."""
    before = old or repository.default_branch()
    if new is None and not exact and repository.is_commit(before):
        base = repository.merge_base(before)
        opened = repository.open(base)
        first = Revision(f"{before} ({base[:10]})", opened.contract)
    else:
        first = repository.open(before)
    second = repository.open(new) if new is not None else repository.working_tree()
    tags = []
    if old is None or repository.is_commit(before):
        names = repository.tags(options.tag_pattern, options.tags)
        tags = [repository.open(name) for name in names if name != old]
    return first, second, tags
