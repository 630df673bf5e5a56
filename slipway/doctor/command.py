"""`slipway doctor`: examine and report."""

import json
from dataclasses import asdict
from pathlib import Path

import anyio
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from backbone.errors import SettingsError
from backbone.settings import load_settings
from backbone.telemetry import configure_logging
from slipway.admin.password_input import secret
from slipway.demo import Credentials
from slipway.doctor.examine import examine
from slipway.doctor.finding import Finding, State, failed
from slipway.run_file import NotRunningError, Run, read

_SHOWN = {
    State.OK: "[green]ok[/green]",
    State.WARNING: "[yellow]warning[/yellow]",
    State.FAILED: "[red]failed[/red]",
    State.SKIPPED: "[dim]skipped[/dim]",
}


def run_doctor(*, email: str | None, base_url: str | None, as_json: bool) -> int:
    """Print the report; return 1 when something failed."""
    configure_logging("doctor", level="error")
    found = _examined(email, base_url)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        _show(found)
    return 1 if any(each.state is State.FAILED for each in found) else 0


def _examined(email: str | None, base_url: str | None) -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        return [failed("settings", str(error), "correct the variable")]
    run = _running(settings.slipway_home)
    if run is not None and run.database_url and settings.database_url is None:
        settings = settings.model_copy(update={"database_url": SecretStr(run.database_url)})
    origin = base_url or (run.base_url if run else None)
    who = None
    if email is not None:
        who = Credentials(email, secret("Password"))
    elif run is not None and base_url is None and run.demo_email and run.demo_password:
        who = Credentials(run.demo_email, run.demo_password)

    async def work() -> list[Finding]:
        return await examine(settings, run, base_url=origin, who=who)

    return anyio.run(work)


def _running(home: Path) -> Run | None:
    try:
        return read(home)
    except NotRunningError:
        return None


def _show(found: list[Finding]) -> None:
    table = Table("check", "", "what was seen", "what to do", box=None, pad_edge=False)
    for each in found:
        table.add_row(each.check, _SHOWN[each.state], each.told, each.mend)
    Console().print(table)
    bad = sum(each.state is State.FAILED for each in found)
    odd = sum(each.state is State.WARNING for each in found)
    typer.echo(f"{len(found)} checks: {bad} failed, {odd} warnings.")
