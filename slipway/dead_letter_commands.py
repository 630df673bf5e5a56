"""`slipway dead-letters list`, `show` and `requeue`."""

import json
from collections.abc import Sequence
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.table import Table

from backbone.settings import Settings, load_settings
from slipway.dead_letters import QUEUES, DeadLetter, UnknownDeadLetterError, browse, requeue
from slipway.run_file import broker_url

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Queue = Annotated[str, typer.Argument(help=" or ".join(QUEUES), metavar="QUEUE")]


def _dead_queue(settings: Settings, name: str) -> str:
    """Return a dead-letter queue's configured name, given the contract's name or its own."""
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


@app.command("requeue")
def requeue_dead_letters(
    queue: Queue,
    numbers: Annotated[list[int] | None, typer.Argument(help="As listed.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Send dead letters to where they came from."""
    if bool(numbers) == every:
        raise typer.BadParameter("name the numbers to send again, or say --all")
    settings = load_settings()
    name = _dead_queue(settings, queue)
    sent = anyio.run(requeue, broker_url(settings), name, None if every else numbers)
    typer.echo(f"{len(sent)} sent again.")
