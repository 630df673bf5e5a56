"""The report for a pull request, in GitHub's Markdown."""

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.shown import shown
from contractkit.compat.report.summary import summarise
from contractkit.compat.report.text import payload_of, places_of, proof_of, verdicts_of
from contractkit.compat.rule import Severity

_SIGNS = {
    Severity.BREAKING: "🔴",
    Severity.UNCLASSIFIED: "🟣",
    Severity.WARNING: "🟡",
    Severity.OK: "🟢",
}


def markdown(outcome: Outcome, everything: bool) -> str:
    """Return a heading, a table of findings, and the witnesses in a collapsed section."""
    lines = [f"### Contracts: {outcome.verdict}", ""]
    versions = "; ".join(
        f"{document} {old} → {new}" if old != new else f"{document} {new}"
        for document, old, new in outcome.versions
    )
    against = f", and against {', '.join(outcome.against)}" if outcome.against else ""
    lines += [f"`{outcome.old}` → `{outcome.new}`{against}. {versions}", ""]
    findings = shown(outcome, everything)
    if findings:
        lines += _summary(outcome, everything)
        lines += ["| | rule | change | touches | where |", "|---|---|---|---|---|"]
        lines += [_row(finding) for finding in findings]
        lines.append("")
    else:
        lines += ["No change that affects anyone.", ""]
    for complaint in outcome.complaints:
        lines += [f"- 🔴 {complaint}"]
    lines += [line for finding in findings for line in _details(finding)]
    return "\n".join(lines).rstrip() + "\n"


def _summary(outcome: Outcome, everything: bool) -> list[str]:
    """Return the counts by severity and rule, and the most affected operations."""
    summary = summarise(outcome, everything)
    counts = [f"{_SIGNS[one]} {count} {one.label}" for one, count in summary.severities.items()]
    counts += [f"{summary.waived} waived"] if summary.waived else []
    rules = [f"{one.count} of {one.rule} {one.name}" for one in summary.rules]
    operations = [
        f"{_escape(one.operation)} ({one.findings}, {one.breaking} breaking)"
        for one in summary.operations
    ]
    lines = [", ".join(counts) + ".", ""]
    lines += [f"By rule: {', '.join(rules)}.", ""] if rules else []
    lines += [f"Most affected: {', '.join(operations)}.", ""] if operations else []
    return lines


def _row(finding: Finding) -> str:
    subject = f"`{finding.subject}`: " if finding.subject else ""
    change = f"{subject}{_escape(finding.message)}"
    if finding.waived:
        change = f"~~{change}~~ waived by {_escape(finding.waived)}"
    touches = _escape(finding.blast or ", ".join(finding.operations))
    cells = (
        _SIGNS[finding.severity],
        f"**{finding.rule.id}** {finding.rule.name}<br>{finding.category.value}",
        change,
        touches,
        f"`{places_of(finding)}`",
    )
    return f"| {' | '.join(cells)} |"


def _details(finding: Finding) -> list[str]:
    if finding.severity < Severity.BREAKING:
        return []
    lines = [f"<details><summary>{finding.rule.id} {_escape(finding.message)}</summary>", ""]
    if finding.operations:
        lines += [f"Operations: {', '.join(finding.operations)}.", ""]
    if finding.verdicts:
        lines += [f"Verdicts: {verdicts_of(finding)}.", ""]
    if finding.witness is not None:
        lines += ["```json", payload_of(finding).replace("```", "'''"), "```", ""]
    if finding.witness is not None or finding.unproven:
        lines += [f"{proof_of(finding)}.", ""]
    return [*lines, f"Fingerprint `{finding.fingerprint}`", "", "</details>"]


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
