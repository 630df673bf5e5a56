"""Runs another comparing tool beside `contractkit diff`: verdicts, processor time and memory.

    python tools/beside.py 'redocly=redocly diff {old} {new}' ['name=command …' …]

The pairs are the OpenAPI ones of tests/compat/cases/gate_pairs.yaml, the documents those of
`bench`. A command's exit status is its verdict: 0 no break, 1 a break; others are counted apart.
Documents are written as JSON. `--pairs 20` takes the first pairs only.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))
from bench.documents import Size, changed, document  # noqa: E402 (found by the line above)

PAIRS = HERE / "tests/compat/cases/gate_pairs.yaml"
OURS = f"contractkit={sys.executable} -m contractkit diff {{old}} {{new}}"
SIZES = (
    ("start-up: one schema", Size(1, 1, 0, 1, 0)),
    ("250 schemas, 62 operations, 30 changes", Size(250, 62, 3, 8, 30)),
    ("2,000 schemas, 500 operations, 30 changes", Size(2000, 500, 3, 8, 30)),
)
TIMEOUT_SECONDS = 600
"""After how many seconds of processor time a command is ended."""


@dataclass(frozen=True)
class Run:
    """How one command ended, and what it took."""

    status: int
    seconds: float
    megabytes: float


def run(command: str, old: Any, new: Any, folder: Path) -> Run:
    """Run a command on two documents, in their folder."""
    for name, side in (("old", old), ("new", new)):
        (folder / f"{name}.json").write_text(json.dumps(side, indent=1), encoding="utf-8")
    arguments = [part.format(old="old.json", new="new.json") for part in shlex.split(command)]
    limited = ["bash", "-c", f'ulimit -t {TIMEOUT_SECONDS}; exec "$@"', "limited", *arguments]
    with subprocess.Popen(  # noqa: S603 (whoever runs this names the command)
        limited, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Run(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def pairs(count: int | None) -> list[dict[str, Any]]:
    """Return the pairs of OpenAPI documents, parsed."""
    found = []
    for pair in yaml.load_all(PAIRS.read_text(encoding="utf-8"), yaml.CSafeLoader):
        sides = [yaml.load(pair[side], yaml.CSafeLoader) for side in ("old", "new")] if pair else []
        if sides and all(isinstance(side, dict) and "openapi" in side for side in sides):
            found.append({"name": pair["name"], "want": pair["want"], "sides": sides})
    return found[:count]


def verdicts(name: str, command: str, judged: list[dict[str, Any]], folder: Path) -> str:
    """Run the pairs and return their row; what was judged otherwise is named."""
    counts: Counter[tuple[int, str]] = Counter()
    for pair in judged:
        status = run(command, *pair["sides"], folder).status
        said = {0: "passed", 1: "refused"}.get(status, "undecided")
        counts[pair["want"], said] += 1
        if status != pair["want"]:
            sys.stderr.write(f"{name}: {pair['name']}: {status} instead of {pair['want']}\n")
    cells = [counts[want, said] for want in (1, 0) for said in ("passed", "refused", "undecided")]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def costs(name: str, command: str, folder: Path) -> list[str]:
    """Run the documents of the benchmark and return their rows."""
    rows = []
    for words, size in SIZES:
        old = document(size)
        taken = run(command, old, changed(old, size), folder)
        told = f"{taken.seconds:.1f} s | {taken.megabytes:.0f} MB | {taken.status}"
        rows.append(f"| {name} | {words} | {told} |")
    return rows


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", metavar="NAME=COMMAND")
    parser.add_argument("--pairs", type=int)
    given = parser.parse_args()
    tools = [entry.partition("=")[::2] for entry in (OURS, *given.commands)]
    with TemporaryDirectory() as place:
        folder = Path(place)
        tell("| tool | document | processor time | memory | exit status |", "|---|---|---|---|---|")
        for name, command in tools:
            tell(*costs(name, command, folder))
        judged = pairs(given.pairs)
        tell("", "| | breaks | | | harmless | | |", "|---|---|---|---|---|---|---|")
        tell("| tool | passed | refused | undecided | passed | refused | undecided |")
        for name, command in tools:
            tell(verdicts(name, command, judged, folder))


def tell(*lines: str) -> None:
    """Print lines at once, because the next one takes minutes."""
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
