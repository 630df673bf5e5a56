"""Prints what was generated, what was left out, and the progress of a long run."""

import sys
from typing import TextIO

from rich.console import Console
from rich.text import Text

from contractkit.generator.generate import Result
from contractkit.options import Options

_MOST = 20
"""How many omissions are listed; `lint` lists all of them."""


def step(name: str) -> None:
    """Show the present step on a terminal; a pipe or a log sees nothing of it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{name} …")
        sys.stderr.flush()


def write_result(options: Options, result: Result, stream: TextIO) -> None:
    """Write a summary: how much was generated, then what was left out and why."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    console = Console(file=stream, highlight=False, soft_wrap=True)
    parts = [
        f"{count} {name if count != 1 else name.removesuffix('s')}"
        for name, count in result.counts.items()
        if count or name != "messaging operations"
    ]
    console.print(Text(f"Generated {options.output}: {', '.join(parts)}."))
    if result.asyncapi_2 is not None:
        console.print(
            Text(
                f"AsyncAPI {result.asyncapi_2} says what others do: what it calls `publish` is "
                "received by the application, what it calls `subscribe` is sent."
            )
        )
    omissions = list(result.omissions)
    if not omissions:
        return
    console.print(
        Text(
            f"Left out {len(omissions)} (with --strict they are refused; `contractkit lint` shows "
            "them all):",
            "yellow",
        )
    )
    for omission in omissions[:_MOST]:
        console.print(Text(f"  {omission}"))
    if len(omissions) > _MOST:
        console.print(Text(f"  … and {len(omissions) - _MOST} more."))
