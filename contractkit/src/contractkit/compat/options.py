"""Reads `[tool.contractkit.diff]`; refuses unknown members."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contractkit.compat.mode import Mode, parse
from contractkit.compat.releases import FOLDER, default_folder
from contractkit.compat.schema.witness import BUDGET
from contractkit.configuration import read_configuration
from contractkit.errors import UsageError

_KNOWN = {
    "accept-major": bool,
    "budget": int,
    "documentation": list,
    "modes": dict,
    "notice-days": int,
    "releases": str,
    "strict": bool,
    "tag-pattern": str,
    "tags": int,
    "version-policy": bool,
    "waivers": str,
}


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """The configuration of a comparison. Paths are relative to `root`, pyproject.toml's folder.

    Transitive modes compare with the releases stored below `releases` and with the last `tags`
    tags; `documentation` names `x-` members that are documentation only; `accept_major` accepts
    breaking changes when the major version is raised.
    """

    root: Path
    openapi: str | None = None
    asyncapi: str | None = None
    modes: dict[str, Mode] = field(default_factory=dict)
    waivers: str = "contract-waivers.yaml"
    releases: str = FOLDER
    tags: int = 0
    tag_pattern: str = "v*"
    notice_days: int = 30
    strict: bool = False
    version_policy: bool = True
    accept_major: bool = False
    documentation: frozenset[str] = frozenset()
    budget: int = BUDGET


def read_diff_options(start: Path) -> DiffOptions:
    """Return the options for a folder. Raises UsageError for an error in pyproject.toml."""
    configuration = read_configuration(start)
    root, tool = configuration.root, configuration.table
    table = configuration.part("diff")
    _check(table)
    return DiffOptions(
        root=root,
        openapi=tool.get("openapi"),
        asyncapi=tool.get("asyncapi"),
        modes={name: parse(str(text)) for name, text in table.get("modes", {}).items()},
        waivers=table.get("waivers", "contract-waivers.yaml"),
        releases=table.get("releases") or default_folder(tool.get("openapi"), tool.get("asyncapi")),
        tags=table.get("tags", 0),
        tag_pattern=table.get("tag-pattern", "v*"),
        notice_days=table.get("notice-days", 30),
        strict=table.get("strict", False),
        version_policy=table.get("version-policy", True),
        accept_major=table.get("accept-major", False),
        documentation=frozenset(str(name) for name in table.get("documentation", ())),
        budget=table.get("budget", BUDGET),
    )


def _check(table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        kind = _KNOWN.get(key)
        if kind is None:
            known = ", ".join(sorted(_KNOWN))
            raise UsageError(f"[tool.contractkit.diff] has no {key!r}. It knows {known}.")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise UsageError(f"[tool.contractkit.diff] {key}: write a {kind.__name__}.")
