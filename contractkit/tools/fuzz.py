"""Breaks documents at random and generates from them: no input may give a traceback.

    python tools/fuzz.py --seconds 60 [--seed 1] [FOLDER_OF_DOCUMENTS …]

Each round takes a document of tests/ (or of the folders), changes up to eight places in it, then
reads, lints and generates it, and imports every module that came of it. A document is written to
`fuzz-<seed>-<round>.json` with a traceback, and the exit status is 1, when

- anything fails other than by an error that the document's author can mend,
- or `lint` finds no error, and `generate` leaves something out,
- or a module can't be imported.

`--seconds` are of processor time, so that what else runs beside it takes nothing from it.
"""

import argparse
import importlib
import json
import os
import random
import resource
import sys
import traceback
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contractkit.errors import ContractKitError, DefectError, SpecError
from contractkit.generator.generate import generate
from contractkit.level import Level
from contractkit.lint.run import lint
from contractkit.options import Options
from contractkit.source import parse

HERE = Path(__file__).resolve().parents[1]
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**63, "", "x", "#", "#/", "#/components/schemas/Missing",
    "名前", "constructor", "a b", "{", "\\", '"""', "*/", "`${x}`", [], [None], {}, {"$ref": "#"},
    {"$ref": 5}, {"type": []}, {"enum": []}, {"pattern": "("}, ["a", {"b": []}],
)  # fmt: skip
WORDS = (
    "$ref", "type", "allOf", "oneOf", "anyOf", "not", "enum", "const", "items", "prefixItems",
    "properties", "required", "discriminator", "additionalProperties", "patternProperties",
    "default", "format", "pattern", "nullable", "readOnly", "writeOnly", "content", "schema",
    "headers", "payload", "address", "bindings", "messages", "reply", "traits", "security",
    "parameters", "explode", "style", "in", "name",
)  # fmt: skip


PRELOADED = (
    "fastapi", "faststream.rabbit", "celery", "jsonschema_rs", "pydantic", "aio_pika",
)  # fmt: skip
"""What generated code imports; imported once here."""

TREE = "generated"
MOST_TOLD = 4096

MEMORY = 4 * 2**30
"""How many bytes a document may take; one that wants more ends in a MemoryError, and is found."""

DEEP = 120
"""From how many levels on a document is not nested deeper: this program reads it, too."""


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a document."""
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        holder = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                pending.append(holder[key])
    return found


def change(document: Any, dice: random.Random) -> None:
    """Change one place."""
    known = places(document)
    if not known:
        return
    holder, key = dice.choice(known)
    other, other_key = dice.choice(known)
    match dice.randrange(7):
        case 0:
            holder[key] = deepcopy(dice.choice(ODD))
        case 1 if isinstance(holder, dict):
            del holder[key]
        case 2 if isinstance(holder, dict):
            holder[str(dice.choice((*WORDS, "x-a", "A b", "")))] = deepcopy(dice.choice(ODD))
        case 3:
            holder[key] = json.loads(json.dumps(other[other_key]))
        case 4 if isinstance(holder, dict):
            holder[dice.choice(WORDS)] = json.loads(json.dumps(other[other_key]))
        case 5 if levels(document) < DEEP:
            holder[key] = wrapped(holder[key], dice)
        case _ if isinstance(holder, dict):
            holder[f"{key}{dice.choice(('2', '_', ' ', 'É'))}"] = holder.pop(key)


def levels(value: Any) -> int:
    """Return how deep objects and lists are nested."""
    found, row = 0, [value]
    while row := [item for item in row if isinstance(item, dict | list)]:
        found += 1
        row = [v for item in row for v in (item.values() if isinstance(item, dict) else item)]
    return found


def wrapped(value: Any, dice: random.Random) -> Any:
    """Return a value within others, sometimes deeper than a file may be nested."""
    keyword = dice.choice(("items", "not", "allOf", "oneOf", "properties", "additionalProperties"))
    for _ in range(dice.choice((1, 2, 20, 60))):
        value = {keyword: [value] if keyword.endswith("Of") else value}
    return value


def seeds(folders: list[Path]) -> list[Any]:
    """Return the documents to begin with."""
    found: list[Any] = []
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".yaml", ".yml", ".json"} and "generated" not in file.parts:
                try:
                    value = parse(file.name, file.read_bytes()).value
                except SpecError:
                    continue
                if isinstance(value, dict) and {"openapi", "asyncapi"} & set(value):
                    found.append(value)
    return found


class FaultError(Exception):
    """What is wrong about a document's outcome."""


def attempt(document: Any, folder: Path) -> None:
    """Lint and generate a document, and import the code. Raises FaultError.

    Any other error is a fault, too.
    That the document's author is told what to mend is right.
    """
    (folder / "document.json").write_text(json.dumps(document))
    kind = "asyncapi" if "asyncapi" in document else "openapi"
    names = {"openapi": None, "asyncapi": None} | {kind: "document.json"}
    options = Options(folder, names["openapi"], names["asyncapi"], folder / TREE)
    errors = [violation for violation in lint(options) if violation.level is Level.ERROR]
    left_out: list[Any] = []
    try:
        left_out += generate(options).omissions
    except DefectError:
        raise
    except ContractKitError as error:
        left_out.append(error)
    if left_out and not errors:
        raise FaultError(f"lint has no error, but generate says: {left_out[0]}")
    if (folder / TREE).is_dir():
        import_all(folder)


def import_all(folder: Path) -> None:
    """Import all modules of the tree in a fork of this process. Raises FaultError."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            sys.path.insert(0, str(folder))
            for file in sorted((folder / TREE).rglob("*.py")):
                module = ".".join(file.relative_to(folder).with_suffix("").parts)
                if "package" not in file.relative_to(folder / TREE).parts[:1]:
                    importlib.import_module(module.removesuffix(".__init__"))
        except BaseException:  # noqa: BLE001 (whatever it is, the module can't be imported)
            os.write(writing, traceback.format_exc(limit=-4).encode()[:MOST_TOLD])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        failure = told.read().decode()
    os.waitpid(child, 0)
    if failure:
        raise FaultError(failure)


def main() -> int:
    """Fuzz for some seconds; return 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    dice = random.Random(given.seed)  # noqa: S311 (which documents are tried is no secret)
    for name in PRELOADED:
        importlib.import_module(name)
    documents = seeds(given.folders or [HERE / "tests"])
    rounds = failures = 0
    while sum(os.times()[:4]) < given.seconds:
        rounds += 1
        document = json.loads(json.dumps(dice.choice(documents)))
        for _ in range(dice.randint(1, 8)):
            change(document, dice)
        with TemporaryDirectory() as folder:
            try:
                attempt(document, Path(folder))
            except Exception:  # noqa: BLE001 (that is what is looked for)
                failures += 1
                file = Path(f"fuzz-{given.seed}-{rounds}.json")
                file.write_text(json.dumps(document, indent=1))
                sys.stdout.write(f"{file}\n{traceback.format_exc()}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{rounds} documents, {failures} faults\n")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
