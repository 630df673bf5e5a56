"""`slipway dead-letters list`, `show`, `requeue` and `drop`."""

import json
from collections.abc import Sequence
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.table import Table

from backbone.settings import Settings, load_settings
from slipway.dead_letters import (
    QUEUES,
    Choice,
    DeadLetter,
    UnknownDeadLetterError,
    browse,
    drop,
    requeue,
)
from slipway.run_file import broker_url

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Queue = Annotated[str, typer.Argument(help=" or ".join(QUEUES), metavar="QUEUE")]


def _dead_queue(settings: Settings, name: str) -> str:
    """Return configured name of a dead-letter queue, given by the contract's name or its own."""
    return settings.topology().queue(name).name if name in QUEUES else name


@app.command("list")
def list_dead_letters(*, as_json: AsJson = False) -> None:
    """List what failed its contract, and why."""
    settings = load_settings()
    queues = [_dead_queue(settings, name) for name in QUEUES]
    found = anyio.run(browse, broker_url(settings), queues)
    if as_json:
        typer.echo(json.dumps([letter.summary() for letter in found], indent=2))
        return
    if not found:
        typer.echo("No dead letters.")
        return
    table = Table("queue", "number", "rule", "at", "routing key", "detail", box=None)
    for letter in found:
        table.add_row(
            letter.queue,
            str(letter.number),
            letter.rule,
            letter.pointer,
            letter.routing_key,
            letter.detail,
        )
    Console().print(table)


@app.command("show")
def show_dead_letter(
    queue: Queue, number: Annotated[int, typer.Argument(help="As listed.")]
) -> None:
    """Show one dead letter whole, as JSON."""
    settings = load_settings()
    queue = _dead_queue(settings, queue)
    found = anyio.run(browse, broker_url(settings), [queue])
    typer.echo(json.dumps(_numbered(found, queue, number).summary(), indent=2))


def _numbered(found: Sequence[DeadLetter], queue: str, number: int) -> DeadLetter:
    for letter in found:
        if letter.number == number:
            return letter
    raise UnknownDeadLetterError(
        f"{queue} holds {len(found)} dead letters; there is no number {number}"
    )


Numbers = Annotated[list[int] | None, typer.Argument(help="As listed.")]
Every = Annotated[bool, typer.Option("--all", help="All of them.")]
Reason = Annotated[
    str | None, typer.Option("--reason", help="All that broke this rule, as listed.")
]


@app.command("requeue")
def requeue_dead_letters(
    queue: Queue, numbers: Numbers = None, *, reason: Reason = None, every: Every = False
) -> None:
    """Send dead letters to where they came from."""
    choice = _choice(numbers, reason, every=every)
    settings = load_settings()
    sent = anyio.run(requeue, broker_url(settings), _dead_queue(settings, queue), choice)
    typer.echo(f"{len(sent)} sent again.")


@app.command("drop")
def drop_dead_letters(
    queue: Queue,
    numbers: Numbers = None,
    *,
    reason: Reason = None,
    every: Every = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Drop dead letters for good; what they were sent for will not be done."""
    choice = _choice(numbers, reason, every=every)
    settings = load_settings()
    name = _dead_queue(settings, queue)
    if not yes:
        found = anyio.run(browse, broker_url(settings), [name])
        count = sum(choice.has(letter) for letter in found)
        typer.confirm(f"Drop {count} dead letters of {name} for good?", abort=True)
    dropped = anyio.run(drop, broker_url(settings), name, choice)
    typer.echo(f"{len(dropped)} dropped.")


def _choice(numbers: list[int] | None, reason: str | None, *, every: bool) -> Choice:
    """Return which letters are meant. Raises BadParameter unless it is said in one way."""
    if [bool(numbers), reason is not None, every].count(True) != 1:
        raise typer.BadParameter("name the numbers, or say --reason RULE, or --all")
    return Choice(numbers or None, reason)
