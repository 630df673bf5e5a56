"""Writes the measured figures into `docs/benchmarks.md`, between two marks, and draws their picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.fanout.cases import Case
from benchmarks.fanout.goals import GATEWAY, Samples, Verdict
from benchmarks.fanout.picture import Bar, Panel
from benchmarks.fanout.report import columns, median, rows
from benchmarks.fanout.servers import Server

BEGIN, END = "<!-- fan-out: begin -->", "<!-- fan-out: end -->"
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


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    marks = ["---", *(["---:"] * (len(headings) - 2)), "---"]
    return [f"| {' | '.join(cells)} |" for cells in (headings, marks, *lines)]


def text(
    about: dict[str, Any],
    cases: Sequence[Case],
    samples: Samples,
    servers: Sequence[type[Server]],
    verdicts: Sequence[Verdict],
) -> str:
    """Return the generated part of the page."""
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
        BEGIN,
        "",
        measured,
        "",
        "![The figures as bars](benchmarks-fanout.svg)",
        "",
        *_table(
            ["goal", "wanted", "measured", ""],
            [[v.text, v.wanted, v.measured, words[v.met]] for v in verdicts],
        ),
    ]
    for case in cases:
        found = rows(case, samples, servers)
        if found:
            headings = ["server", *(column.heading for column in columns(case)), "notes"]
            lines += ["", f"### {case.title}", ""]
            lines += _table(headings, [[title, *figures, note] for title, figures, note in found])
    return "\n".join([*lines, "", END])


def write_page(directory: Path, body: str, picture: str) -> None:
    """Replace the part between the marks, or add it to the page, and write the picture beside it."""
    directory.mkdir(exist_ok=True)
    page = directory / "benchmarks.md"
    before, after = "# Benchmarks\n\n## Fan-out\n\n", "\n"
    if page.exists():
        old = page.read_text()
        head, mark, rest = old.partition(BEGIN)
        before = head if mark else f"{old.rstrip()}\n\n## Fan-out\n\n"
        after = rest.partition(END)[2] if mark else "\n"
    page.write_text(before + body + after)
    (directory / "benchmarks-fanout.svg").write_text(picture)
