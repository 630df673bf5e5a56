"""Reads `[tool.contractkit]` of the nearest pyproject.toml, once for all commands."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from contractkit.errors import UsageError

TABLES: Final = ("diff", "docs", "lint")
"""Tables below `[tool.contractkit]` that have keys of their own."""

KEYS: Final = (
    "openapi",
    "asyncapi",
    "output",
    "app",
    "assert-formats",
    "fast-paths",
    "strict",
    "templates",
    "typescript-headers",
    "typescript-int64",
    "typescript-react",
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The folder of the nearest pyproject.toml (else the given one) and its table."""

    root: Path
    table: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> Mapping[str, Any]:
        """Return a table below `[tool.contractkit]`. Raises UsageError when it is not a table."""
        found = self.table.get(name, {})
        if not isinstance(found, Mapping):
            raise UsageError(
                f"[tool.contractkit] {name} is not a table. Write [tool.contractkit.{name}]."
            )
        return found


def find_root(start: Path) -> Path:
    """Return the nearest folder above with a pyproject.toml, else `start`."""
    start = start.resolve()
    folders = (start, *start.parents)
    return next((folder for folder in folders if (folder / "pyproject.toml").is_file()), start)


def read_configuration(start: Path) -> Configuration:
    """Return the configuration for a folder. Raises UsageError for an error in it."""
    root = find_root(start)
    file = root / "pyproject.toml"
    if not file.is_file():
        return Configuration(root)
    try:
        tool = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not TOML: {error}. Mend it.") from error
    table = tool.get("contractkit", {}) if isinstance(tool, Mapping) else {}
    if not isinstance(table, Mapping):
        raise UsageError(
            f"{file}: `contractkit` below [tool] is not a table. Write [tool.contractkit]."
        )
    unknown = sorted(set(table) - {*KEYS, *TABLES})
    if unknown:
        raise UsageError(
            f"{file}: [tool.contractkit] does not know {', '.join(unknown)}. "
            f"Known are {', '.join(sorted((*KEYS, *TABLES)))}.",
        )
    return Configuration(root, table)
