"""Joins the commands of `slipway admin`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from service.audit.use_cases import list_acts
from slipway.admin.admin_context import run_as_admin
from slipway.admin.keys import key
from slipway.admin.output import AsJson, show
from slipway.admin.people import bootstrap, password, session, user
from slipway.admin.teams import member, team
from slipway.admin.tokens import token

_SHOWN = ("occurred_at", "actor", "origin", "action", "team_id", "target", "details")

admin = typer.Typer(no_args_is_help=True)
admin.command("bootstrap")(bootstrap)
for name, commands in (
    ("team", team),
    ("user", user),
    ("member", member),
    ("password", password),
    ("session", session),
    ("token", token),
    ("key", key),
):
    admin.add_typer(commands, name=name)


@admin.command("audit")
def audit(
    *,
    team_id: Annotated[int | None, typer.Option("--team", help="Only this team's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show who did what, when and from where, the newest first."""
    page = run_as_admin(
        lambda context: list_acts(context.engine, team_id=team_id, cursor=None, limit=limit)
    )
    rows = [asdict(entry) for entry in page.entries]
    if not as_json:
        rows = [{name: row[name] for name in _SHOWN} for row in rows]
    show(rows, as_json=as_json, nothing="Nothing was done.")
