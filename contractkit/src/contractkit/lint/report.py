"""Writes findings as text with colour, as JSON, or as SARIF for code hosts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from contractkit.lint.finding import RULES, Finding, Severity
from contractkit.sarif import Place, Result, RuleDescription, write_sarif

_SHOWN = 3
"""So many warnings of one rule are told one by one; the rest are counted."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def write_text(
    findings: Sequence[Finding],
    stream: TextIO,
    *,
    colour: bool | None = None,
    everything: bool = True,
) -> None:
    """Write `file:line:column: severity rule: problem mend`, one line per finding.

    Unless `everything` is wanted, further warnings of a rule are one line after the first ones.
    """
    console = Console(
        file=stream,
        force_terminal=colour,
        no_color=colour is False,
        soft_wrap=True,
        highlight=False,
    )
    kept, further = _grouped(findings) if not everything else (findings, {})
    for finding in kept:
        line = Text()
        line.append(f"{finding.location}", style="bold")
        line.append(": ")
        line.append(finding.severity.value, style=_COLOURS[finding.severity])
        line.append(f" [{finding.rule}] ", style="dim")
        line.append(finding.problem)
        line.append(f" {finding.mend}", style="cyan")
        console.print(line)
    for rule, count in further.items():
        console.print(
            Text(
                f"… and {count} more of [{rule}]: {RULES[rule].demand} `--all` shows every place, "
                f"`contractkit explain {rule}` what mends them.",
                style="dim",
            )
        )
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    summary = f"{errors} error{'' if errors == 1 else 's'}, "
    summary += f"{warnings} warning{'' if warnings == 1 else 's'}"
    console.print(Text(summary, style="red" if errors else "yellow" if warnings else "green"))


def _grouped(findings: Sequence[Finding]) -> tuple[list[Finding], dict[str, int]]:
    """Return errors and the first warnings of each rule, and how many more there are."""
    kept: list[Finding] = []
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
        if finding.severity is Severity.ERROR or counts[finding.rule] <= _SHOWN:
            kept.append(finding)
    warnings = {finding.rule for finding in findings if finding.severity is Severity.WARNING}
    return kept, {
        rule: count - _SHOWN
        for rule, count in counts.items()
        if rule in warnings and count > _SHOWN
    }


def as_json(findings: Sequence[Finding]) -> str:
    """Return a JSON array of findings."""
    return json.dumps([_plain(finding) for finding in findings], indent=2, ensure_ascii=False)


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
        "pointer": finding.location.pointer,
        "problem": finding.problem,
        "mend": finding.mend,
    }


def as_sarif(findings: Sequence[Finding], root: Path) -> str:
    """Return a SARIF 2.1.0 log with every rule described; files are named relative to `root`."""
    rules = [
        RuleDescription(name, rule.demand, rule.severity.value) for name, rule in RULES.items()
    ]
    results = [
        Result(
            rule=finding.rule,
            level=finding.severity.value,
            message=f"{finding.problem} {finding.mend}".strip(),
            place=Place(finding.location, root),
        )
        for finding in findings
    ]
    return write_sarif("contractkit lint", rules, results).rstrip("\n")
