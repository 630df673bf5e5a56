"""What was measured, as tables for people, as JSON for programs."""

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.fanout.cases import Case, Sample
from benchmarks.fanout.goals import Samples, spread
from benchmarks.fanout.servers import Server
from benchmarks.verdicts import Verdict

DISTURBED = 0.1
"""Share above which it is said that other programs had the server's core."""


@dataclass(frozen=True)
class Column:
    """A figure of a case: its key in a sample, its heading, its digits."""

    key: str
    heading: str
    digits: int = 0


STREAMS = (
    Column("per_core", "deliveries/s per core"),
    Column("cpu_us", "CPU µs per delivery", 2),
    Column("p50_ms", "p50 ms", 2),
    Column("p99_ms", "p99 ms", 2),
)
STALLED = (
    *STREAMS,
    Column("growth_mb", "memory grown MB", 1),
    Column("stalled_lost", "lost by the stalled"),
)
IDLE = (
    Column("kb_per_connection", "KB per connection", 1),
    Column("connects_per_second", "connects/s"),
    Column("connects_per_core", "connects/s per core"),
)
STORM = (
    Column("complete_seconds", "seconds until all are complete", 2),
    Column("connects_per_core", "connects/s per core"),
    Column("statements", "statements to the database"),
)
CYCLES = (
    Column("growth_bytes_per_cycle", "memory grown, bytes per cycle"),
    Column("cycles_per_second", "cycles/s"),
    Column("cycles_per_core", "cycles/s per core"),
)
BEHIND_BROKER = (
    Column("published_per_second", "events/s that passed the broker"),
    Column("server_percent", "% of a core", 1),
    Column("cpu_us", "CPU µs per delivery", 0),
)
INGEST = (
    Column("messages_per_second", "messages/s"),
    Column("cpu_us", "CPU µs per message"),
)


def columns(case: Case) -> tuple[Column, ...]:
    """Return the figures that a case is about."""
    if case.ingest:
        return INGEST
    if case.broker:
        return BEHIND_BROKER
    if case.cycles:
        return CYCLES
    if case.idle:
        return STORM if case.behind else IDLE
    return STALLED if case.stalled else STREAMS


def figure(samples: Sequence[Sample], column: Column) -> str:
    """Return median and extremes of a figure over all runs."""
    found = [sample.values[column.key] for sample in samples if column.key in sample.values]
    return spread(found, column.digits) if found else "-"


def notes(samples: Sequence[Sample]) -> str:
    """Say what went wrong, each thing once, and how much others had the server's core."""
    words = list(dict.fromkeys(fault for sample in samples for fault in sample.faults))
    waits = [sample.values["disturbed"] for sample in samples if "disturbed" in sample.values]
    if waits and statistics.median(waits) > DISTURBED:
        words.append(
            f"disturbed: waited {statistics.median(waits):.0%} of its CPU time for its core"
        )
    return "; ".join(words)


def rows(
    case: Case, samples: Samples, servers: Sequence[type[Server]]
) -> list[tuple[str, list[str], str]]:
    """Return title, figures and notes of each server that ran a case."""
    return [
        (server.title, [figure(found, column) for column in columns(case)], notes(found))
        for server in servers
        if (found := samples.get((case.name, server.name)))
    ]


def print_case(
    console: Console, case: Case, samples: Samples, servers: Sequence[type[Server]]
) -> None:
    """Print the table of a case; figures are median (minimum to maximum)."""
    table = Table(title=f"{case.name}: {case.title}", title_justify="left", title_style="bold")
    table.add_column("server")
    for column in columns(case):
        table.add_column(column.heading, justify="right")
    table.add_column("notes")
    for title, figures, note in rows(case, samples, servers):
        table.add_row(title, *figures, note)
    console.print(table)


def machine() -> dict[str, Any]:
    """Describe where it was measured."""
    processor = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    return {
        "processor": processor,
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def write_json(path: Path, about: dict[str, Any], samples: Samples, found: list[Verdict]) -> None:
    """Write everything that was measured."""
    data = {
        **about,
        "samples": [
            {"case": case, "server": server, **asdict(sample)}
            for (case, server), runs in samples.items()
            for sample in runs
        ],
        "goals": [asdict(verdict) for verdict in found],
    }
    path.write_text(json.dumps(data, indent=1) + "\n")


def median(samples: Samples, case: str, server: str, key: str) -> float | None:
    """Return the median of a figure, or None."""
    found = [s.values[key] for s in samples.get((case, server), ()) if key in s.values]
    return statistics.median(found) if found else None
