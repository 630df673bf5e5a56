"""Writes rows as JSON lines, `{"table": …, "row": {…}}` for each, such as those to be deleted.

A batch is on the disk before the transaction that deletes it commits. So a row may be in the
archive twice, when the process ended in between; none is missing.
"""

import asyncio
import json
import os
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TextIO


class Archive(Protocol):
    """Where rows go."""

    async def write(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep the rows; raises OSError when that fails, and then nothing may be deleted."""


def line(table: str, row: Mapping[str, Any]) -> str:
    """Return a row as a line, without what is null."""
    told = {name: value for name, value in row.items() if value is not None}
    return json.dumps({"table": table, "row": told}, ensure_ascii=False, separators=(",", ":"))


def append(file: TextIO, lines: str) -> None:
    """Write lines and wait until they are on the disk, if the file is on one."""
    file.write(lines)
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fsync(file.fileno())


class ArchiveFolder:
    """A file per table and month in `folder`, readable by its owner only; made when needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def write(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append the rows and wait until they are on the disk."""
        lines = "".join(line(table, row) + "\n" for row in rows)
        await asyncio.to_thread(self._append, f"{table}-{time.strftime('%Y-%m')}.jsonl", lines)

    def _append(self, name: str, lines: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(
            self._folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, mode=0o600
        )
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            append(file, lines)
