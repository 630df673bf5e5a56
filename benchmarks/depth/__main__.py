"""`python -m benchmarks.depth` (`make bench-depth`): an installation with a million jobs.

Parts: `statements` and `access` at every size, on PostgreSQL and SQLite (a tenth of it); `orders`,
`resume`, `sweep`, `leases`, `outbox` with the real processes at the largest size; `week`, which
simulates one; `partitions`, which compares events in one table and in sixteen and is left out
unless it is named. Exits with 1 when a goal is missed.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.depth import access, leases, orders, outbox, partitions, report, resume, sweep
from benchmarks.depth import week as simulated
from benchmarks.depth.database import drop_kept, postgresql, sqlite
from benchmarks.depth.timing import Times, on_postgresql, on_sqlite
from benchmarks.figures import Figure
from benchmarks.page import write_part

PROCESSES: dict[str, Callable[[str, Path], Coroutine[Any, Any, list[Figure]]]] = {
    "resume": resume.measure,
    "orders": orders.measure,
    "sweep": sweep.measure,
    "leases": leases.measure,
    "outbox": outbox.measure,
}
"""In this order on one database: each leaves what the next ones need."""
EVERYWHERE = ("statements", "access")
USUAL = (*EVERYWHERE, *PROCESSES, "week")
PARTS = (*USUAL, "partitions")
ON_SQLITE = ("statements", "orders")
SQLITE_AT_MOST = 0.1


class Run:
    """What was asked for, and whether all goals were met so far."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.met = True

    def wanted(self, *parts: str) -> list[str]:
        """Return which of these parts are wanted."""
        return [part for part in parts if part in self.given.only]

    def note(self, name: str, heading: str, found: Sequence[Figure]) -> None:
        """Print figures, and put them on the page if that is wanted."""
        self.met = self.met and all(figure.met for figure in found)
        lines = [*report.figures(found), "", report.machine()]
        print(f"\n### {heading}\n", *lines, sep="\n", flush=True)
        if self.given.page:
            write_part(report.PAGE, name, lines, heading=heading)

    def postgresql(self) -> None:
        """Measure on PostgreSQL, a database for each size."""
        columns: dict[float, Times] = {}
        at_each: list[Figure] = []
        scales = self.given.scales
        for scale in scales if self.wanted(*EVERYWHERE) else scales[-1:]:
            processes = self.wanted(*PROCESSES) if scale == scales[-1] else []
            if not (processes or self.wanted(*EVERYWHERE)):
                continue
            with ExitStack() as stack:
                url = stack.enter_context(postgresql(scale, keep=self.given.keep))
                folder = _folder(stack)
                if self.wanted("statements"):
                    columns[scale] = asyncio.run(on_postgresql(url))
                if self.wanted("access"):
                    found = asyncio.run(access.measure(url, folder, scale))
                    at_each += access.at(scale, found, at_each)
                for part in processes:
                    found = asyncio.run(PROCESSES[part](url, folder))
                    self.note(part, f"{part.capitalize()}, PostgreSQL", found)
        if at_each:
            self.note("access", "Access, PostgreSQL", at_each)
        self.statements("PostgreSQL", columns)

    def sqlite(self) -> None:
        """Measure on SQLite."""
        columns: dict[float, Times] = {}
        scales = sorted({min(scale, SQLITE_AT_MOST) for scale in self.given.scales})
        for scale in scales if self.wanted("statements") else scales[-1:]:
            processes = self.wanted("orders") if scale == scales[-1] else []
            if not (processes or self.wanted("statements")):
                continue
            with ExitStack() as stack:
                url = stack.enter_context(sqlite(scale, keep=self.given.keep))
                if self.wanted("statements"):
                    columns[scale] = asyncio.run(on_sqlite(url))
                if processes:
                    found = asyncio.run(orders.measure(url, _folder(stack)))
                    self.note("orders-sqlite", "Orders, SQLite", found)
        self.statements("SQLite", columns)

    def statements(self, database: str, columns: dict[float, Times]) -> None:
        """Print the table of statements, if there is one."""
        if not columns:
            return
        lines, kept = report.statements(database, columns)
        self.met = self.met and kept
        lines += ["", report.machine()]
        print(f"\n### Statements, {database}\n", *lines, sep="\n", flush=True)
        if self.given.page:
            report.write_statements(database, lines)
            if database == "PostgreSQL":
                report.draw_statements(columns)

    def week(self) -> None:
        """Simulate a week."""
        with ExitStack() as stack:
            seen = asyncio.run(simulated.measure(_folder(stack)))
        lines, kept = report.week(seen)
        self.met = self.met and kept
        lines += ["", report.machine()]
        print("\n### A week\n", *lines, sep="\n", flush=True)
        if self.given.page:
            report.write_week(lines, seen)

    def all(self) -> None:
        """Measure what is wanted."""
        if self.given.database != "sqlite":
            self.postgresql()
        if self.given.database != "postgresql":
            self.sqlite()
        if self.wanted("week"):
            self.week()
        if self.wanted("partitions"):
            found = asyncio.run(partitions.measure(self.given.events))
            self.note("partitions", "Partitions", found)


def _folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slipway-depth-")))


def _parts(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := sorted(set(wanted) - set(PARTS)):
        raise argparse.ArgumentTypeError(
            f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}"
        )
    return wanted


def main() -> int:
    """Measure; give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.depth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scales", type=float, nargs="+", default=[0.01, 0.1, 1.0], help="parts of a million jobs"
    )
    parser.add_argument(
        "--only", type=_parts, default=USUAL, metavar="PART,...", help=", ".join(PARTS)
    )
    parser.add_argument("--database", choices=["both", "postgresql", "sqlite"], default="both")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks-depth.md")
    parser.add_argument("--keep", action="store_true", help="keep filled databases, and use them")
    parser.add_argument("--drop", action="store_true", help="remove what --keep has left, and end")
    parser.add_argument("--events", type=int, default=20_000_000, help="of `partitions`")
    given = parser.parse_args()
    given.scales.sort()
    if given.drop:
        drop_kept()
        return 0
    # The programs and databases that it started end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    run = Run(given)
    run.all()
    return 0 if run.met else 1


if __name__ == "__main__":
    sys.exit(main())
