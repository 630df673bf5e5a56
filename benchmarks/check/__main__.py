"""`make bench-check`: short forms of the benchmarks, an earlier revision and this one in turns.

Each revision runs its own benchmark in its own environment, A B A B: what disturbs the machine
disturbs both. A change of a benchmark is seen as a change, too. Exits with 1 when a figure is worse by
more than a tenth in every round.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.check.forms import FORMS, Figures, Form
from benchmarks.check.report import Change, changes, table, worse
from benchmarks.check.revision import ROOT, NoRevisionError, checked_out, last_release

MISSED = (0, 1)
"""A benchmark that missed a goal says 1; its figures are as good."""


class NotMeasuredError(Exception):
    """A benchmark gave no figures; the text has its last words."""


def measure(form: Form, checkout: Path) -> Figures:
    """Run a benchmark in a checkout and return its figures. Raises NotMeasuredError."""
    with tempfile.TemporaryDirectory(prefix="slipway-check-") as folder:
        result = Path(folder) / "figures.json"
        done = subprocess.run(
            form.command(checkout / ".venv" / "bin" / "python", result),
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            check=False,
            capture_output=True,
            text=True,
        )
        written = json.loads(result.read_text()) if result.exists() else None
    if done.returncode not in MISSED or (form.writes_json and written is None):
        words = (done.stdout + done.stderr)[-2000:]
        raise NotMeasuredError(f"{form.name} gave no figures in {checkout}:\n{words}")
    figures = form.read(done.stdout, written)
    if not figures:
        raise NotMeasuredError(f"{form.name} gave no figures in {checkout}:\n{done.stdout[-2000:]}")
    return figures


def compare(console: Console, forms: Sequence[Form], then: Path, now: Path, rounds: int) -> int:
    """Run everything in turns and print the ratios; return the exit code."""
    found: dict[str, list[Change]] = {}
    for form in forms:
        measured: defaultdict[Path, list[Figures]] = defaultdict(list)
        try:
            for number in range(1, rounds + 1):
                for checkout in (then, now):
                    console.print(f"{form.name}, round {number} of {rounds}: {checkout.name}")
                    measured[checkout].append(measure(form, checkout))
        except NotMeasuredError as error:
            console.print(f"[yellow]left out:[/] {error}", markup=True)
            continue
        found[form.name] = changes(measured[then], measured[now], noise=form.noise)
        console.print(table(form.name, found[form.name]), "")
    console.print("A ratio above 1 is better, whatever the figure counts.")
    if not found:
        return 1
    for name in (slower := worse(found)):
        console.print(f"[red]worse in every round:[/] {name}")
    return 1 if slower else 0


def main(arguments: Sequence[str]) -> int:
    """Compare; give the exit code."""
    names = [form.name for form in FORMS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.add_argument("revision", nargs="?", help="what to compare with (default: last release)")
    parser.add_argument("--rounds", type=int, default=2, help="turns of both (default 2)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    console = Console(width=None if sys.stdout.isatty() else 150)
    try:
        revision = options.revision or last_release()
        then = checked_out(revision)
    except NoRevisionError as error:
        console.print(f"[red]nothing to compare with:[/] {error}")
        return 2
    console.print(f"{revision} is {then.name}; this is {ROOT.name}")
    forms = [form for form in FORMS if form.name in options.only]
    return compare(console, forms, then, ROOT, options.rounds)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
