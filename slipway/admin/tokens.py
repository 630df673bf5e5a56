"""`slipway admin token`: API tokens for CI and integrators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from generated.models.identity import Permission
from service.tokens import use_cases as tokens
from slipway.admin.admin_context import AdminContext, run_as_admin
from slipway.admin.output import AsJson, show, tell

token = typer.Typer(help="API tokens for CI and integrators.", no_args_is_help=True)
_DAY = 86_400.0


@token.command("create")
def create_token(
    team_id: Annotated[int, typer.Argument(metavar="TEAM", help="The team it works in.")],
    user: Annotated[str, typer.Argument(metavar="USER", help="Whom it acts for: id or address.")],
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[Permission], typer.Option(help="What it may do; repeatable.")],
    days: Annotated[int, typer.Option(min=0, help="How long it works; 0 is without end.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it; it is shown this once."""

    async def work(context: AdminContext) -> Any:
        found = await context.user(user)
        return await tokens.create_token(
            context.engine,
            context.actor,
            team_id=team_id,
            user_id=found.id,
            name=name,
            scopes={each.value for each in scope},
            expires_at=context.now + days * _DAY if days else None,
            now=context.now,
        )

    made = run_as_admin(work)
    tell({**asdict(made.row), "token": made.token}, made.token, as_json=as_json)


@token.command("list")
def list_tokens(
    team_id: Annotated[int, typer.Argument(metavar="TEAM", help="The team they work in.")],
    *,
    as_json: AsJson = False,
) -> None:
    """List a team's tokens that are not revoked."""
    found = run_as_admin(
        lambda context: tokens.list_tokens(context.engine, team_id=team_id, user_id=None)
    )
    show([asdict(row) for row in found], as_json=as_json, nothing="No tokens.")


@token.command("revoke")
def revoke_token(
    token_id: Annotated[int, typer.Argument(metavar="TOKEN", help="The token's id, as listed.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a token."""
    run_as_admin(
        lambda context: tokens.revoke_token(
            context.engine,
            context.actor,
            token_id=token_id,
            team_id=None,
            user_id=None,
            now=context.now,
        )
    )
    tell({"revoked": token_id}, f"Token {token_id} works no more.", as_json=as_json)
