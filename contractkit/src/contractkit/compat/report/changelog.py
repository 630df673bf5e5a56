"""A section for a changelog: what breaks, what is new, what else changed."""

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.rule import Category, Severity

_ADDED = ("-added", "-extended")


def changelog(outcome: Outcome, everything: bool) -> str:
    """Return Markdown: a heading per new version, then the changes without places and witnesses."""
    title = ", ".join(
        f"{document} {old} → {new}" if old != new else f"{document} {new}"
        for document, old, new in outcome.versions
    )
    listed = [f for f in outcome.findings if f.category is not Category.POLICY or f.operations]
    groups: dict[str, list[str]] = {"Breaking": [], "Added": [], "Changed": [], "Documentation": []}
    for finding in listed:
        groups[_group(finding)].append(_line(finding))
    lines = [f"## {title or outcome.new}", ""]
    for name, entries in groups.items():
        if entries and (everything or name != "Documentation"):
            lines += [f"### {name}", "", *dict.fromkeys(entries), ""]
    if len(lines) == 2:  # noqa: PLR2004 (the title and a blank line)
        lines += ["No change.", ""]
    return "\n".join(lines)


def _group(finding: Finding) -> str:
    if finding.severity >= Severity.BREAKING:
        return "Breaking"
    if finding.rule.id == "S31":
        return "Documentation"
    return "Added" if finding.rule.name.endswith(_ADDED) else "Changed"


def _line(finding: Finding) -> str:
    subject = f"`{finding.subject}`: " if finding.subject else ""
    operations = ", ".join(finding.operations)
    return f"- {subject}{finding.message}" + (f" ({operations})" if operations else "")
