"""A group of commands whose module is imported when one of them is asked for, not before."""

from collections.abc import Callable
from typing import cast

import typer
from typer.core import TyperGroup


def lazy_group(load: Callable[[], typer.Typer], *, name: str, help: str) -> typer.Typer:  # noqa: A002 - Typer's own names
    """Return a group of this name and help; `load` imports the commands that are in it."""

    class LazyGroup(TyperGroup):
        def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
            return self._loaded().list_commands(ctx)

        def get_command(self, ctx: typer.Context, cmd_name: str) -> object:  # type: ignore[override]
            return self._loaded().get_command(ctx, cmd_name)

        def _loaded(self) -> TyperGroup:
            return cast("TyperGroup", typer.main.get_command(load()))

    group = typer.Typer(name=name, cls=LazyGroup, help=help, no_args_is_help=True)
    group.callback()(_nothing)
    return group


def _nothing() -> None:
    """Make it a group although no command is known yet."""
