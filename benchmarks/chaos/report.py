"""What a run tells: a line as it goes, and the outcome at the end."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.chaos.recovery import Recovery
from benchmarks.chaos.verdict import Verdict


@dataclass(slots=True)
class Outcome:
    """Everything that was counted; `broken` names each promise that was not kept."""

    seed: int
    seconds: float
    verdict: Verdict = field(default_factory=Verdict)
    events: int = 0
    orders: int = 0
    orders_sent_again: int = 0
    orders_in_outages: int = 0
    listeners: int = 0
    reconnects: int = 0
    drains: int = 0
    gaps: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    recoveries: dict[str, Recovery] = field(default_factory=dict)
    jobs: Counter[str] = field(default_factory=Counter)
    environments: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.verdict.holds and not self.broken


def tell(outcome: Outcome, folder: Path, console: Console, *, keep: bool) -> None:
    """Print the outcome; the logs are named when they stay."""
    verdict = outcome.verdict
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    ends = ", ".join(f"{count} {status}" for status, count in sorted(outcome.jobs.items()))
    statuses = ", ".join(f"{n} x {status}" for status, n in sorted(outcome.refused.items()))
    for name, value in (
        ("seed", outcome.seed),
        ("events in the logs", outcome.events),
        ("deliveries", verdict.told),
        ("listeners", outcome.listeners),
        ("reconnects", f"{outcome.reconnects} (after a `drain`: {outcome.drains})"),
        ("gaps told", outcome.gaps),
        ("refused statuses", statuses or 0),
        ("orders", f"{outcome.orders} (sent again: {outcome.orders_sent_again})"),
        ("orders without a broker", outcome.orders_in_outages),
        ("jobs", ends),
        ("environments at the provider", outcome.environments),
        ("faults", sum(outcome.faults.values())),
    ):
        table.add_row(name, str(value))
    for name in ("lost", "doubled", "reordered", "altered"):
        count = getattr(verdict, name)
        table.add_row(name, f"[{'red' if count else 'green'}]{count}[/]")
    console.print(table)
    console.print(_recoveries(outcome))
    for line in outcome.broken:
        console.print(f"[red]broken:[/] {line}", highlight=False, soft_wrap=True)
    if keep or not outcome.holds:
        console.print(f"logs: {folder}", soft_wrap=True)
    console.print(
        "[bold green]Every promise was kept.[/]" if outcome.holds else "[bold red]Broken.[/]"
    )


def _recoveries(outcome: Outcome) -> Table:
    """Return a line per fault: how often, and the longest seconds after its mend until each went on."""
    table = Table("fault", "times", "orders go on", "jobs go on", "streams go on", box=None)
    for fault, recovery in sorted(outcome.recoveries.items()):
        told = [
            f"{recovery.longest[what]:.1f} s" if what in recovery.longest else "-"
            for what in ("orders", "jobs", "streams")
        ]
        table.add_row(fault, str(recovery.count), *told)
    return table
