"""The command `sse-conformance`."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sse_conformance import report, runner
from sse_conformance.cases import CASES
from sse_conformance.errors import TargetError
from sse_conformance.outcome import Outcome
from sse_conformance.target_file import load

FAILED = 1
UNUSABLE = 2
app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.command()
def run(  # noqa: PLR0917 - typer's options
    target: Annotated[Path, typer.Option(help="the target's file, TOML or Python")],
    only: Annotated[
        list[str] | None, typer.Option(help="cases whose id holds this; may be repeated")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write all outcomes here")
    ] = None,
    badge: Annotated[Path | None, typer.Option(help="write a Markdown page here")] = None,
    wait: Annotated[
        float, typer.Option(help="seconds after which a missing event counts as not coming")
    ] = runner.WAIT,
    quiet: Annotated[bool, typer.Option(help="no line per case")] = False,
) -> None:
    """Test a server against the standards and its claims.

    Status 0: it conforms. 1: a case failed. 2: the target cannot be used.
    """
    console = Console()

    def tell(outcome: Outcome) -> None:
        if not quiet:
            console.print(
                f"{outcome.status:8}{outcome.case.id}",
                style=report.COLOURS[outcome.status],
                highlight=False,
            )

    try:
        cases = runner.chosen(only or [])
        done = runner.run(load(target), cases, wait, tell)
    except TargetError as error:
        Console(stderr=True).print(f"sse-conformance: {error}", style="red", markup=False)
        raise typer.Exit(UNUSABLE) from error
    today = dt.datetime.now(tz=dt.UTC).date()
    report.print_table(done, console)
    if json_file:
        json_file.write_text(report.as_json(done, today), encoding="utf-8")
    if badge:
        badge.write_text(report.badge_page(done, today), encoding="utf-8")
    raise typer.Exit(0 if done.conforms else FAILED)


@app.command()
def cases() -> None:
    """List all cases with the source of their rule."""
    for case in CASES:
        typer.echo(f"{case.id}\n    {case.title}\n    {case.clause}")


@app.command()
def compare(
    files: Annotated[list[Path], typer.Argument(help="what --json wrote, one file a server")],
) -> None:
    """Print a Markdown table of several runs."""
    typer.echo(
        report.comparison([json.loads(file.read_text(encoding="utf-8")) for file in files]),
        nl=False,
    )


def main() -> None:
    """Run the command."""
    app()
