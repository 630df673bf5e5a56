"""`slipway archive`: what it takes, in words; the work is in `slipway.processes.archive`."""

from pathlib import Path
from typing import Annotated

import anyio
import typer

DAY_SECONDS = 86_400.0


def archive(
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="File to append to, behind the last whole job in it. By default standard output.",
        ),
    ] = None,
    days: Annotated[
        float | None,
        typer.Option(
            metavar="DAYS",
            min=0,
            help="Only jobs that ended so many days ago or earlier. "
            "By default JOBS_RETENTION_SECONDS.",
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE", help="With standard output: go on there, as the former run told."
        ),
    ] = None,
) -> None:
    """Write ended jobs as JSON lines, each behind its events. Delete nothing.

    The oldest come first. A line is {"table": "events", "row": {...}}, or
    the same of "job_logs". Run it again with the same file, also after it
    was cut off, and it adds what is missing; no job comes twice.

    Jobs are deleted after JOBS_RETENTION_SECONDS, and events after
    EVENTS_RETENTION_SECONDS: every night with --days 1 it catches both.
    To write jobs and environments, without events, just before they are
    deleted, set ARCHIVE_FOLDER instead.
    """
    from backbone.settings import load_settings
    from slipway.processes.archive import place_of, run_archive

    if to is not None and after is not None:
        raise typer.BadParameter("the file tells where to go on", param_hint="--after")
    try:
        behind = {} if after is None else {"after": place_of(after)}
    except ValueError:
        raise typer.BadParameter("no place is written so", param_hint="--after") from None
    older_than = None if days is None else days * DAY_SECONDS

    async def run() -> str:
        return await run_archive(load_settings(), to, older_than=older_than, **behind)

    typer.echo(anyio.run(run), err=True)
