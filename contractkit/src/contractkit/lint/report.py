"""Writes violations as text with colour, as JSON, or as SARIF for code hosts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from contractkit.level import Level
from contractkit.lint.violation import RULES, Violation
from contractkit.sarif import Result, RootedLocation, RuleDescription, write_sarif

_SHOWN = 3
"""How many warnings of one rule are listed; the rest are counted."""
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow"}


def write_text(
    violations: Sequence[Violation],
    stream: TextIO,
    *,
    colour: bool | None = None,
    everything: bool = True,
) -> None:
    """Write `file:line:column: severity rule: problem mend`, one line per violation.

    Without `everything`, further warnings of a rule are summarised in one line.
    """
    console = Console(
        file=stream,
        force_terminal=colour,
        no_color=colour is False,
        soft_wrap=True,
        highlight=False,
    )
    kept, further = _grouped(violations) if not everything else (violations, {})
    for violation in kept:
        line = Text()
        line.append(f"{violation.location}", style="bold")
        line.append(": ")
        line.append(violation.level.value, style=_COLOURS[violation.level])
        line.append(f" [{violation.rule}] ", style="dim")
        line.append(violation.problem)
        line.append(f" {violation.mend}", style="cyan")
        console.print(line)
    for rule, count in further.items():
        console.print(
            Text(
                f"… and {count} more of [{rule}]: {RULES[rule].text} `--all` shows every place, "
                f"`contractkit explain {rule}` what mends them.",
                style="dim",
            )
        )
    errors = sum(violation.level is Level.ERROR for violation in violations)
    warnings = len(violations) - errors
    summary = f"{errors} error{'' if errors == 1 else 's'}, "
    summary += f"{warnings} warning{'' if warnings == 1 else 's'}"
    console.print(Text(summary, style="red" if errors else "yellow" if warnings else "green"))


def _grouped(violations: Sequence[Violation]) -> tuple[list[Violation], dict[str, int]]:
    """Return errors, the first warnings of each rule, and the number of others per rule."""
    kept: list[Violation] = []
    counts: dict[str, int] = {}
    for violation in violations:
        counts[violation.rule] = counts.get(violation.rule, 0) + 1
        if violation.level is Level.ERROR or counts[violation.rule] <= _SHOWN:
            kept.append(violation)
    warnings = {violation.rule for violation in violations if violation.level is Level.WARNING}
    return kept, {
        rule: count - _SHOWN
        for rule, count in counts.items()
        if rule in warnings and count > _SHOWN
    }


def as_json(violations: Sequence[Violation]) -> str:
    """Return the violations as a JSON array."""
    return json.dumps([_plain(violation) for violation in violations], indent=2, ensure_ascii=False)


def _plain(violation: Violation) -> dict[str, Any]:
    return {
        "rule": violation.rule,
        "severity": violation.level.value,
        "file": violation.location.file,
        "line": violation.location.line,
        "column": violation.location.column,
        "pointer": violation.location.pointer,
        "problem": violation.problem,
        "mend": violation.mend,
    }


def as_sarif(violations: Sequence[Violation], root: Path) -> str:
    """Return a SARIF 2.1.0 log with every rule described; files are named relative to `root`."""
    rules = [RuleDescription(name, rule.text, rule.level) for name, rule in RULES.items()]
    results = [
        Result(
            rule=violation.rule,
            level=violation.level,
            message=f"{violation.problem} {violation.mend}".strip(),
            place=RootedLocation(violation.location, root),
        )
        for violation in violations
    ]
    return write_sarif("contractkit lint", rules, results).rstrip("\n")
