"""`slipway admin team` and `slipway admin member`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from backbone.secret_keys import load_cipher
from generated.models.identity import Role, TeamStatus
from service.members import use_cases as members
from service.members.repository import MemberRow
from service.teams import use_cases as teams
from service.teams.use_cases import Provider
from slipway.admin.admin_context import AdminContext, run_as_admin
from slipway.admin.output import AsJson, show, tell
from slipway.admin.password_input import secret

team = typer.Typer(help="Teams, the tenants.", no_args_is_help=True)
member = typer.Typer(help="Who is in a team, and as what.", no_args_is_help=True)

TeamId = Annotated[int, typer.Argument(metavar="TEAM", help="The team's id.")]
User = Annotated[str, typer.Argument(metavar="USER", help="The user's id or e-mail address.")]
_LIMIT = 10_000


@team.command("create")
def create_team(
    name: str,
    *,
    status: TeamStatus = TeamStatus.ACTIVE,
    owner: Annotated[str | None, typer.Option(help="Id or address of its first owner.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a team."""

    async def work(context: AdminContext) -> Any:
        user = None if owner is None else await context.user(owner)
        made = await teams.create_team(
            context.engine, context.actor, name=name, status=status, now=context.now
        )
        if user is not None:
            await members.add_member(
                context.engine, context.admin, team_id=made.id, user_id=user.id, role="owner"
            )
        return made

    made = run_as_admin(work)
    tell(asdict(made), f"Team {made.id} {made.name} is {made.status}.", as_json=as_json)


@team.command("list")
def list_teams(*, as_json: AsJson = False) -> None:
    """List all teams."""
    found = run_as_admin(lambda context: teams.list_teams(context.engine, above=-1, limit=_LIMIT))
    nothing = "No teams; make one with `slipway admin team create NAME`."
    show([asdict(row) for row in found], as_json=as_json, nothing=nothing)


@team.command("set-status")
def set_status(team_id: TeamId, status: TeamStatus, *, as_json: AsJson = False) -> None:
    """Change what a team may do; only TRIALING and ACTIVE ones order and listen."""
    made = run_as_admin(
        lambda context: teams.change_team_status(
            context.engine, context.actor, team_id=team_id, status=status, now=context.now
        )
    )
    tell(asdict(made), f"Team {made.id} {made.name} is {made.status}.", as_json=as_json)


@team.command("set-provider")
def set_provider(
    team_id: TeamId,
    *,
    login: Annotated[
        str | None, typer.Option(help="The team's own login at the provider; none: the common one.")
    ] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Ask for the password of the login.")
    ] = False,
    node_group: Annotated[str | None, typer.Option(help="Where its environments run.")] = None,
    session_key: Annotated[
        bool, typer.Option("--session-key", help="Ask for a session key of the provider.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set the provider's account of a team, whole; what is not named is unset."""
    if password and login is None:
        raise typer.BadParameter("--password is of --login; the common login has a setting")
    if login is not None and not (password or session_key):
        raise typer.BadParameter("a login of its own needs --password or --session-key")
    given_password = secret("Password at the provider") if password else None
    given_key = secret("Session key") if session_key else None

    def sealed(context: AdminContext, given: str | None) -> str | None:
        return None if given is None else load_cipher(context.settings).encrypt(given)

    async def work(context: AdminContext) -> Any:
        return await teams.set_provider(
            context.engine,
            context.actor,
            team_id=team_id,
            provider=Provider(
                login, sealed(context, given_password), sealed(context, given_key), node_group
            ),
            now=context.now,
        )

    made = run_as_admin(work)
    account = f"uses the login {login}" if login else "uses the common login"
    tell(asdict(made), f"Team {made.id} {account}.", as_json=as_json)


@member.command("list")
def list_members(team_id: TeamId, *, as_json: AsJson = False) -> None:
    """List a team's members."""
    found = run_as_admin(lambda context: members.list_members(context.engine, team_id))
    show([_row(row) for row in found], as_json=as_json, nothing="No members.")


@member.command("add")
def add_member(
    team_id: TeamId, user: User, *, role: Role = Role.member, as_json: AsJson = False
) -> None:
    """Make a user a member of a team."""

    async def work(context: AdminContext) -> MemberRow:
        found = await context.user(user)
        return await members.add_member(
            context.engine, context.admin, team_id=team_id, user_id=found.id, role=role.value
        )

    _tell_member(run_as_admin(work), team_id, as_json=as_json)


@member.command("set-role")
def set_role(team_id: TeamId, user: User, role: Role, *, as_json: AsJson = False) -> None:
    """Give a member another role."""

    async def work(context: AdminContext) -> MemberRow:
        found = await context.user(user)
        return await members.set_role(
            context.engine, context.admin, team_id=team_id, user_id=found.id, role=role.value
        )

    _tell_member(run_as_admin(work), team_id, as_json=as_json)


@member.command("remove")
def remove_member(team_id: TeamId, user: User, *, as_json: AsJson = False) -> None:
    """End a membership; what the user has open in the team ends."""

    async def work(context: AdminContext) -> int:
        found = await context.user(user)
        await members.remove_member(
            context.engine, context.admin, team_id=team_id, user_id=found.id
        )
        return found.id

    user_id = run_as_admin(work)
    text = f"User {user_id} is no longer in team {team_id}."
    tell({"team_id": team_id, "user_id": user_id}, text, as_json=as_json)


def _row(member: MemberRow) -> dict[str, Any]:
    row = asdict(member)
    row["restricted_to"] = row.pop("only")
    return row


def _tell_member(found: MemberRow, team_id: int, *, as_json: bool) -> None:
    text = f"{found.email} (user {found.user_id}) is {found.role} of team {team_id}."
    tell({"team_id": team_id, **_row(found)}, text, as_json=as_json)
