"""The command `slipway`: each process alone, all of them as one, and the operator's tools."""

import json
from collections.abc import Sequence
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.table import Table

from backbone.database.availability import server_message
from backbone.errors import DatabaseUnavailable, SettingsError
from backbone.settings import Settings, load_settings
from slipway.dead_letters import (
    QUEUES,
    DeadLetter,
    UnknownDeadLetterError,
    UnroutedDeadLetterError,
    browse,
    requeue,
)
from slipway.demo import DemoError
from slipway.listening import PortTakenError
from slipway.run_file import NotRunningError
from slipway.run_file import read as read_run

app = typer.Typer(
    help="Order hosting environments and watch them being built.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
dead_letters = typer.Typer(help="Messages that failed their contract.", no_args_is_help=True)
app.add_typer(dead_letters, name="dead-letters")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 chooses a free one.")]


@app.command()
def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make the demo team, with a new password.")
    ] = False,
) -> None:
    """Run everything behind one origin, on the services that are named or on embedded ones."""
    from slipway.composition import run_up  # noqa: PLC0415 - the other commands start without it

    run_up(load_settings(), host=host, port=port, demo=demo)


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End when the job is over; status 0 if it completed.")
    ] = False,
    shortdomain: Annotated[
        str | None,
        typer.Option(help="Name to order, such as fail-quota-1 or slow-1; made up by default."),
    ] = None,
) -> None:
    """Run everything, order an environment, show its progress, and keep running."""
    from slipway.composition import run_demo  # noqa: PLC0415 - as above

    raise typer.Exit(
        run_demo(load_settings(), host=host, port=port, once=once, shortdomain=shortdomain)
    )


@app.command()
def service(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the HTTP service alone."""
    from slipway.processes import run_service  # noqa: PLC0415 - as above

    run_service(load_settings(), host=host, port=port)


@app.command()
def gateway(
    host: Host = "127.0.0.1",
    port: Port = 8001,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that share the port, each with its own queue.")
    ] = 1,
) -> None:
    """Run the event gateway alone."""
    from slipway.processes import run_gateway  # noqa: PLC0415 - as above

    run_gateway(load_settings(), host=host, port=port, workers=workers)


@app.command()
def relay() -> None:
    """Run the relay, the reaper and the trimming of history; one of several is active."""
    from slipway.processes import run_relay  # noqa: PLC0415 - as above

    run_relay(load_settings())


@app.command()
def worker(
    *,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End when standard input closes.")
    ] = False,
) -> None:
    """Run a Celery worker for the job queues."""
    from slipway.processes import run_worker  # noqa: PLC0415 - as above

    run_worker(load_settings(), with_parent=with_parent)


@app.command()
def simulator(
    host: Host = "127.0.0.1",
    port: Port = 8090,
    latency: Annotated[float, typer.Option(min=0, help="Seconds that each call takes.")] = 0.0,
) -> None:
    """Run the simulator of the provider's API alone."""
    from slipway.processes import run_simulator  # noqa: PLC0415 - as above

    run_simulator(load_settings(), host=host, port=port, latency=latency)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from backbone.database.migrate import upgrade  # noqa: PLC0415 - as above

    anyio.run(upgrade, load_settings().sql_url)


def _broker(settings: Settings) -> str:
    """The broker's URL: the configured one, else that of the `slipway up` of this home."""
    url = settings.amqp_url or read_run(settings.slipway_home).amqp_url
    if url is None:
        raise NotRunningError("the running stack has no broker; set RABBITMQ_URL")
    return url


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Queue = Annotated[str, typer.Argument(help=" or ".join(QUEUES), metavar="QUEUE")]


@dead_letters.command("list")
def list_dead_letters(*, as_json: AsJson = False) -> None:
    """List what failed its contract, and why."""
    found = anyio.run(browse, _broker(load_settings()))
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


@dead_letters.command("show")
def show_dead_letter(
    queue: Queue, number: Annotated[int, typer.Argument(help="As listed.")]
) -> None:
    """Show one dead letter whole, as JSON."""
    found = anyio.run(browse, _broker(load_settings()), [queue])
    typer.echo(json.dumps(_numbered(found, queue, number).summary(), indent=2))


def _numbered(found: Sequence[DeadLetter], queue: str, number: int) -> DeadLetter:
    for letter in found:
        if letter.number == number:
            return letter
    raise UnknownDeadLetterError(
        f"{queue} holds {len(found)} dead letters; there is no number {number}"
    )


@dead_letters.command("requeue")
def requeue_dead_letters(
    queue: Queue,
    numbers: Annotated[list[int] | None, typer.Argument(help="As listed.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Send dead letters to where they came from."""
    if bool(numbers) == every:
        raise typer.BadParameter("name the numbers to send again, or say --all")
    sent = anyio.run(requeue, _broker(load_settings()), queue, None if every else numbers)
    typer.echo(f"{len(sent)} sent again.")


ERRORS = (
    DemoError,
    SettingsError,
    NotRunningError,
    PortTakenError,
    UnknownDeadLetterError,
    UnroutedDeadLetterError,
)


@app.command()
def settings() -> None:
    """Print the reference of all settings, as Markdown."""
    from slipway.settings_page import settings_page  # noqa: PLC0415 - as above

    typer.echo(settings_page(), nl=False)


def main() -> int:
    """Run the command; what a user can mend is told without a traceback, with status 2."""
    try:
        app()
    except ERRORS as error:
        told = str(error)
    except DatabaseUnavailable as error:
        why = server_message(error)
        told = (
            f"the database that DATABASE_URL names does not answer{f' ({why})' if why else ''}; "
            "start it or correct the variable (`slipway up` and `slipway demo` use SQLite "
            "without it)"
        )
    else:
        return 0
    typer.secho(f"slipway: {told}", fg=typer.colors.RED, err=True)
    return 2
