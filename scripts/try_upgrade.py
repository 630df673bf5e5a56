"""Upgrade an old release to this checkout under load, with real processes, and judge what was seen.

`python scripts/try_upgrade.py REVISION` needs PostgreSQL, RabbitMQ and git, and takes some minutes,
so it is no part of the tests. REVISION is the commit or tag that an installation has.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from testing.upgrade import upgrade_under_load


def main() -> int:
    """Run it and print; status 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="the release to upgrade from")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each phase")
    parser.add_argument("--keep", type=Path, help="folder for the logs, which then stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-upgrade-") as temporary:
        home = given.keep or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        outcome = asyncio.run(upgrade_under_load(given.revision, home, seconds=given.seconds))
    out = sys.stdout
    out.write("\n".join(outcome.steps) + "\n")
    answers = ", ".join(f"{count} x {name}" for name, count in sorted(outcome.statuses.items()))
    out.write(f"{len(outcome.accepted)} orders accepted; answers: {answers}\n")
    out.write(f"{outcome.events} events read, {outcome.reconnects} reconnects\n")
    out.write("\n".join(outcome.faults) + "\n" if outcome.faults else "Every promise was kept.\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
