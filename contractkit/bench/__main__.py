"""Measure the gate: `python -m bench` (in contractkit/), or `make bench-gate`.

Each line is one `contractkit diff OLD NEW` in a process of its own: processor time and the highest
memory, with witnesses. Exit 1 when a goal is missed; `--no-goals` only measures.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.documents import Size, changed, document

LARGE = Size(schemas=2000, operations=500, fan_out=3, depth=8, changes=30)
ROWS = (
    ("2,000 schemas, 500 operations, 30 changes", LARGE, 10.0, 300.0),
    ("half of it", replace(LARGE, schemas=1000, operations=250, changes=15), None, None),
    ("twice of it", replace(LARGE, schemas=4000, operations=1000, changes=60), None, None),
    ("250 schemas, 62 operations, 30 changes", Size(250, 62, 3, 8, 30), None, None),
    ("6 references per schema, 10 levels", Size(200, 10, 6, 10, 6), 1.0, None),
    ("one schema per level, 6 references, 10 levels", Size(10, 1, 6, 10, 2), 1.0, None),
)
"""What is measured: the words, the size, and the goals in seconds and MB."""
DOUBLING = 2.3
"""By which factor doubling the document may raise the processor time."""


@dataclass(frozen=True)
class Measured:
    """One run: its start-up is measured apart, with a document of one schema."""

    seconds: float
    megabytes: float
    findings: int
    unproven: int


def run(old: Path, new: Path, folder: Path) -> Measured:
    """Run the command on two files."""
    report = folder / "report.json"
    arguments = ["diff", str(old), str(new), "--write", f"json={report}"]
    command = [sys.executable, "-c", "from contractkit.cli import main; main()", *arguments]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            assert process.stderr is not None
            sys.exit(process.stderr.read().decode())
    found = json.loads(report.read_text(encoding="utf-8"))["findings"]
    unproven = sum(finding["unproven"] for finding in found)
    seconds = usage.ru_utime + usage.ru_stime
    return Measured(seconds, usage.ru_maxrss / 1024, len(found), unproven)


def measure(size: Size, folder: Path) -> Measured:
    """Run on a document of a size and its changed copy."""
    old = document(size)
    sides: tuple[tuple[str, Any], ...] = (("old", old), ("new", changed(old, size)))
    for name, whole in sides:
        (folder / f"{name}.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    return run(folder / "old.json", folder / "new.json", folder)


def main() -> int:
    """Measure all rows and print them as a table."""
    parser = argparse.ArgumentParser(prog="bench-gate", description=__doc__)
    parser.add_argument("--no-goals", action="store_true", help="measure only")
    options = parser.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| document | processor time | memory | findings | unproven |")
        print("|---|---|---|---|---|")
        measured = []
        start = measure(Size(1, 1, 0, 1, 0), folder)
        rows = (("start-up: one schema", None, None, None), *ROWS)
        for words, size, seconds, megabytes in rows:
            found = measure(size, folder) if size is not None else start
            measured.append(found)
            print(
                f"| {words} | {found.seconds:.1f} s | {found.megabytes:.0f} MB "
                f"| {found.findings} | {found.unproven} |",
                flush=True,
            )
            own = found.seconds - (start.seconds if seconds == 1.0 else 0)
            if seconds is not None and own > seconds:
                missed.append(f"{words}: {own:.1f} s instead of {seconds:.0f} s")
            if megabytes is not None and found.megabytes > megabytes:
                missed.append(f"{words}: {found.megabytes:.0f} MB instead of {megabytes:.0f} MB")
    for small, large in ((2, 1), (1, 3)):
        factor = measured[large].seconds / measured[small].seconds
        print(f"twice the document costs {factor:.1f} times")
        if factor > DOUBLING:
            missed.append(f"doubling costs {factor:.1f} times instead of {DOUBLING}")
    for miss in missed:
        print(f"missed: {miss}")
    return 1 if missed and not options.no_goals else 0


if __name__ == "__main__":
    sys.exit(main())
