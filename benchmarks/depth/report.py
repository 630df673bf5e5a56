"""What was measured: as tables on the terminal and, if wanted, on the page with its pictures."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.depth.before import BEFORE
from benchmarks.depth.statements import FULL, WAITING
from benchmarks.depth.timing import Times
from benchmarks.depth.week import DAYS, Week, growth
from benchmarks.figures import Figure
from benchmarks.page import table, write_part
from benchmarks.picture import Bar, Curves, Panel, draw

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "benchmarks-depth.md"
STATEMENTS, WEEK = DOCS / "benchmarks-depth.svg", DOCS / "benchmarks-depth-week.svg"

MOST_MILLISECONDS = 5.0
MOST_GROWTH = 1.5
NOISE = 0.5
"""Milliseconds below which a growth is not told from the machine's noise."""
SETTLED = 1.1
"""The growth of a table in a day, when it has levelled off."""
DRAWN = 12


def machine() -> str:
    """Say what else the machine did."""
    one, five, _ = os.getloadavg()
    return f"Load at the end {one:.1f}, {five:.1f} over five minutes, on {os.cpu_count()} cores."


def grows(times: Sequence[float]) -> bool:
    """Whether the largest size costs more than the smallest one allows."""
    return times[-1] > max(NOISE, MOST_GROWTH * times[0])


def statements(database: str, columns: Mapping[float, Times]) -> tuple[list[str], bool]:
    """Return the table of all statements, and whether each keeps to the goals."""
    scales = sorted(columns)
    heads = [f"{scale:.0%}" for scale in scales]
    old = database == "PostgreSQL"
    lines, kept = [], True
    for name in columns[scales[0]]:
        times = [columns[scale][name][0] for scale in scales]
        bad = "slow" if times[-1] > MOST_MILLISECONDS else ""
        bad = bad or ("grows" if name not in FULL and grows(times) else "")
        if name in WAITING:
            bad = ""
        kept = kept and not bad
        note = bad or ("what waits" if name in WAITING else "a batch" if name in FULL else "")
        cells = [name, *(f"{each:.2f}" for each in times)]
        if old:
            before = BEFORE.get(name)
            cells += [f"{columns[scales[-1]][name][1]:.1f}", f"{before[-1]:,.2f}" if before else ""]
        lines.append([*cells, note])
    extra = [f"planning at {heads[-1]}", "before, 100%"] if old else []
    return table(["statement, ms", *heads, *extra, ""], lines), kept


def figures(found: Sequence[Figure]) -> list[str]:
    """Return the table of figures."""
    lines = [[each.case, each.what, f"{each.value:,.2f}", each.goal] for each in found]
    return table(["case", "figure", "measured", "goal"], lines)


def week(seen: Week) -> tuple[list[str], bool]:
    """Return the table of the week, a column for each day, and whether what grew levelled off."""
    last = [round((day + 1) * len(seen.rows) / DAYS) - 1 for day in range(DAYS)]
    lines, kept = [], True
    for name in seen.rows[0]:
        values = [sample[name] for sample in seen.rows]
        if max(values) < 1000:
            continue
        settled = growth(values) <= SETTLED
        kept = kept and settled
        told = f"{growth(values):.2f}"
        lines.append([name, *(f"{values[at]:,}" for at in last), told, "" if settled else "GROWS"])
    size = seen.megabytes
    lines.append(["database, MB", *(f"{size[at]:,.0f}" for at in last), f"{growth(size):.2f}", ""])
    for name in seen.queues[0]:
        depths = [sample[name] for sample in seen.queues]
        lines.append([f"queue {name}", *(f"{depths[at]:,}" for at in last), "", ""])
    days = [f"day {day + 1}" for day in range(DAYS)]
    head = (
        f"{seen.orders:,} orders, {seen.deletions:,} deletions and {seen.sign_ins:,} sign-ins, "
        f"{seen.speed:,.0f} times as fast as they come. Rows at the end of each day; growth is "
        "the last day's average over that of two days before."
    )
    return [head, "", *table(["rows", *days, "growth", ""], lines)], kept


def write_statements(database: str, lines: Sequence[str]) -> None:
    """Put the table of a database on the page."""
    write_part(PAGE, f"statements-{database}", lines, heading=f"Statements, {database}")


def draw_statements(columns: Mapping[float, Times]) -> None:
    """Draw what was slow before beside what it takes now, at the largest size."""
    times = columns[max(columns)]
    slow = sorted(BEFORE, key=lambda name: BEFORE[name][-1], reverse=True)[:DRAWN]
    bars = [
        bar
        for name in slow
        if name in times
        for bar in (
            Bar(f"{name}, before", BEFORE[name][-1], ours=False),
            Bar("now", times[name][0], ours=True),
        )
    ]
    note = f"at {max(columns):.0%} of a million jobs, shorter is better, logarithmic scale"
    parts = [Panel("Milliseconds of a statement on PostgreSQL", note, bars, 2, logarithmic=True)]
    STATEMENTS.write_text(draw(parts))


def write_week(lines: Sequence[str], seen: Week) -> None:
    """Put the week on the page, and draw its curves."""
    write_part(PAGE, "week", lines, heading="A week")
    names = [n for n in seen.rows[0] if max(sample[n] for sample in seen.rows) >= 1000]
    names.sort(key=lambda name: -seen.rows[-1][name])
    largest = {name: [sample[name] for sample in seen.rows] for name in names[:5]}
    waiting = {"outbox": [sample["outbox"] for sample in seen.rows]} | {
        name: [sample[name] for sample in seen.queues] for name in seen.queues[0]
    }
    ends = ("0", f"{DAYS} days")
    parts = [
        Curves("Rows", "each simulated hour", largest, *ends),
        Curves("The database, MB", "each simulated hour", {"MB": seen.megabytes}, *ends),
        Curves("Messages that wait", "each simulated hour", waiting, *ends),
    ]
    WEEK.write_text(draw(parts))
