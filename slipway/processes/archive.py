"""`slipway archive`: ended jobs as JSON lines, in a process that ends by itself."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console

from backbone.batches import paced
from backbone.database.availability import database_errors
from backbone.database.engine import create_engine
from backbone.retention.job_archive import JobArchive
from backbone.retention.rows import FIRST_ROW, RowCursor, ended_jobs
from backbone.retention.walk import Walk
from backbone.settings import Settings
from slipway.archive_file import archive_file

SETTLED_SECONDS = 60.0
"""A job that ended more recently is left to the next run: one that ended before it may still be
on its way into the database."""


async def run_archive(
    settings: Settings, path: Path | None, *, older_than: float | None, after: RowCursor = FIRST_ROW
) -> str:
    """Write jobs that ended `older_than` seconds ago or before; return a sentence.

    To standard output, behind `after`, when there is no path. Tells on standard error how far it
    is, if that is a terminal.

    Raises DatabaseUnavailable and ArchiveFileError.
    """
    age = settings.jobs_retention_seconds if older_than is None else older_than
    before = time.time() - max(age, SETTLED_SECONDS)
    engine = create_engine(settings.sql_url, pool_size=2, application="slipway-archive")
    try:
        with (
            database_errors(),
            _standard_output(after) if path is None else archive_file(path) as (out, place),
            Console(stderr=True).status("") as status,
        ):
            archive = JobArchive(engine, out, place)
            walk = Walk(
                engine, ended_jobs, before=before, after=place, archive=archive, delete=False
            )
            while not walk.over:
                await paced(walk.step())
                status.update(_progress(archive, before))
    finally:
        await engine.dispose()
    told = f"{archive.jobs:,} jobs with {archive.events:,} events are written."
    if path is None and archive.place != FIRST_ROW:
        told += f" Go on behind them with --after {archive.place.ended!r}:{archive.place.id}"
    return told


def place_of(text: str) -> RowCursor:
    """Read a place as `run_archive` tells it. Raises ValueError."""
    ended, _, job_id = text.partition(":")
    return RowCursor(float(ended), int(job_id))


@contextmanager
def _standard_output(after: RowCursor) -> Iterator[tuple[TextIO, RowCursor]]:
    # As UTF-8, whatever the terminal's language.
    with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as out:
        yield out, after


def _progress(archive: JobArchive, before: float) -> str:
    return (
        f"{archive.jobs:,} jobs, {archive.events:,} events; ended by {_day(archive.place.ended)}, "
        f"to do until {_day(before)}"
    )


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
