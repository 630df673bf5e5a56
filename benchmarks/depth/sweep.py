"""What the periodic deletion costs when little is to go: its time, and the share of a core."""

import asyncio
from pathlib import Path

from benchmarks.depth.fill import SPAN
from benchmarks.depth.installation import installation, until
from benchmarks.depth.orders import SWEEPS
from benchmarks.figures import Figure

LITTLE = 0.001
"""The part of all rows that goes."""
WATCHED = 180.0
"""Seconds: three sweeps of the history at the default interval."""
QUIET = 30.0


async def measure(url: str, folder: Path) -> list[Figure]:
    """Let the relay sweep what is older than nearly everything, then watch it go on."""
    age = SPAN * (1 - LITTLE)
    settings = {
        "EVENTS_RETENTION_SECONDS": age,
        "JOBS_RETENTION_SECONDS": age,
        "ENVIRONMENTS_RETENTION_SECONDS": age,
    }
    async with installation(url, folder, **settings) as where:
        await where.take(*SWEEPS)
        events = "SELECT sum(trimmed_position) FROM teams"
        before = await where.number(events)
        often = {"EVENTS_RETENTION_INTERVAL_SECONDS": 1, "RETENTION_INTERVAL_SECONDS": 1}
        with where.program("relay", **often) as relay:
            await asyncio.sleep(5)
            await where.give_back(*SWEEPS)
            words = ("history_trimmed", "old_rows_deleted")

            async def swept() -> bool:
                log = relay.log.read_text(errors="replace")
                return all(word in log for word in words)

            seconds = await until(swept, relay)
        gone = await where.number(events) - before
        await where.take(*SWEEPS)
        with where.program("relay") as relay:
            await asyncio.sleep(QUIET)
            idle = await where.loads(relay, QUIET)
        with where.program("relay") as relay:
            await where.give_back(*SWEEPS)
            busy = await where.loads(relay, WATCHED)
    title = "sweep, little to go"
    return [
        Figure(title, "events that went", gone),
        Figure(title, "seconds", seconds, 30.0),
        Figure(title, "relay without sweeps, share of a core", idle.program),
        Figure(title, "its database, share of a core", idle.database),
        Figure(title, "relay with sweeps, share of a core", busy.program),
        Figure(title, "its database, share of a core, with sweeps", busy.database),
        Figure(
            title,
            "sweeps, relay and database together, share of a core",
            busy.program + busy.database - idle.program - idle.database,
            0.05,
        ),
    ]
