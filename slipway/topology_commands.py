"""`slipway topology plan` and `apply`: the broker's queues beside the contract's."""

import json
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.table import Table

from backbone.settings import load_settings
from slipway.run_file import broker_url
from slipway.topology import Entry
from slipway.topology import apply as apply_topology
from slipway.topology import plan as plan_topology

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("plan")
def plan(*, as_json: AsJson = False) -> None:
    """Show what is missing or differs, and change nothing; status 1 if there is anything."""
    settings = load_settings()
    entries = anyio.run(plan_topology, broker_url(settings), settings.topology())
    if as_json:
        typer.echo(json.dumps([_summary(entry) for entry in entries], indent=2))
    else:
        _show(entries)
    raise typer.Exit(0 if all(entry.as_wanted for entry in entries) else 1)


@app.command("apply")
def apply() -> None:
    """Make what is missing, and make anew what differs; no message is lost."""
    settings = load_settings()
    kept = anyio.run(apply_topology, broker_url(settings), settings.topology())
    for name, count in kept.items():
        typer.echo(f"{name}: made anew, {count} messages moved over.")
    typer.echo("The broker has what the contract wants.")


def _show(entries: list[Entry]) -> None:
    table = Table("", "name", "messages", "consumers", "what", box=None)
    for entry in entries:
        table.add_row(
            entry.kind,
            entry.name,
            "" if entry.kind == "exchange" or entry.missing else str(entry.messages),
            "" if entry.kind == "exchange" or entry.missing else str(entry.consumers),
            "\n".join(_what(entry)),
        )
    Console().print(table)


def _what(entry: Entry) -> list[str]:
    lines = ["is missing; `apply` makes it"] if entry.missing else []
    lines += [
        f"{each.argument}: {_shown(each.present)} on the broker, {_shown(each.wanted)} wanted"
        + ("" if each.harmless else " (a promise is at stake)")
        for each in entry.differences
    ]
    if entry.moved:
        lines.append(f"{entry.moved} messages wait beside it; `apply` brings them back")
    return lines or ["as wanted"]


def _shown(value: object) -> str:
    return "not set" if value is None else str(value)


def _summary(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.kind,
        "name": entry.name,
        "missing": entry.missing,
        "messages": entry.messages,
        "consumers": entry.consumers,
        "moved": entry.moved,
        "differences": [
            {
                "argument": each.argument,
                "wanted": each.wanted,
                "present": each.present,
                "harmless": each.harmless,
            }
            for each in entry.differences
        ],
    }
