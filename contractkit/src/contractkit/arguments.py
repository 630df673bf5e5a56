"""Commands that say how documents are given to them when they get one in another way."""

import re
from pathlib import Path
from typing import NoReturn

import click

from contractkit.errors import UsageError

_KINDS = ("openapi", "asyncapi")
_KIND = re.compile(r"""(?m)^\s*\{?\s*["']?(openapi|asyncapi)["']?\s*:""")
_HEAD = 4096
"""How many bytes of a file are read to see of which kind it is."""


class DocumentCommand(click.Command):
    """A command whose documents are options: a file as an argument is refused with the option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError for one that is left over."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            option = "--openapi FILE or --asyncapi FILE"
            kind = _kind_of(Path(rest[0]))
            if kind is not None:
                option = f"--{kind} {rest[0]}"
            raise UsageError(
                f"{' '.join(rest)} is no argument of `contractkit {self.name}`. "
                f"Give a document as an option: `contractkit {self.name} {option}`."
            )
        return rest


class ComparingCommand(click.Command):
    """A command that takes documents as arguments: the options of others are refused with them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError for a third, and for a document as an option."""
        ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name.lstrip("-") in _KINDS:
                _as_arguments(f"There is no option {error.option_name} here.")
            raise
        if rest and not ctx.resilient_parsing:
            _as_arguments(f"{' '.join(rest)} is one argument too many.")
        return rest


def _as_arguments(problem: str) -> NoReturn:
    raise UsageError(
        f"{problem} Give two documents, folders or git revisions: `contractkit diff OLD NEW`."
    )


def _kind_of(file: Path) -> str | None:
    """Return whether a file is an OpenAPI or an AsyncAPI document, None where it is neither."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return None
    found = _KIND.search(head)
    return None if found is None else found[1]
