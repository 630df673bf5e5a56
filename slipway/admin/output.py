"""Shows results: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

_WIDE = 240

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, nothing: str) -> None:
    """Print rows that have the same keys; `nothing` is said when there are none."""
    if as_json:
        typer.echo(json.dumps(list(rows), indent=2, ensure_ascii=False))
        return
    if not rows:
        typer.echo(nothing)
        return
    table = Table(*(name.replace("_", " ") for name in rows[0]), box=None)
    for row in rows:
        table.add_row(*(_text(name, value) for name, value in row.items()))
    # Piped, a table has no edge to wrap at.
    console = Console()
    Console(width=None if console.is_terminal else _WIDE).print(table)


def tell(result: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print one result: `text` for people, `result` for programs."""
    typer.echo(json.dumps(dict(result), indent=2, ensure_ascii=False) if as_json else text)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("_at") and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"{key}={_text(key, each)}" for key, each in value.items())
    return str(value)
