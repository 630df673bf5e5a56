"""Upgrade an old release to this checkout under load, with real processes, and judge what was seen.

`python scripts/try_upgrade.py REVISION` needs PostgreSQL, RabbitMQ and git, and takes some minutes.
REVISION is the commit or tag that an installation has; `tests/integration/test_upgrade.py` does it
from the oldest release that may share the schema.
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
    parser.add_argument("--orders", type=int, default=50, help="orders done in each phase")
    parser.add_argument("--keep", type=Path, help="folder for the logs, which then stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-upgrade-") as temporary:
        home = given.keep or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        outcome = asyncio.run(upgrade_under_load(given.revision, home, orders=given.orders))
    out = sys.stdout
    out.write("\n".join(outcome.steps) + "\n")
    if (traffic := outcome.traffic) is not None:
        answers = ", ".join(f"{count} x {name}" for name, count in sorted(traffic.statuses.items()))
        out.write(f"{len(traffic.accepted)} orders accepted; answers: {answers}\n")
        for reader in traffic.readers:
            out.write(f"a reader heard {reader.events} events, {reader.connects} connections\n")
    out.write("\n".join(outcome.faults) + "\n" if outcome.faults else "Every promise was kept.\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
