"""The report for a terminal, coloured where the terminal supports it."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import click

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.shown import shown
from contractkit.compat.report.summary import Summary, summarise
from contractkit.compat.rule import Severity

Style = dict[str, Any]
"""An argument of `click.style`."""
Paint = Callable[..., str]
"""Returns a text with a style: `click.style`, or the text as it is."""
STYLES: dict[Severity, Style] = {
    Severity.BREAKING: {"fg": "red", "bold": True},
    Severity.UNCLASSIFIED: {"fg": "magenta", "bold": True},
    Severity.WARNING: {"fg": "yellow"},
    Severity.OK: {"fg": "green"},
}
_WIDTH = 240
_LONGEST, _BEGINNING = 10_000, 80


def write_text(outcome: Outcome, *, everything: bool) -> None:
    """Print the report to the standard output; `NO_COLOR` is respected."""
    colour = False if os.environ.get("NO_COLOR") else None
    click.echo("\n".join(_lines(outcome, everything, click.style)), color=colour)


def plain_text(outcome: Outcome, everything: bool) -> str:
    """Return the report without colour."""
    return "\n".join(_lines(outcome, everything, _plain)) + "\n"


def _plain(text: Any, **_style: Any) -> str:
    return str(text)


def payload_of(finding: Finding) -> str:
    """Return the witness as one line, shortened where it is long; empty when there is none."""
    witness = finding.witness
    if witness is None:
        return ""
    text = json.dumps(shortened(witness.payload), ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"


def shortened(value: Any) -> Any:
    """Return a payload with very long strings cut; a witness may be megabytes."""
    if isinstance(value, str):
        cut = f"{value[:_BEGINNING]}… ({len(value)} characters)"
        return cut if len(value) > _LONGEST else value
    if isinstance(value, list):
        return [shortened(item) for item in value]
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return value


def proof_of(finding: Finding) -> str:
    """Return the proof in words."""
    witness = finding.witness
    if witness is None:
        return "unproven: no payload was found that one side takes and the other refuses"
    part = "" if witness.whole else ", as a part of the payload"
    reading = f"; {witness.reading}" if witness.reading else ""
    return f"{witness.accepted_by} takes it, {witness.refused_by} refuses it{part}{reading}"


def verdicts_of(finding: Finding) -> str:
    """Return the verdicts as `IN ok, OUT breaking`; empty for changes without a direction."""
    return ", ".join(f"{role.value} {severity.label}" for role, severity in finding.verdicts)


def places_of(finding: Finding) -> str:
    """Return both places, or one where only one side has it."""
    if finding.old is None or finding.new is None:
        where = finding.place
        side = "NEW" if finding.old is None else "OLD"
        return f"{side} {where.file}:{where.line}" if where else ""
    old, new = finding.old, finding.new
    return f"OLD {old.file}:{old.line} → NEW {new.file}:{new.line}"


def _lines(outcome: Outcome, everything: bool, paint: Paint) -> Iterator[str]:
    summary = summarise(outcome, everything)
    if summary.rules:
        yield from _summary(summary, paint)
    for finding in shown(outcome, everything):
        yield from _finding(finding, paint)
    for complaint in outcome.complaints:
        yield paint(complaint, fg="red", bold=True)
    against = f", and {', '.join(outcome.against)}" if outcome.against else ""
    line = f"{outcome.old} → {outcome.new}{against}: {outcome.verdict}"
    yield paint(line, fg=("green", "red", "magenta")[outcome.status], bold=True)
    yield paint(_counts(summary), dim=True)


def _counts(summary: Summary) -> str:
    counts = ", ".join(f"{count} {one.label}" for one, count in summary.severities.items())
    return f"{counts}, {summary.waived} waived" if summary.waived else counts


def _summary(summary: Summary, paint: Paint) -> Iterator[str]:
    """Yield the rules by severity, the most affected operations, then an empty line."""
    yield paint(_counts(summary), bold=True)
    for count in summary.rules:
        severity = paint(f"{count.severity.label:<12}", **STYLES[count.severity])
        yield f"{paint(f'{count.count:>6}', bold=True)} {severity} {count.rule} {count.name}"
    if summary.operations:
        yield "most affected operations (findings, of them breaking):"
    for one in summary.operations:
        yield f"{one.findings:>6} {one.breaking:>4}  {one.operation}"
    yield ""


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    style: Style = {"dim": True} if finding.waived else STYLES[finding.severity]
    severity = paint(f"{finding.severity.label:<12}", **style)
    rule = paint(f"{finding.rule.id} {finding.rule.name}", bold=True)
    category = paint(f"[{finding.category.value}]", fg="cyan")
    subject = f"{finding.subject}: " if finding.subject else ""
    yield f"{severity} {rule} {category} {subject}{finding.message}"
    lines = [places_of(finding), verdicts_of(finding)]
    if finding.operations:
        lines.append(f"touches {finding.blast or 'no payload'}: {', '.join(finding.operations)}")
    if finding.witness is not None:
        lines.append(f"witness {payload_of(finding)}")
    if finding.witness is not None or finding.unproven:
        lines.append(proof_of(finding))
    if finding.note:
        lines.append(finding.note)
    lines.append(f"waived by {finding.waived}" if finding.waived else "")
    if finding.severity > Severity.OK:
        lines.append(f"fingerprint {finding.fingerprint}")
    yield from (paint(f"    {line}", dim=True) for line in lines if line)
