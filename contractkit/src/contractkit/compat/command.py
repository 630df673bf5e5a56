"""`contractkit diff OLD NEW`: is NEW compatible? Exit 0: yes, 1: breaking, 2: undecided.

`contractkit release` stores a version's documents, `contractkit record` its payloads; later
versions are compared with both. Each command imports what it needs when it runs.
"""

import gc
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from contractkit.arguments import ComparingCommand
from contractkit.compat.report import SHAPES, Shape, report
from contractkit.errors import UsageError

GARBAGE = 200_000
"""How many new objects a command may make before the garbage collector runs."""

REVISION = "A file, a folder or a git revision. Without it: the working tree."


@click.command(cls=ComparingCommand)
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "-f",
    "--format",
    "shape",
    type=click.Choice(SHAPES),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option(
    "--write",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a report to a file too; repeatable.",
)
@click.option("--all", "everything", is_flag=True, help="Show harmless changes as well.")
@click.option(
    "--exact",
    is_flag=True,
    help="Compare with OLD itself, not with the merge base of OLD and HEAD.",
)
@click.option(
    "--tags",
    type=click.IntRange(min=0),
    help="How many of the last tags transitive modes compare with, in addition to releases.",
)
@click.option(
    "--today",
    metavar="DATE",
    help="The date by which sunsets and waivers are judged, as 2026-12-31.",
)
def diff(
    old: str | None,
    new: str | None,
    *,
    shape: Shape,
    write: tuple[str, ...],
    everything: bool,
    exact: bool,
    tags: int | None,
    today: str | None,
) -> None:
    """Report whether a change of the contracts breaks someone: exit 0 no, 1 yes, 2 undecided.

    OLD is a file, a folder or a git revision. A branch means its merge base with HEAD.
    Without OLD: the default branch.

    NEW is a file, a folder or a git revision. Without it: the working tree.
    """
    # Few reference cycles become garbage before the command ends, but searching a large document
    # and the imported modules for them costs a fifth of the time.
    gc.set_threshold(GARBAGE)
    from contractkit.compat.options import read_diff_options
    from contractkit.compat.outcome import judge, open_revisions
    from contractkit.compat.report.text import write_text
    from contractkit.compat.revisions import Repository

    options = read_diff_options(Path.cwd())
    if tags is not None:
        options = replace(options, tags=tags)
    day = _day(today)
    targets = [_target(text) for text in write]
    repository = Repository(options.root, options.openapi, options.asyncapi)
    first, second, older = open_revisions(repository, options, old, new, exact=exact)
    own = old is None or repository.is_commit(old)
    outcome = judge(first, second, options, day, older, own=own)
    for form, path in targets:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report(form, outcome, everything), encoding="utf-8")
    if shape == "text":
        write_text(outcome, everything=everything)
    else:
        sys.stdout.write(report(shape, outcome, everything))
    raise click.exceptions.Exit(outcome.status)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--today {text!r} is not a date. Write it as 2026-12-31.") from error


def _target(text: str) -> tuple[Shape, Path]:
    name, _, path = text.partition("=")
    for shape in SHAPES:
        if name == shape and path:
            return shape, Path(path)
    raise UsageError(f"--write {text!r}: write FORMAT=FILE, with one of {', '.join(SHAPES)}.")


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path), default=Path("contract-tests/recordings")
)
@click.option("--revision", help=REVISION)
@click.option(
    "--replace", "replace_it", is_flag=True, help="Record a version again that is not released."
)
def record(folder: Path, *, revision: str | None, replace_it: bool) -> None:
    """Store a version's contract and payloads, to test later versions with them.

    FOLDER is where recordings are kept.
    """
    from contractkit.compat.options import read_diff_options
    from contractkit.compat.recording import record as write_recording
    from contractkit.compat.revisions import Repository

    options = read_diff_options(Path.cwd())
    repository = Repository(options.root, options.openapi, options.asyncapi)
    opened = repository.open(revision) if revision else repository.working_tree()
    target = write_recording(opened.contract, folder, replace=replace_it)
    click.echo(f"Recorded {target}.")


@click.command()
@click.option("--revision", help=REVISION)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where releases are stored, if not where configured.",
)
@click.option(
    "--replace", "replace_it", is_flag=True, help="Store a version again that is not released."
)
def release(*, revision: str | None, folder: Path | None, replace_it: bool) -> None:
    """Store the bundled documents of a version, to compare later versions with them."""
    from contractkit.compat.options import read_diff_options
    from contractkit.compat.releases import store
    from contractkit.compat.revisions import Repository

    options = read_diff_options(Path.cwd())
    repository = Repository(options.root, options.openapi, options.asyncapi)
    opened = repository.open(revision) if revision else repository.working_tree()
    place = folder or options.root / options.releases
    for stored in store(opened.contract, place, replace=replace_it):
        click.echo(f"{'Stored' if stored.written else 'Stored already:'} {stored.path}.")
