"""`slipway admin user`, `password` and `session`, and `bootstrap`: the first user of all."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Annotated, Any

import typer

from backbone.database.engine import reading
from backbone.errors import SlipwayError
from backbone.users import UserRow, nobody_is_there
from generated.models.identity import TeamStatus
from service.auth import own_sessions
from service.members import use_cases as members
from service.teams import use_cases as teams
from service.users import use_cases as users
from slipway.admin.admin_context import AdminContext, run_as_admin
from slipway.admin.output import AsJson, show, tell
from slipway.admin.password_input import new_password

user = typer.Typer(help="Who may sign in.", no_args_is_help=True)
password = typer.Typer(
    help="Passwords; they are asked for, or read from standard input.", no_args_is_help=True
)
session = typer.Typer(help="Who is signed in.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER", help="The user's id or e-mail address.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address to sign in with.")]
_LIMIT = 10_000


class NotTheFirstError(SlipwayError):
    """There are users already, so that the first one need not be made."""


def bootstrap(
    email: Email,
    *,
    name: Annotated[str | None, typer.Option(help="How to greet the user.")] = None,
    team: Annotated[str, typer.Option(help="The first team's name.")] = "First team",
    as_json: AsJson = False,
) -> None:
    """Make the first user: a platform operator, and owner of a first team. Asks for a password."""
    checked = _address(email)

    async def nobody(context: AdminContext) -> bool:
        async with reading(context.engine) as conn:
            return await nobody_is_there(conn)

    if not run_as_admin(nobody):
        raise NotTheFirstError(
            "there are users already; an operator makes more with `slipway admin user create`"
        )
    chosen = new_password()

    async def work(context: AdminContext) -> dict[str, Any]:
        made = await _create(context, checked, name, chosen, operator=True)
        first = await teams.create_team(
            context.engine, context.actor, name=team, status=TeamStatus.ACTIVE, now=context.now
        )
        await members.add_member(
            context.engine, context.admin, team_id=first.id, user_id=made.id, role="owner"
        )
        return {"user_id": made.id, "email": made.email, "team_id": first.id}

    made = run_as_admin(work)
    text = f"{made['email']} may sign in: platform operator, and owner of team {made['team_id']}."
    tell(made, text, as_json=as_json)


@user.command("create")
def create_user(
    email: Email,
    *,
    name: Annotated[str | None, typer.Option(help="How to greet the user.")] = None,
    operator: Annotated[bool, typer.Option("--operator", help="A platform operator.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a user. Asks for the password."""
    checked, chosen = _address(email), new_password()
    made = run_as_admin(lambda context: _create(context, checked, name, chosen, operator=operator))
    tell(_row(made), f"User {made.id} {made.email} may sign in.", as_json=as_json)


@user.command("list")
def list_users(*, as_json: AsJson = False) -> None:
    """List all users."""
    found = run_as_admin(lambda context: users.list_users(context.engine, above=-1, limit=_LIMIT))
    nothing = "No users; make the first one with `slipway admin bootstrap EMAIL`."
    show([_row(row) for row in found], as_json=as_json, nothing=nothing)


@user.command("disable")
def disable_user(who: User, *, as_json: AsJson = False) -> None:
    """Let a user sign in no more; sessions end, and API tokens rest."""
    _set_disabled(who, disabled=True, as_json=as_json)


@user.command("enable")
def enable_user(who: User, *, as_json: AsJson = False) -> None:
    """Let a disabled user sign in again."""
    _set_disabled(who, disabled=False, as_json=as_json)


@password.command("set")
def set_password(who: User, *, as_json: AsJson = False) -> None:
    """Give a user another password; all of the user's sessions end."""
    chosen = new_password()
    changed = run_as_admin(lambda context: _set_password(context, who, chosen))
    tell(_row(changed), f"{changed.email} has another password.", as_json=as_json)


@password.command("reset")
def reset_password(who: User, *, as_json: AsJson = False) -> None:
    """Give a user a new random password, and print it."""
    chosen = secrets.token_urlsafe(15)
    changed = run_as_admin(lambda context: _set_password(context, who, chosen))
    text = f"{changed.email} signs in with {chosen} now, and should change it."
    tell({**_row(changed), "password": chosen}, text, as_json=as_json)


@session.command("list")
def list_sessions(who: User, *, as_json: AsJson = False) -> None:
    """List a user's open sessions."""

    async def work(context: AdminContext) -> Any:
        found = await context.user(who)
        return await own_sessions.list_sessions(context.engine, user_id=found.id, now=context.now)

    found = run_as_admin(work)
    show([asdict(row) for row in found], as_json=as_json, nothing="No open sessions.")


@session.command("revoke")
def revoke_sessions(
    who: User,
    session_id: Annotated[str | None, typer.Argument(metavar="SESSION", help="As listed.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All of the user's.")] = False,
    as_json: AsJson = False,
) -> None:
    """End a session of a user, or all."""
    if (session_id is None) != every:
        raise typer.BadParameter("name a session, or say --all")

    async def work(context: AdminContext) -> int:
        found = await context.user(who)
        if session_id is None:
            return await users.end_all_sessions(
                context.engine, context.actor, user_id=found.id, now=context.now
            )
        await own_sessions.revoke_session(
            context.engine, context.actor, user_id=found.id, session_id=session_id, now=context.now
        )
        return 1

    ended = run_as_admin(work)
    tell({"ended": ended}, f"{ended} session{'' if ended == 1 else 's'} ended.", as_json=as_json)


def _set_disabled(who: str, *, disabled: bool, as_json: bool) -> None:
    async def work(context: AdminContext) -> UserRow:
        found = await context.user(who)
        return await users.set_disabled(
            context.engine, context.actor, user_id=found.id, disabled=disabled, now=context.now
        )

    changed = run_as_admin(work)
    text = f"{changed.email} may {'not sign in any more' if disabled else 'sign in again'}."
    tell(_row(changed), text, as_json=as_json)


async def _create(
    context: AdminContext, email: str, name: str | None, chosen: str, *, operator: bool
) -> UserRow:
    return await users.create_user(
        context.engine,
        context.passwords,
        context.actor,
        email=email,
        display_name=name or email.partition("@")[0],
        password=chosen,
        is_operator=operator,
        now=context.now,
    )


async def _set_password(context: AdminContext, who: str, chosen: str) -> UserRow:
    found = await context.user(who)
    return await users.set_password(
        context.engine,
        context.passwords,
        context.actor,
        user_id=found.id,
        password=chosen,
        now=context.now,
    )


def _row(found: UserRow) -> dict[str, Any]:
    return {
        "id": found.id,
        "email": found.email,
        "name": found.display_name,
        "operator": found.is_operator,
        "disabled": found.disabled,
    }


def _address(email: str) -> str:
    local, at, domain = email.partition("@")
    if not (local and at and domain) or len(email) > 254 or any(c.isspace() for c in email):  # noqa: PLR2004 - RFC 5321
        raise typer.BadParameter(f"{email!r} is no e-mail address")
    return email
