"""Generates from documents of strangers and checks every tree: `corpus.py FOLDER [DOCUMENT …]`.

    python tools/corpus.py ../corpus [--keep trees] [--tsc node_modules/.bin/tsc]

Each document is linted and generated. Then every module of every tree is imported with warnings as
errors, and the trees pass `mypy --strict`, ruff, its formatter and the TypeScript compiler. A line
per document that was refused or whose tree has a fault, then counts; the exit status is 1 when
there was a traceback or a fault.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from strangers import documents

from contractkit.errors import ContractKitError
from contractkit.generator.generate import generate
from contractkit.lint.run import lint
from contractkit.options import Options

RUFF = ("--isolated", "--line-length", "100", "--no-cache", "--output-format", "concise")
RULES = "E4,E7,E9,F,I,UP,B"
MANY = 25
"""How many packages one mypy sees: more need too much memory."""
FEW = 5
"""How many faults of a tree are shown."""
IMPORTS = """
import importlib, pathlib, sys, traceback, warnings
warnings.simplefilter("error")
for name in sys.argv[1:]:
    for file in sorted(pathlib.Path(name).rglob("*.py")):
        module = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        try:
            if "package" not in file.parts[1:2]:
                importlib.import_module(module)
        except BaseException as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            print(f"{file}: {type(error).__name__}: {str(error)[:200]!r} ({last.name})")
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a document: `generated`, `refused` or `traceback`, and why."""

    document: str
    tree: str
    outcome: str
    why: str = ""
    omissions: tuple[str, ...] = ()


def make(file: Path, kind: str, name: str, tree: Path) -> Made:
    """Lint and generate one document."""
    chosen = {"openapi": None, "asyncapi": None} | {kind: file.name}
    options = Options(file.parent, chosen["openapi"], chosen["asyncapi"], tree)
    try:
        lint(options)
        result = generate(options)
    except ContractKitError as error:
        return Made(name, tree.name, "refused", str(error))
    except Exception:  # noqa: BLE001 (that is what is looked for)
        return Made(name, tree.name, "traceback", traceback.format_exc())
    return Made(name, tree.name, "generated", omissions=tuple(map(str, result.omissions)))


def said(command: list[str], folder: Path) -> list[str]:
    """Return the lines that a command writes; none when it ends well."""
    done = subprocess.run(  # noqa: S603 (our own interpreter, or the compiler that was named)
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).splitlines() if done.returncode or done.stdout else []


def faults(trees: list[str], folder: Path, tsc: str | None) -> Iterator[tuple[str, str]]:
    """Yield (check, line) for everything that the checks say of the trees."""
    python = [sys.executable]
    if not trees:
        return
    yield from (("import", line) for line in said([*python, "-c", IMPORTS, *trees], folder))
    for start in range(0, len(trees), MANY):
        packages = [part for tree in trees[start : start + MANY] for part in ("-p", tree)]
        types = [*python, "-m", "mypy", "--strict", "--config-file", "/dev/null", *packages]
        yield from (("mypy", line) for line in said(types, folder))
    ruff = [*python, "-m", "ruff"]
    yield from (
        ("ruff", line) for line in said([*ruff, "check", "--select", RULES, *RUFF, *trees], folder)
    )
    formatted = [*ruff, "format", "--check", *RUFF[:3], "--no-cache", *trees]
    yield from (("format", line) for line in said(formatted, folder))
    for tree in trees:
        if tsc is not None and (folder / tree / "typescript").is_dir():
            command = [tsc, "--noEmit", "-p", f"{tree}/typescript"]
            yield from (("tsc", line) for line in said(command, folder))


def check(made: list[Made], folder: Path, tsc: str | None) -> Counter[str]:
    """Check the trees, tell the faults by document, and return how many trees have some."""
    trees = {one.tree: one.document for one in made if one.outcome == "generated"}
    found: dict[tuple[str, str], list[str]] = {}
    for name, line in faults(list(trees), folder, tsc):
        match = re.match(r"(?:Would reformat: )?(d\d+)/", line)
        if match:
            found.setdefault((match[1], name), []).append(line.partition("/")[2])
        elif name == "mypy" and "error" in line and not line.startswith("Found"):
            found.setdefault(("", name), []).append(line)
    counts: Counter[str] = Counter()
    for (tree, name), lines in sorted(found.items()):
        counts[name] += 1
        tell(f"{name:10}{trees.get(tree, '?')} ({tree}): {len(lines)}")
        tell(*(f"          {line[:240]}" for line in lines[:FEW]))
    return counts


def tell(*lines: str) -> None:
    """Print lines at once, because the next ones take minutes."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def main() -> int:
    """Generate and check; return 1 when anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("documents", nargs="*")
    parser.add_argument("--keep", type=Path, help="a folder in which the trees stay")
    parser.add_argument("--tsc", default=shutil.which("tsc"), help="the TypeScript compiler")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--unchecked", action="store_true", help="generate only")
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = (given.keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        chosen = list(documents(given.folder.absolute(), given.documents))
        names = [str(file.relative_to(given.folder.absolute())) for file, _ in chosen]
        trees = [folder / f"d{index:03}" for index in range(len(chosen))]
        with ProcessPoolExecutor(given.jobs) as pool:
            made = list(pool.map(make, *zip(*chosen, strict=True), names, trees) if chosen else ())
        for one in made:
            if one.outcome != "generated":
                tell(f"{one.outcome:10}{one.document}: {one.why}")
        (folder / "made.json").write_text(
            json.dumps([(one.document, one.tree, one.outcome, one.omissions) for one in made])
        )
        tsc = None if given.tsc is None else str(Path(given.tsc).absolute())
        counts: Counter[str] = Counter()
        if not given.unchecked:
            counts = check(made, folder, tsc)
    outcomes = Counter(one.outcome for one in made)
    tell(f"{len(made)} documents: {json.dumps(outcomes)}; trees with faults: {json.dumps(counts)}")
    return 1 if outcomes["traceback"] or counts else 0


if __name__ == "__main__":
    raise SystemExit(main())
