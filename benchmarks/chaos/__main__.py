"""`python -m benchmarks.chaos`: exit status 0 when every promise was kept, 1 when not."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from rich.console import Console

from benchmarks.chaos.faults import UnknownFaultError
from benchmarks.chaos.report import Outcome, tell
from benchmarks.chaos.run import Options, run
from testing.missing import ServiceMissing

LINE_SECONDS = 5.0
"""Without a terminal progress becomes a line so often."""
SECONDS_PER_TIME = 120
"""What it takes to do each fault once, with room for a busy machine."""


def main() -> int:
    arguments = parse()
    seed = arguments.seed if arguments.seed is not None else random.randrange(1_000_000)
    options = Options(
        seconds=arguments.seconds,
        teams=arguments.teams,
        listeners=arguments.listeners,
        rate=arguments.rate,
        seed=seed,
        nodes=arguments.nodes,
        times=(
            int(arguments.seconds // SECONDS_PER_TIME)
            if arguments.times is None
            else arguments.times
        ),
        only=arguments.only,
    )
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="slipway-chaos-"))
    console.print(f"seed {seed}; the same again: --seed {seed} --seconds {options.seconds:g}")
    try:
        outcome = observe(options, folder, console)
    except (ServiceMissing, UnknownFaultError) as reason:
        console.print(f"[red]{reason}[/]")
        return 2
    tell(outcome, folder, console, keep=arguments.keep)
    if outcome.holds and not arguments.keep:
        shutil.rmtree(folder)
    return 0 if outcome.holds else 1


def observe(options: Options, folder: Path, console: Console) -> Outcome:
    """Run and show how it goes."""
    said = -LINE_SECONDS
    with console.status("…") as status:

        def say(text: str) -> None:
            nonlocal said
            status.update(text)
            if not console.is_terminal and time.monotonic() - said >= LINE_SECONDS:
                said = time.monotonic()
                console.print(text, soft_wrap=True)

        return uvloop.run(run(options, folder, say))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make chaos", description="Break everything while clients listen."
    )
    default = Options()
    parser.add_argument("--seconds", type=float, default=default.seconds, help="how long to break")
    parser.add_argument("--teams", type=int, default=default.teams)
    parser.add_argument("--listeners", type=int, default=default.listeners, help="of teams")
    parser.add_argument("--rate", type=float, default=default.rate, help="orders per second")
    parser.add_argument("--seed", type=int, help="decides which faults happen; random by default")
    parser.add_argument(
        "--nodes", type=int, default=default.nodes, help="RabbitMQ nodes; several: quorum queues"
    )
    parser.add_argument(
        "--times",
        type=int,
        help=f"how often each fault comes at least; once in {SECONDS_PER_TIME} s by default",
    )
    parser.add_argument("--only", default="", help="faults whose names contain this")
    parser.add_argument("--keep", action="store_true", help="keep the logs of the processes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
