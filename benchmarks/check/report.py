"""Ratios of now to then, with their spread: what disturbed one round is seen in it alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from benchmarks.check.forms import Figures, more_is_better

TOLERANCE = 0.1
"""A ratio that is worse by so much in every round is told as worse."""


@dataclass(frozen=True)
class Change:
    """A figure of both revisions, and the ratio of each round. Above 1 is better, always."""

    figure: str
    then: float
    now: float
    ratios: Sequence[float]
    noise: float = 0.0

    @property
    def verdict(self) -> str:
        """Worse or better, if all rounds agree on more than the tolerance and the noise."""
        if abs(self.now - self.then) < self.noise:
            return ""
        if max(self.ratios) < 1 - TOLERANCE:
            return "worse"
        return "better" if min(self.ratios) > 1 + TOLERANCE else ""


def changes(then: Sequence[Figures], now: Sequence[Figures], *, noise: float = 0.0) -> list[Change]:
    """Compare round with round, those figures that all of them have and that are not 0."""
    common = [
        figure
        for figure in now[0]
        if all(measured.get(figure, 0.0) > 0 for measured in (*then, *now))
    ]
    return [
        Change(
            figure,
            median(measured[figure] for measured in then),
            median(measured[figure] for measured in now),
            [_gain(figure, a[figure], b[figure]) for a, b in zip(then, now, strict=True)],
            noise,
        )
        for figure in common
    ]


def _gain(figure: str, then: float, now: float) -> float:
    return now / then if more_is_better(figure) else then / now


def table(title: str, found: Sequence[Change]) -> Table:
    """Show all changes of a benchmark."""
    made = Table("", "then", "now", "ratio (min to max)", "", title=title, box=None, pad_edge=False)
    for change in found:
        low, high = min(change.ratios), max(change.ratios)
        made.add_row(
            change.figure,
            f"{change.then:,.2f}",
            f"{change.now:,.2f}",
            f"{median(change.ratios):.2f} ({low:.2f} to {high:.2f})",
            change.verdict,
        )
    return made


def worse(found: Mapping[str, Sequence[Change]]) -> list[str]:
    """Name what is worse in every round."""
    return [
        f"{name}: {change.figure}"
        for name, measured in found.items()
        for change in measured
        if change.verdict == "worse"
    ]
