"""The file that `slipway archive` appends to: one process at a time, behind the last whole job."""

import fcntl
import json
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from backbone.database.tables import events, job_logs
from backbone.retention.rows import FIRST_ROW, RowCursor

_JOB = f'{{"table":"{job_logs.name}",'.encode()
_EVENT = f'{{"table":"{events.name}",'.encode()


class ArchiveFileError(RuntimeError):
    """The file can't be gone on with; the text says why."""


@contextmanager
def archive_file(path: Path) -> Iterator[tuple[TextIO, RowCursor]]:
    """Open a file to append to, made if needed; gives the place of the last job in it, too.

    What is behind the last whole job, of a run that was cut off, is taken away.

    Raises:
        ArchiveFileError: it can't be written, is no archive of jobs, or another process writes it.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, mode=0o600)
    except OSError as error:
        raise ArchiveFileError(f"cannot write {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ArchiveFileError(f"another process writes {path}") from None
        size, place = _whole(descriptor, path)
        os.ftruncate(descriptor, size)
        yield file, place


def _whole(descriptor: int, path: Path) -> tuple[int, RowCursor]:
    """Return where the last whole job ends in the file, and its place."""
    if os.fstat(descriptor).st_size == 0:
        return 0, FIRST_ROW
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as text:
        if not text[: len(_EVENT)] == _EVENT and not text[: len(_JOB)] == _JOB:
            raise ArchiveFileError(f"{path} has something else in it; choose another file")
        end = text.rfind(b"\n") + 1
        while end > 0:
            begin = text.rfind(b"\n", 0, end - 1) + 1
            if text[begin : begin + len(_JOB)] == _JOB:
                row = json.loads(text[begin:end])["row"]
                return end, RowCursor(row["ended_at"], row["id"])
            end = begin
    return 0, FIRST_ROW
