"""Stored releases: the documents of each released version, bundled, in the repository itself.

They need no tags and no history, so that later versions can be compared with them in shallow
clones and without git. A release is written once and never changed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contractkit.compat.versions import numbers, precedence
from contractkit.errors import UsageError
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree

OPENAPI, ASYNCAPI = "openapi.json", "asyncapi.json"
FOLDER = "releases"
"""The folder beside the documents, unless `[tool.contractkit.diff] releases` names another."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a release; `written` is False when it existed with the same content."""

    path: Path
    written: bool


def default_folder(openapi: str | None, asyncapi: str | None) -> str:
    """Return the default folder of releases, beside the documents."""
    document = openapi or asyncapi or ""
    parent = document.rpartition("/")[0]
    return f"{parent}/{FOLDER}" if parent else FOLDER


def store(contract: Contract, folder: Path, *, replace: bool = False) -> list[Stored]:
    """Write the documents of a contract below `folder`, each under its own version.

    Raises UsageError when a version is stored with another content, unless `replace`.
    """
    texts = dict(_texts(contract, folder))
    if not texts:
        raise UsageError("There is neither an OpenAPI nor an AsyncAPI document to store.")
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") != text and not replace:
            raise UsageError(
                f"{path} is stored already, with another content. Raise info.version; or give "
                "--replace while this version is not released."
            )
    return [_write(path, text) for path, text in texts.items()]


def _texts(contract: Contract, folder: Path) -> Iterator[tuple[Path, str]]:
    from contractkit.generator.bundle import bundle  # noqa: PLC0415 (comparing does not need it)

    for described, name in ((contract.http, OPENAPI), (contract.messaging, ASYNCAPI)):
        if described is not None:
            version = described.version
            if numbers(version) is None:
                raise UsageError(
                    f"{described.location.file}: info.version {version!r} is not a semantic "
                    "version. "
                    "Write it as 1.2.3; releases are compared by it."
                )
            document = bundle(contract.documents, described.location.file)
            yield folder / version / name, _text(document)


def _text(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> Stored:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return Stored(path, written=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Stored(path, written=True)


def versions(folder: Path) -> list[str]:
    """Return the stored versions, newest first; a pre-release is older than its release."""
    if not folder.is_dir():
        return []
    found = [
        (order, place.name)
        for place in folder.iterdir()
        if (order := precedence(place.name))
        and any((place / name).is_file() for name in (OPENAPI, ASYNCAPI))
    ]
    return [name for _, name in sorted(found, reverse=True)]


def read_release(root: Path, folder: Path, version: str) -> Contract:
    """Return the contract of a stored version. Places in it are relative to `root`."""
    inside = folder.resolve().is_relative_to(root.resolve())
    base = root if inside else folder
    place = folder.resolve().relative_to(base.resolve()) / version
    files = [
        (place / name).as_posix() if (base / place / name).is_file() else None
        for name in (OPENAPI, ASYNCAPI)
    ]
    return read_contract(FolderTree(base), openapi=files[0], asyncapi=files[1])
