"""Writes the measured figures into `docs/benchmarks.md`, between two marks, and draws their picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.fanout.cases import Case
from benchmarks.fanout.goals import GATEWAY, Samples
from benchmarks.fanout.report import columns, median, rows
from benchmarks.fanout.servers import Server
from benchmarks.page import table, write_part
from benchmarks.picture import Bar, Panel
from benchmarks.verdicts import Verdict

NAME = "fan-out"
PANELS = (
    (
        "steady",
        "per_core",
        "50 events/s to 1,000 clients: deliveries per second and core",
        0,
        False,
    ),
    (
        "teams",
        "per_core",
        "500 teams of 10, 1,000 events/s: deliveries per second and core",
        0,
        False,
    ),
    ("saturated", "per_core", "64 events in flight: deliveries per second and core", 0, True),
    ("steady", "p99_ms", "50 events/s to 1,000 clients: p99 in milliseconds", 1, True),
    ("idle", "kb_per_connection", "KB per idle connection", 1, False),
)


def panels(samples: Samples, servers: Sequence[type[Server]]) -> list[Panel]:
    """Arrange the figures that tell most."""
    found = []
    for case, key, title, digits, logarithmic in PANELS:
        bars = [
            Bar(server.title, value, server.name.startswith(GATEWAY))
            for server in servers
            if (value := median(samples, case, server.name, key))
        ]
        if bars:
            good = "longer is better" if key == "per_core" else "shorter is better"
            note = f"{good}, logarithmic scale" if logarithmic else good
            found.append(Panel(title, note, bars, digits, logarithmic))
    return found


def text(
    about: dict[str, Any],
    cases: Sequence[Case],
    samples: Samples,
    servers: Sequence[type[Server]],
    verdicts: Sequence[Verdict],
) -> list[str]:
    """Return the lines of the generated part of the page."""
    words = {True: "met", False: "**not met**", None: "not measured"}
    how = "".join(
        f"; with --{name}"
        for name in ("quick", "real-time", "spin")
        if about[name.replace("-", "_")]
    )
    measured = (
        f"Measured on {about['processor']}, Linux {about['kernel']}, Python {about['python']}; "
        f"{about['runs']} run(s) of each case, median (minimum to maximum); the host took "
        f"{about['stolen']:.1%} of the processor time away{how}."
    )
    lines = [
        measured,
        "",
        "![The figures as bars](benchmarks-fanout.svg)",
        "",
        *table(
            ["goal", "wanted", "measured", ""],
            [[v.text, v.wanted, v.measured, words[v.met]] for v in verdicts],
        ),
    ]
    for case in cases:
        found = rows(case, samples, servers)
        if found:
            headings = ["server", *(column.heading for column in columns(case)), "notes"]
            lines += ["", f"### {case.title}", ""]
            lines += table(headings, [[title, *figures, note] for title, figures, note in found])
    return lines


def write_page(directory: Path, body: Sequence[str], picture: str) -> None:
    """Replace the generated part of the page, and write the picture beside it."""
    write_part(directory / "benchmarks.md", NAME, body, heading="Fan-out")
    (directory / "benchmarks-fanout.svg").write_text(picture)
