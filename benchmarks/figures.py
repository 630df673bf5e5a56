"""The figures of a run and their goals, as a table."""

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, and the most that it may be; None where no goal speaks of it."""

    case: str
    what: str
    value: float
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the goal is met, if there is one."""
        return self.most is None or self.value <= self.most

    @property
    def row(self) -> str:
        """A line of a Markdown table."""
        goal = "" if self.most is None else f"≤ {self.most:g} {'met' if self.met else 'MISSED'}"
        return f"| {self.case} | {self.what} | {self.value:.2f} | {goal} |"


def print_report(figures: Sequence[Figure]) -> None:
    """Print the table, and how busy the machine was with other things, too."""
    print("| case | figure | measured | goal |\n|---|---|---|---|")
    for figure in figures:
        print(figure.row)
    one, five, fifteen = os.getloadavg()
    cores = os.cpu_count()
    print(f"\nload at the end {one:.1f} {five:.1f} {fifteen:.1f} on {cores} cores")
