"""The report for a terminal, with colour where the terminal has it."""

import io
import json

from rich.console import Console
from rich.text import Text

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.shown import shown
from contractkit.compat.report.summary import Summary, summarise
from contractkit.compat.rule import Severity

STYLES = {
    Severity.BREAKING: "bold red",
    Severity.UNCLASSIFIED: "bold magenta",
    Severity.WARNING: "yellow",
    Severity.OK: "green",
}
_WIDTH = 240


def write_text(outcome: Outcome, *, everything: bool) -> None:
    """Print the report to the standard output."""
    _write(Console(highlight=False, soft_wrap=True), outcome, everything)


def plain_text(outcome: Outcome, everything: bool) -> str:
    """Return the report without colour."""
    buffer = io.StringIO()
    _write(Console(file=buffer, highlight=False, soft_wrap=True), outcome, everything)
    return buffer.getvalue()


def payload_of(finding: Finding) -> str:
    """Return the witness as one line, shortened where it is long; empty when there is none."""
    witness = finding.witness
    if witness is None:
        return ""
    text = json.dumps(witness.payload, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"


def proof_of(finding: Finding) -> str:
    """Return the proof in words."""
    witness = finding.witness
    if witness is None:
        return "unproven: no payload was found that one side takes and the other refuses"
    part = "" if witness.whole else ", as a part of the payload"
    reading = f"; {witness.reading}" if witness.reading else ""
    return f"{witness.accepted_by} takes it, {witness.refused_by} refuses it{part}{reading}"


def verdicts_of(finding: Finding) -> str:
    """`IN ok, OUT breaking`; empty for changes without a direction."""
    return ", ".join(f"{role.value} {severity.label}" for role, severity in finding.verdicts)


def places_of(finding: Finding) -> str:
    """Both places, or the one where only one side has it."""
    if finding.old is None or finding.new is None:
        where = finding.place
        side = "NEW" if finding.old is None else "OLD"
        return f"{side} {where.file}:{where.line}" if where else ""
    old, new = finding.old, finding.new
    return f"OLD {old.file}:{old.line} → NEW {new.file}:{new.line}"


def _write(console: Console, outcome: Outcome, everything: bool) -> None:
    summary = summarise(outcome, everything)
    if summary.rules:
        _summary(console, summary)
    for finding in shown(outcome, everything):
        _finding(console, finding)
    for complaint in outcome.complaints:
        console.print(Text(str(complaint), style="bold red"))
    against = f", and {', '.join(outcome.against)}" if outcome.against else ""
    line = f"{outcome.old} → {outcome.new}{against}: {outcome.verdict}"
    style = ("bold green", "bold red", "bold magenta")[outcome.status]
    console.print(Text(line, style=style))
    console.print(Text(_counts(summary), style="dim"))


def _counts(summary: Summary) -> str:
    counts = ", ".join(f"{count} {one.label}" for one, count in summary.severities.items())
    return f"{counts}, {summary.waived} waived" if summary.waived else counts


def _summary(console: Console, summary: Summary) -> None:
    """Write the rules by severity and the operations touched most, then an empty line."""
    console.print(Text(_counts(summary), style="bold"))
    for count in summary.rules:
        line = Text(f"{count.count:>6} ", style="bold")
        line.append(f"{count.severity.label:<12} ", style=STYLES[count.severity])
        console.print(line.append(f"{count.rule} {count.name}"))
    if summary.operations:
        console.print(Text("most affected operations (findings, of them breaking):"))
    for one in summary.operations:
        console.print(Text(f"{one.findings:>6} {one.breaking:>4}  {one.operation}"))
    console.print()


def _finding(console: Console, finding: Finding) -> None:
    style = "dim" if finding.waived else STYLES[finding.severity]
    subject = f"{finding.subject}: " if finding.subject else ""
    head = Text(f"{finding.severity.label:<12} ", style=style)
    head.append(f"{finding.rule.id} {finding.rule.name} ", style="bold")
    head.append(f"[{finding.category.value}] ", style="cyan")
    head.append(f"{subject}{finding.message}")
    console.print(head)
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
    for line in lines:
        if line:
            console.print(Text(f"    {line}", style="dim"))
