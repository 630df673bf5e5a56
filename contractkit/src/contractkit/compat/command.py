"""`contractkit diff OLD NEW`: does it break someone? Exit 0 no, 1 yes, 2 cannot tell.

`contractkit release` stores a version's documents, `contractkit record` what travels under it, to
hold later ones against both. Each command imports what it needs when it runs.
"""

import gc
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from contractkit.errors import UsageError

GARBAGE = 200_000
"""How many new objects a command may make before garbage is looked for."""


class Format(Enum):
    """The shapes of a report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    CHANGELOG = "changelog"


Old = Annotated[
    str | None,
    typer.Argument(
        metavar="OLD",
        help="A file, a folder or a git revision. A branch means the commit where the present work "
        "left it. Without OLD: the default branch.",
    ),
]
New = Annotated[
    str | None,
    typer.Argument(
        metavar="NEW", help="A file, a folder or a git revision. Without it: the working tree."
    ),
]


def diff(  # noqa: PLR0917 (the options of a command line have names)
    old: Old = None,
    new: New = None,
    report: Annotated[Format, typer.Option("--format", "-f", help="What to print.")] = Format.TEXT,
    write: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="Write a report to a file too; repeatable."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show harmless changes as well.")
    ] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="Compare with OLD itself, not with the merge base.")
    ] = False,
    tags: Annotated[
        int | None,
        typer.Option(min=0, help="Against how many tags transitive modes hold beside releases."),
    ] = None,
    today: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day for sunsets and waivers.")
    ] = None,
) -> None:
    """Tell whether a change of the contracts breaks someone: 0 no, 1 yes, 2 cannot tell."""
    from contractkit.compat.options import read_diff_options
    from contractkit.compat.outcome import judge, open_revisions
    from contractkit.compat.report import FORMATS, write_text
    from contractkit.compat.revisions import Repository

    # Nothing much becomes garbage in circles before the command ends, but looking for it in a
    # large document costs a fifth of the time.
    gc.set_threshold(GARBAGE)
    options = read_diff_options(Path.cwd())
    if tags is not None:
        options = replace(options, tags=tags)
    day = _day(today)
    targets = [_target(text) for text in write or ()]
    repository = Repository(options.root, options.openapi, options.asyncapi)
    first, second, older = open_revisions(repository, options, old, new, exact=exact)
    own = old is None or repository.is_commit(old)
    outcome = judge(first, second, options, day, older, own=own)
    for shape, path in targets:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FORMATS[shape](outcome, everything), encoding="utf-8")
    if report is Format.TEXT:
        write_text(outcome, everything=everything)
    else:
        sys.stdout.write(FORMATS[report.value](outcome, everything))
    raise typer.Exit(outcome.status)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--today {text!r} is no date. Write it as 2026-12-31.") from error


def _target(text: str) -> tuple[str, Path]:
    shape, separator, path = text.partition("=")
    known = ", ".join(one.value for one in Format)
    if not separator or shape not in {one.value for one in Format} or not path:
        raise UsageError(f"--write {text!r}: write FORMAT=FILE, with one of {known}.")
    return shape, Path(path)


def record(
    folder: Annotated[Path, typer.Argument(help="Where recordings are kept.")] = Path(
        "contract-tests/recordings"
    ),
    revision: Annotated[
        str | None, typer.Option(help="A file, a folder or a git revision, as a release tag.")
    ] = None,
    replace_it: Annotated[
        bool, typer.Option("--replace", help="Record a version again that is not released.")
    ] = False,
) -> None:
    """Keep a version's contract and payloads, to try later versions on them."""
    from contractkit.compat.options import read_diff_options
    from contractkit.compat.recording import record as write_recording
    from contractkit.compat.revisions import Repository

    options = read_diff_options(Path.cwd())
    repository = Repository(options.root, options.openapi, options.asyncapi)
    opened = repository.open(revision) if revision else repository.working_tree()
    target = write_recording(opened.contract, folder, replace=replace_it)
    typer.echo(f"Recorded {target}.")


def release(
    revision: Annotated[
        str | None,
        typer.Option(help="A file, a folder or a git revision. Without it: the working tree."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where releases are stored, if not where configured.")
    ] = None,
    replace_it: Annotated[
        bool, typer.Option("--replace", help="Store a version again that is not released.")
    ] = False,
) -> None:
    """Store the bundled documents of a version, to hold all later ones against them."""
    from contractkit.compat.options import read_diff_options
    from contractkit.compat.releases import store
    from contractkit.compat.revisions import Repository

    options = read_diff_options(Path.cwd())
    repository = Repository(options.root, options.openapi, options.asyncapi)
    opened = repository.open(revision) if revision else repository.working_tree()
    place = folder or options.root / options.releases
    for stored in store(opened.contract, place, replace=replace_it):
        typer.echo(f"{'Stored' if stored.written else 'Stored already:'} {stored.path}.")
