"""Recordings of a released contract: its documents and example payloads.

They are kept in the repository, so that later versions are tested with what earlier ones sent. A
recording is never changed after its release; recording a version again is refused.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contractkit.compat.payloads import examples, payloads
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.documents import Documents
from contractkit.errors import UsageError
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree

TRAFFIC = "traffic.jsonl"
CONTRACT = "contract"
PER_PAYLOAD = 5
"""How many values are recorded of each described payload."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded value and the key of the payload that it was recorded for."""

    key: str
    operation: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Recording:
    """One released version: its contract and its recorded payloads."""

    version: str
    contract: Contract
    traffic: tuple[Recorded, ...]


def record(contract: Contract, folder: Path, *, replace: bool = False) -> Path:
    """Write a recording below `folder`, named after the contract's version. Return its path."""
    version = _version(contract)
    target = folder / version
    if target.exists():
        if not replace:
            raise UsageError(
                f"{target} exists. Raise the version, or give --replace while {version} is "
                "not released.",
            )
        shutil.rmtree(target)
    for file in _files(contract.documents):
        place = target / CONTRACT / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(contract.documents.tree.read(file))
    lines = [json.dumps(line, sort_keys=True) for line in _lines(contract)]
    (target / TRAFFIC).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def _files(documents: Documents) -> list[str]:
    """Return all files of a contract: those loaded and the ones that they refer to."""
    pending, known = list(documents.files), set[str]()
    while pending:
        file = pending.pop()
        if file not in known:
            known.add(file)
            pending += [
                documents.tree.join(file, path)
                for path in _references(documents.source(file).value)
            ]
    return sorted(known)


def _references(value: Any) -> Iterator[str]:
    """Yield the files that `$ref`s in a value name."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and (path := reference.partition("#")[0]):
            yield path
    children = value.values() if isinstance(value, dict) else value
    for child in children if isinstance(value, (dict, list)) else ():
        yield from _references(child)


def _lines(contract: Contract) -> Iterator[dict[str, Any]]:
    schemas = SelfContainedSchemas()
    for payload in payloads(contract):
        for value in examples(payload, schemas, PER_PAYLOAD):
            yield {"key": payload.key, "operation": payload.operation, "payload": value}


def _version(contract: Contract) -> str:
    document = contract.http or contract.messaging
    if document is None or not document.version:
        raise UsageError("The contract has no version. Write info.version.")
    return document.version


def recordings(folder: Path) -> list[Recording]:
    """Return the recordings below a folder, in the order of their names."""
    if not folder.is_dir():
        return []
    places = sorted(place for place in folder.iterdir() if (place / TRAFFIC).is_file())
    return [_read(place) for place in places]


def _read(place: Path) -> Recording:
    root = place / CONTRACT
    openapi, asyncapi = (
        next((f.relative_to(root).as_posix() for f in sorted(root.rglob(f"{name}.*"))), None)
        for name in ("openapi", "asyncapi")
    )
    contract = read_contract(FolderTree(root), openapi=openapi, asyncapi=asyncapi)
    text = (place / TRAFFIC).read_text(encoding="utf-8")
    traffic = tuple(Recorded(**json.loads(line)) for line in text.splitlines() if line)
    return Recording(place.name, contract, traffic)
