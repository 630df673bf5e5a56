"""`slipway admin key`: the keys that encrypt what the database must not show."""

from __future__ import annotations

from dataclasses import asdict

import typer

from backbone.audit import Act, record
from backbone.cipher import new_key
from backbone.database.engine import transaction
from backbone.key_rotation import Rotation, rotate_keys
from backbone.secret_keys import load_cipher
from slipway.admin.admin_context import AdminContext, run_as_admin
from slipway.admin.output import AsJson, tell

key = typer.Typer(help="Keys that encrypt secrets in the database.", no_args_is_help=True)


@key.command("generate")
def generate(*, as_json: AsJson = False) -> None:
    """Print a new key, to be put in front of SLIPWAY_SECRET_KEYS."""
    made = new_key()
    tell({"key": made}, made, as_json=as_json)


@key.command("rotate")
def rotate(*, as_json: AsJson = False) -> None:
    """Encrypt all secrets anew with the first key of SLIPWAY_SECRET_KEYS."""

    async def work(context: AdminContext) -> Rotation:
        done = await rotate_keys(context.engine, load_cipher(context.settings))
        async with transaction(context.engine) as conn:
            await record(
                conn, context.actor, Act("key.rotate", details=asdict(done)), now=context.now
            )
        return done

    done = run_as_admin(work)
    text = f"{done.rotated} values have the first key now."
    if done.undecryptable:
        text += (
            f" {done.undecryptable} were made with a key that is not in the list: put it behind "
            "the others and run this again."
        )
    elif done.rotated:
        text += " The other keys can be dropped from SLIPWAY_SECRET_KEYS."
    tell(asdict(done), text, as_json=as_json)
    if done.undecryptable:
        raise typer.Exit(1)
