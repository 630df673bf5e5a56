"""The command `slipway`: each process alone, all of them as one, and the operator's tools."""

import json
from collections.abc import Sequence
from typing import Annotated

import anyio
import typer
from aio_pika.exceptions import AMQPError
from rich.console import Console
from rich.table import Table

from backbone.database.availability import server_message
from backbone.errors import BusinessError, DatabaseUnavailable, SettingsError
from backbone.http.listening import PortTakenError
from backbone.settings import Settings, load_settings
from backbone.topology.difference import TopologyMismatch
from slipway.admin.app import admin
from slipway.admin.password_input import PasswordInputError, secret
from slipway.admin.people import NotTheFirstError
from slipway.amqp import JournalError
from slipway.dead_letters import (
    QUEUES,
    DeadLetter,
    UnknownDeadLetterError,
    UnroutedDeadLetterError,
    browse,
    requeue,
)
from slipway.demo import DemoError
from slipway.home import HomeError
from slipway.run_file import NotRunningError, broker_url
from slipway.run_file import read as read_run
from slipway.simulator import StateFileError
from slipway.topology import TopologyNotAppliedError
from slipway.topology_commands import app as topology

app = typer.Typer(
    help="Order hosting environments and watch them being built.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
dead_letters = typer.Typer(help="Messages that failed their contract.", no_args_is_help=True)
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(admin, name="admin")
app.add_typer(topology, name="topology")

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
    simulator: Annotated[
        bool,
        typer.Option(
            "--simulator", help="Build at the simulator, though broker and database are real."
        ),
    ] = False,
) -> None:
    """Run everything behind one origin, on the services that are named or on embedded ones."""
    from slipway.composition import run_up  # noqa: PLC0415 - the other commands start without it

    run_up(load_settings(), host=host, port=port, demo=demo, simulator=simulator)


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
    *,
    control: Annotated[
        bool | None,
        typer.Option(
            help="Serve the API that scripts and resets it, to everybody who reaches the port; "
            "by default on loopback addresses only."
        ),
    ] = None,
) -> None:
    """Run the simulator of the provider's API alone."""
    from slipway.processes import run_simulator  # noqa: PLC0415 - as above

    own = host in {"127.0.0.1", "::1", "localhost"} if control is None else control
    run_simulator(load_settings(), host=host, port=port, latency=latency, control=own)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from backbone.database.migrate import upgrade  # noqa: PLC0415 - as above

    anyio.run(upgrade, load_settings().sql_url)


@app.command()
def restored() -> None:
    """Renew the epochs of all event logs: run it after the database was restored or lost commits.

    Gateways and browsers that know events of the lost future are then told `reset`.
    """
    from slipway.processes import run_restored  # noqa: PLC0415 - as above

    count = anyio.run(run_restored, load_settings())
    typer.echo(f"{count} event logs have a new epoch.")


@app.command()
def token(
    email: Annotated[
        str | None, typer.Option(help="Who signs in; by default the demo team's member.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="The origin; by default that of the running `slipway up`.")
    ] = None,
) -> None:
    """Sign in and print the session's token, for `Authorization: Bearer`."""
    from slipway.demo import Credentials, session_token  # noqa: PLC0415 - as above

    run = None if email and base_url else read_run(load_settings().slipway_home)
    if email is None and run is not None and run.demo_email and run.demo_password:
        credentials = Credentials(run.demo_email, run.demo_password)
    else:
        email = email or typer.prompt("E-mail", err=True)
        credentials = Credentials(email, secret("Password"))
    origin = base_url or (run.base_url if run else "")
    typer.echo(anyio.run(session_token, origin, credentials))


def _dead_queue(settings: Settings, name: str) -> str:
    """Return configured name of a dead-letter queue, given by the contract's name or its own."""
    return settings.topology().queue(name).name if name in QUEUES else name


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Queue = Annotated[str, typer.Argument(help=" or ".join(QUEUES), metavar="QUEUE")]


@dead_letters.command("list")
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


@dead_letters.command("show")
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
    settings = load_settings()
    name = _dead_queue(settings, queue)
    sent = anyio.run(requeue, broker_url(settings), name, None if every else numbers)
    typer.echo(f"{len(sent)} sent again.")


ERRORS = (
    HomeError,
    JournalError,
    StateFileError,
    BusinessError,
    DemoError,
    NotTheFirstError,
    PasswordInputError,
    SettingsError,
    NotRunningError,
    TopologyMismatch,
    TopologyNotAppliedError,
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
    except DatabaseUnavailable as error:
        why = server_message(error)
        told = (
            f"the database that DATABASE_URL names does not answer{f' ({why})' if why else ''}; "
            "start it or correct the variable (`slipway up` and `slipway demo` use SQLite "
            "without it)"
        )
    except ERRORS as error:
        told = str(error)
    except (AMQPError, ConnectionError) as error:
        told = (
            "the broker that RABBITMQ_URL names does not answer as it should "
            f"({type(error).__name__}); start it or correct the variable"
        )
    else:
        return 0
    typer.secho(f"slipway: {told}", fg=typer.colors.RED, err=True)
    return 2
