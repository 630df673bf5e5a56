"""Goals with what was measured of them, and how they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Verdict:
    """A goal and what was measured; `met` is None when it was not measured."""

    text: str
    wanted: str
    measured: str
    met: bool | None


def print_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print each goal in a line."""
    words = {True: "[green]met[/]", False: "[red]NOT MET[/]", None: "[yellow]not measured[/]"}
    table = Table("goal", "wanted", "measured: median (min to max)", "", box=None, pad_edge=False)
    for verdict in verdicts:
        measured = "" if verdict.met is None else verdict.measured
        table.add_row(verdict.text, verdict.wanted, measured, words[verdict.met])
    console.print(table)
