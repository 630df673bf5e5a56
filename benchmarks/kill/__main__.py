"""`python -m benchmarks.kill --kills 30`: every order gets one ending; how long the backlog takes."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from testing.kill_up import Outcome, kill_under_load


def main() -> int:
    """Run it and print what was seen; status 1 when a promise broke."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="how often (default: 30)")
    parser.add_argument("--clients", type=int, default=4, help="who order at once (default: 4)")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="slipway-kill-") as folder:
        outcome = asyncio.run(
            kill_under_load(
                Path(folder), kills=chosen.kills, clients=chosen.clients, seed=chosen.seed
            )
        )
    _print(outcome)
    return 1 if outcome.faults else 0


def _print(outcome: Outcome) -> None:
    for name, value in (
        ("kills", outcome.kills),
        ("orders accepted", len(outcome.accepted)),
        ("orders recorded", outcome.recorded),
        ("without ending at the last start", outcome.waiting_at_last_start),
        ("seconds until the last ending", round(outcome.backlog_seconds, 1)),
        ("broken promises", len(outcome.faults)),
    ):
        print(f"{name:34} {value}")
    for line in outcome.faults:
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
