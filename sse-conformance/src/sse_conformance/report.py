"""A run as a table for people, as JSON for programs, and as a Markdown page with a badge."""

import datetime as dt
import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sse_conformance.capabilities import names
from sse_conformance.case import BASE
from sse_conformance.outcome import Outcome, Run, Status

COLOURS = {"passed": "green", "failed": "red", "skipped": "yellow"}


def result(outcomes: list[Outcome]) -> str:
    """Return a capability's result in a word or two."""
    tried = [outcome for outcome in outcomes if outcome.status != "skipped"]
    if not tried:
        return "skipped"
    passed = sum(outcome.status == "passed" for outcome in tried)
    return "passed" if passed == len(tried) else f"{len(tried) - passed} of {len(tried)} failed"


def print_table(run: Run, console: Console) -> None:
    """Print a line per capability, then each failure, then what was skipped and why."""
    table = Table(title=" ".join(filter(None, (run.name, run.version))), title_justify="left")
    for column in ("capability", "passed", "failed", "skipped", "result"):
        table.add_column(column, justify="left" if column in {"capability", "result"} else "right")
    for capability, outcomes in run.capabilities().items():
        counts = [
            sum(o.status == status for o in outcomes) for status in ("passed", "failed", "skipped")
        ]
        said = result(outcomes)
        colour = COLOURS.get(said, "red")
        table.add_row(capability, *(str(count or "") for count in counts), Text(said, style=colour))
    console.print(table)
    for outcome in run.outcomes:
        if outcome.status == "failed":
            console.print(Text(f"\nFAILED {outcome.case.id}: {outcome.case.title}", style="red"))
            console.print(Text(f"  {outcome.case.clause}\n  {outcome.detail}"))
    reasons: dict[str, int] = {}
    for outcome in run.outcomes:
        if outcome.status == "skipped":
            reasons[outcome.detail] = reasons.get(outcome.detail, 0) + 1
    for reason, count in reasons.items():
        console.print(Text(f"skipped {count}: {reason}", style="yellow"))
    statuses: tuple[Status, ...] = ("passed", "failed", "skipped")
    counts_of = ", ".join(f"{run.count(status)} {status}" for status in statuses)
    console.print(f"\n{counts_of}")


def as_json(run: Run, day: dt.date) -> str:
    """Give everything, a list of cases with their clauses and outcomes among it."""
    document = {
        "target": run.name,
        "version": run.version,
        "date": day.isoformat(),
        "claims": run.claims,
        "conforms": run.conforms,
        "passed": run.count("passed"),
        "failed": run.count("failed"),
        "skipped": run.count("skipped"),
        "cases": [
            {
                "id": outcome.case.id,
                "capability": outcome.case.capability,
                "title": outcome.case.title,
                "clause": str(outcome.case.clause),
                "status": outcome.status,
                "detail": outcome.detail,
            }
            for outcome in run.outcomes
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def badge_page(run: Run, day: dt.date) -> str:
    """Return a Markdown page: a badge without a network, and a line per capability."""
    word = "conforms" if run.conforms else f"{run.count('failed')} failed"
    tried = run.count("passed") + run.count("failed")
    lines = [
        f"# {run.name} {run.version}".rstrip(),
        "",
        f"`sse-conformance | {word}` — {run.count('passed')} of {tried} cases, {day.isoformat()}",
        "",
        "| capability | result | cases tried |",
        "|---|---|---|",
    ]
    for capability, outcomes in run.capabilities().items():
        tried_here = [outcome for outcome in outcomes if outcome.status != "skipped"]
        why = "" if tried_here else f" ({outcomes[0].detail})"
        lines.append(
            f"| {capability} | {result(outcomes)}{why} | {len(tried_here)} of {len(outcomes)} |"
        )
    failed = [outcome for outcome in run.outcomes if outcome.status == "failed"]
    if failed:
        lines += ["", "| failed case | where it is written | what came |", "|---|---|---|"]
        lines += [
            f"| {o.case.id}: {o.case.title} | {o.case.clause} | {_cell(o.detail)} |" for o in failed
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str, length: int = 160) -> str:
    line = text.split("\n", maxsplit=1)[0]
    shown = line if len(line) <= length else line[: length - 1] + "…"
    return shown.replace("|", "\\|").replace("<", "&lt;").replace("`", "'")


def comparison(runs: list[dict[str, Any]]) -> str:
    """Return a Markdown table of several runs' JSON: a row per capability, a column per server."""
    heads = [f"{run['target']} {run['version']}".rstrip() for run in runs]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(runs) + 1) + "|"]
    for capability in (BASE, *names()):
        cells = [_compared(run, capability) for run in runs]
        if any(cells):
            lines.append(f"| {capability} | " + " | ".join(cell or "-" for cell in cells) + " |")
    totals = [f"{run['passed']} of {run['passed'] + run['failed']}" for run in runs]
    lines.append("| **passed of tried** | " + " | ".join(totals) + " |")
    for run in runs:
        lines += ["", f"### {run['target']} {run['version']}, {run['date']}".rstrip(), ""]
        lines.append("Claims: " + (", ".join(run["claims"]) or "nothing") + ".")
        failed = [one for one in run["cases"] if one["status"] == "failed"]
        if failed:
            lines += ["", "| failed case | where it is written | what came |", "|---|---|---|"]
            lines += [
                f"| {o['id']}: {o['title']} | {o['clause']} | {_cell(o['detail'])} |"
                for o in failed
            ]
    return "\n".join(lines) + "\n"


def _compared(run: dict[str, Any], capability: str) -> str:
    cases = [
        one
        for one in run["cases"]
        if one["capability"] == capability and one["status"] != "skipped"
    ]
    passed = sum(one["status"] == "passed" for one in cases)
    if not cases:
        return ""
    return f"{passed}/{len(cases)}" if passed < len(cases) else f"✓ {passed}"
