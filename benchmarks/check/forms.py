"""The short form of each benchmark: its command, and the figures that it writes.

Only what older revisions have, too, can be compared: their own options, JSON and tables.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, float]

_RATES = ("per_second", "per_core", "_rate")
"""What the names of figures end with of which more is better; of all others less is."""

_LEFT_OUT = {
    "deliveries",
    "cpu_seconds",
    "disturbed",
    "early",
    "load_share",
    "server_share",
    "max_ms",
    "open_rate",
}
"""Figures that say how the measurement went, not how fast anything is."""


@dataclass(frozen=True)
class Form:
    """`arguments` follow `python -m`; `read` is given what was printed and the JSON, if any.

    A difference below `noise`, in the figures' own units, is none.
    """

    name: str
    arguments: Sequence[str]
    read: Callable[[str, Any], Figures]
    writes_json: bool = False
    noise: float = 0.0

    def command(self, python: Path, result: Path) -> list[str]:
        """Return the command that runs it."""
        more = ["--json", str(result)] if self.writes_json else []
        return [str(python), "-m", *self.arguments, *more]


def more_is_better(figure: str) -> bool:
    """Whether a figure is a rate."""
    return figure.endswith(_RATES)


def pipeline(_: str, written: Any) -> Figures:
    """Read the rounds of each stack."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for stack, rounds in written["rounds"].items():
        for figures in rounds:
            for key, value in figures.items():
                found[f"{stack}: {key}"].append(value)
    return _medians(found)


def fanout(_: str, written: Any) -> Figures:
    """Read the samples of each case and server."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for sample in written["samples"]:
        for key, value in sample["values"].items():
            found[f"{sample['case']}, {sample['server']}: {key}"].append(value)
    return _medians(found)


def waiting(printed: str, _: Any) -> Figures:
    """Read the table `| case | figure | measured | goal |`."""
    return {f"{row[0]}: {row[1]}": _number(row[2]) for row in _rows(printed, 4)}


def depth(printed: str, _: Any) -> Figures:
    """Read the table `| statement | milliseconds | |` of one scale."""
    return {f"{row[0]}: ms": _number(row[1]) for row in _rows(printed, 3)}


def _rows(printed: str, width: int) -> list[list[str]]:
    found = []
    for line in printed.splitlines():
        cells = [
            cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")
        ]
        if line.startswith("| ") and len(cells) == width and _is_number(cells[width - 2]):
            found.append(cells)
    return found


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d[\d,]*(\.\d+)?", text) is not None


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _medians(found: Mapping[str, Sequence[float]]) -> Figures:
    return {
        name: median(values)
        for name, values in found.items()
        if name.rpartition(": ")[2] not in _LEFT_OUT
    }


FORMS = (
    Form(
        "pipeline",
        ["benchmarks.pipeline", "--quick", "--only", "slipway,embedded"],
        pipeline,
        writes_json=True,
    ),
    Form(
        "fanout",
        [
            "benchmarks.fanout",
            "--quick",
            "--only",
            "saturated,teams,idle,cycles,ingest",
            "--servers",
            "gateway,gateway-rabbitmq",
        ],
        fanout,
        writes_json=True,
    ),
    Form("waiting", ["benchmarks.waiting", "--counts", "1000"], waiting, noise=0.5),
    Form(
        "depth",
        ["benchmarks.depth", "--scales", "0.01", "--database", "postgresql"],
        depth,
        noise=0.5,
    ),
)
