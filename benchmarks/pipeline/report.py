"""What was measured, as tables for people and as JSON for programs."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.pipeline.goals import Rounds, spread, values
from benchmarks.pipeline.stacks import TITLES
from benchmarks.verdicts import Verdict

FIGURES = (
    ("orders_per_second", "orders/s, 32 connections", 0),
    ("order_p50", "  POST p50 ms", 1),
    ("order_p99", "  POST p99 ms", 1),
    ("open_p50", "POST p50 ms, open loop at 80 %", 1),
    ("open_p99", "  p99 ms", 1),
    ("alone_p50", "POST p50 ms, 1 connection", 1),
    ("alone_p99", "  p99 ms", 1),
    ("order_api_cpu", "CPU ms per order, API process", 2),
    ("order_cpu_postgres", "  PostgreSQL", 2),
    ("order_cpu", "  with relay and database, all published", 2),
    ("jobs_per_second", "jobs/s, instant provider", 0),
    ("job_worker_cpu", "CPU ms per job, worker", 1),
    ("job_cpu", "  with relay, gateway and database", 1),
    ("queued_p50", "202 to `queued` frame, p50 ms", 1),
    ("queued_p99", "  p99 ms", 1),
    ("completed_p50", "202 to `completed` frame, p50 ms", 1),
    ("completed_p99", "  p99 ms", 1),
)


def machine() -> dict[str, Any]:
    """Return what the figures were taken on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def table(rounds: Rounds) -> Table:
    """Medians, with the extremes of the rounds."""
    made = Table("", *(TITLES[stack] for stack in rounds), box=None, pad_edge=False)
    for key, heading, digits in FIGURES:
        made.add_row(heading, *(spread(values(rounds, stack, key), digits) for stack in rounds))
    return made


def write_json(
    path: Path, about: dict[str, Any], rounds: Rounds, verdicts: Sequence[Verdict]
) -> None:
    """Write everything measured."""
    everything = {
        "about": about,
        "rounds": {stack: list(figures) for stack, figures in rounds.items()},
        "goals": [asdict(verdict) for verdict in verdicts],
    }
    path.write_text(json.dumps(everything, indent=2) + "\n")
