"""The command `slipway`: each process alone, all of them as one, and the operator's tools.

Each command imports what it needs when it runs: help and completion come at once, and a process
starts without what the others are made of.
"""

from typing import Annotated

import anyio
import typer

from backbone.memory import collect_rarely
from slipway.archive_command import archive
from slipway.lazy_group import lazy_group
from slipway.options import BaseUrl, Email, Host, Port, WithParent
from slipway.process_commands import gateway, relay, service, simulator, worker

app = typer.Typer(
    help="Order hosting environments and watch them being built.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _dead_letters() -> typer.Typer:
    from slipway.dead_letter_commands import app as commands

    return commands


def _admin() -> typer.Typer:
    from slipway.admin.app import admin

    return admin


def _smoke() -> typer.Typer:
    from slipway.smoke.commands import app as commands

    return commands


def _topology() -> typer.Typer:
    from slipway.topology_commands import app as commands

    return commands


for name, load, told in (
    ("dead-letters", _dead_letters, "Messages that failed their contract."),
    ("admin", _admin, "Administer teams, users and keys, on the database that the settings name."),
    ("smoke", _smoke, "One step of the delivery each, tried on a running system."),
    ("topology", _topology, "What the broker has beside what the contract wants."),
):
    app.add_typer(lazy_group(load, name=name, help=told))


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
    with_parent: WithParent = False,
) -> None:
    """Run everything behind one origin, on the services that are named or on embedded ones."""
    from backbone.settings import load_settings
    from slipway.parent import end_with_parent
    from slipway.start import run_up

    if with_parent:
        end_with_parent()
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
    from backbone.settings import load_settings
    from slipway.start import run_demo

    raise typer.Exit(
        run_demo(load_settings(), host=host, port=port, once=once, shortdomain=shortdomain)
    )


for command in (service, gateway, relay, worker, simulator):
    app.command()(command)


@app.command()
def probe(
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Ask whether it lives, not whether it is ready.")
    ] = False,
) -> None:
    """Ask the process at ADMIN_PORT how it is; status 1 when it is not well."""
    from backbone.settings import load_settings
    from slipway.probe import probe as ask

    well, told = ask(load_settings(), live=live)
    typer.echo(told)
    raise typer.Exit(0 if well else 1)


@app.command()
def top(
    at: Annotated[
        list[str] | None,
        typer.Option(
            help="Admin port of a process, such as http://10.0.0.5:9100; may be repeated. "
            "By default those of `slipway up` on this machine, by ADMIN_PORT."
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 2.0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Print it once and end.")] = False,
) -> None:
    """Show the live system: streams, rates, jobs, queues, leaders. Ctrl-C ends it."""
    from rich.console import Console

    from backbone.settings import load_settings
    from slipway.top.command import run_top

    async def run() -> int:
        return await run_top(
            load_settings(), at or [], seconds=seconds, once=once, console=Console()
        )

    try:
        raise typer.Exit(anyio.run(run))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command()
def doctor(
    email: Email = None,
    base_url: BaseUrl = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at settings, services and a stream; say what is wrong, and what to do."""
    from slipway.doctor.command import run_doctor

    raise typer.Exit(run_doctor(email=email, base_url=base_url, as_json=as_json))


@app.command()
def migrate(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell; status 1 when there is something to do.")
    ] = False,
    to: Annotated[
        str | None, typer.Option("--to", help="The revision to go to, such as 0009; also back.")
    ] = None,
) -> None:
    """Bring the database to the newest schema, or to another one that this release knows."""
    from backbone.settings import load_settings
    from slipway.processes.migrate import run_check, run_migrate

    if check:
        current, told = anyio.run(run_check, load_settings())
        typer.echo(told)
        raise typer.Exit(0 if current else 1)
    typer.echo(anyio.run(run_migrate, load_settings(), to))


@app.command()
def restored() -> None:
    """Renew the epochs of all event logs: run it after the database was restored or lost commits.

    Gateways and browsers that know events of the lost future are then told `reset`. The next jobs
    and environments have ids that are higher by a million: none is what a lost one was.
    """
    from backbone.settings import load_settings
    from slipway.processes.restored import run_restored

    count = anyio.run(run_restored, load_settings())
    typer.echo(f"{count} event logs have a new epoch.")


app.command()(archive)


@app.command()
def token(
    email: Email = None,
    base_url: BaseUrl = None,
) -> None:
    """Sign in and print the session's token, for `Authorization: Bearer`."""
    from backbone.settings import load_settings
    from slipway.demo import session_token
    from slipway.who import who

    origin, credentials = who(load_settings(), email, base_url)
    typer.echo(anyio.run(session_token, origin, credentials))


@app.command()
def settings() -> None:
    """Print the reference of all settings, as Markdown."""
    from slipway.settings_page import settings_page

    typer.echo(settings_page(), nl=False)


@app.command()
def reference() -> None:
    """Print the reference of all metrics and log events, as Markdown."""
    from slipway.reference_page import reference_page

    typer.echo(reference_page(), nl=False)


def main() -> int:
    """Run the command; what a user can mend is told without a traceback, with status 2."""
    collect_rarely()
    try:
        app()
    except Exception as error:
        from slipway.explanation import explanation

        told = explanation(error)
        if told is None:
            raise
    else:
        return 0
    typer.secho(f"slipway: {told}", fg=typer.colors.RED, err=True)
    return 2
