"""The figures of a run and their goals, as a table."""

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, and the most or the least that it may be, where a goal speaks of it."""

    case: str
    what: str
    value: float
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the goal is met, if there is one."""
        return (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )

    @property
    def goal(self) -> str:
        """What it should be, and whether it is so; empty where no goal speaks of it."""
        bounds = (("≤", self.most), ("≥", self.least))
        wanted = " ".join(f"{sign} {bound:,g}" for sign, bound in bounds if bound is not None)
        return f"{wanted} {'met' if self.met else 'MISSED'}" if wanted else ""

    @property
    def row(self) -> str:
        """A line of a Markdown table."""
        return f"| {self.case} | {self.what} | {self.value:,.2f} | {self.goal} |"


def print_report(figures: Sequence[Figure]) -> None:
    """Print the table, and how busy the machine was with other things, too."""
    print("| case | figure | measured | goal |\n|---|---|---|---|")
    for figure in figures:
        print(figure.row)
    one, five, fifteen = os.getloadavg()
    cores = os.cpu_count()
    print(f"\nload at the end {one:.1f} {five:.1f} {fifteen:.1f} on {cores} cores")
