"""Writes findings as text with colour, as JSON, or as SARIF for code hosts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from contractkit.lint.finding import RULES, Finding, Severity
from contractkit.sarif import Place, Result, RuleDescription, write_sarif

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def write_text(findings: Sequence[Finding], stream: TextIO, *, colour: bool | None = None) -> None:
    """Write `file:line:column: severity rule: problem mend`, one line per finding."""
    console = Console(
        file=stream,
        force_terminal=colour,
        no_color=colour is False,
        soft_wrap=True,
        highlight=False,
    )
    for finding in findings:
        line = Text()
        line.append(f"{finding.location}", style="bold")
        line.append(": ")
        line.append(finding.severity.value, style=_COLOURS[finding.severity])
        line.append(f" [{finding.rule}] ", style="dim")
        line.append(finding.problem)
        line.append(f" {finding.mend}", style="cyan")
        console.print(line)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    summary = f"{errors} error{'' if errors == 1 else 's'}, "
    summary += f"{warnings} warning{'' if warnings == 1 else 's'}"
    console.print(Text(summary, style="red" if errors else "yellow" if warnings else "green"))


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
