"""`make bench-pipeline`: measure the way of an order beside the guide's style, and judge the goals."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import uvloop
from rich.console import Console

from benchmarks.pipeline import report
from benchmarks.pipeline.connection import LoadError
from benchmarks.pipeline.goals import verdicts
from benchmarks.pipeline.programs import ProgramFailedError
from benchmarks.pipeline.rounds import QUICK, Figures, RoundError, Sizes, measure
from benchmarks.pipeline.stacks import STACKS, TITLES, place
from benchmarks.verdicts import print_verdicts
from testing.missing import ServiceMissing

TOLD = (
    ("orders_per_second", "orders/s"),
    ("jobs_per_second", "jobs/s"),
    ("queued_p50", "ms to queued"),
)
"""What is said of a round while others go on."""


def choose(text: str) -> list[str]:
    """Read names of stacks, separated by commas; argparse prints the error."""
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := sorted(set(wanted) - set(STACKS)):
        raise argparse.ArgumentTypeError(
            f"no stack {', '.join(unknown)}; there are {', '.join(STACKS)}"
        )
    return [name for name in STACKS if name in wanted]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pipeline",
        description="Orders and jobs per second, and milliseconds to the client's frames, beside "
        "the guide's style. Exits with 1 when a goal that was measured is not met.",
    )
    parser.add_argument("--rounds", type=int, help="rounds over all stacks (default 5)")
    parser.add_argument("--quick", action="store_true", help="1 short round: a look, no figure")
    parser.add_argument(
        "--only",
        type=choose,
        default=list(STACKS),
        metavar="STACK,...",
        help=f"stacks: {', '.join(STACKS)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (1 if options.quick else 5)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


async def run(console: Console, options: argparse.Namespace) -> dict[str, list[Figures]]:
    """Go round and round the stacks; each runs alone, as an idle one would take its part, too."""
    sizes = QUICK if options.quick else Sizes()
    rounds: dict[str, list[Figures]] = {name: [] for name in options.only}
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="slipway-pipeline-")))
        where = await exits.enter_async_context(place(folder))
        for number in range(1, options.rounds + 1):
            room = replace(where, folder=folder / f"round-{number}")
            room.folder.mkdir()
            for name in tuple(rounds):
                try:
                    async with STACKS[name](room) as stack:
                        figures = await measure(stack, sizes)
                except ServiceMissing as missing:
                    console.print(f"[yellow]left out: {TITLES[name]}:[/] {missing}")
                    del rounds[name]
                    continue
                rounds[name].append(figures)
                told = ", ".join(
                    f"{figures[key]:,.1f} {unit}" for key, unit in TOLD if key in figures
                )
                console.print(f"round {number} of {options.rounds}: {TITLES[name]}: {told}")
    return rounds


def main(arguments: Sequence[str]) -> int:
    """Measure; give the exit code."""
    options = parse(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    about, began = report.machine() | {"rounds": options.rounds}, time.monotonic()
    try:
        rounds = uvloop.run(run(console, options))
    except (LoadError, ProgramFailedError, RoundError) as error:
        console.print(f"[red]not measured:[/] {error}")
        return 1
    about |= {"seconds": round(time.monotonic() - began), "quick": options.quick}
    found = verdicts(rounds)
    console.print(report.table(rounds), "", sep="\n")
    print_verdicts(console, found)
    console.print(f"{about['seconds']} s; load of the machine before: {about['load_before']}")
    if options.json:
        report.write_json(options.json, about, rounds, found)
    return 1 if any(verdict.met is False for verdict in found) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
