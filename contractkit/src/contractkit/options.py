"""What contractkit works on: `[tool.contractkit]` in pyproject.toml, overridden by options."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contractkit.docs.pages import EVENTS_FILE, HTTP_FILE
from contractkit.errors import UsageError

_KEYS = {"openapi", "asyncapi", "output", "app"}

_CONVENTION = ("specs/openapi.yaml", "specs/asyncapi.yaml")


@dataclass(frozen=True, slots=True)
class Options:
    """Paths of one run. `openapi` and `asyncapi` are relative to `root`; one may be None.

    `app` names the program of operations that name none by `x-app`. `http_page` and `events_page`
    are the links by which the documentation pages find each other (`[tool.contractkit.docs]`).
    """

    root: Path
    openapi: str | None
    asyncapi: str | None
    output: Path
    app: str = "application"
    http_page: str = HTTP_FILE
    events_page: str = EVENTS_FILE


def read_options(
    folder: Path,
    *,
    openapi: Path | None = None,
    asyncapi: Path | None = None,
    output: Path | None = None,
) -> Options:
    """Return the options of a run in `folder`. Raises UsageError with the mend.

    Documents given on the command line replace both of the configuration.
    """
    home, configured = _configuration(folder)
    if openapi is None and asyncapi is None:
        openapi = _path(home, configured.get("openapi"))
        asyncapi = _path(home, configured.get("asyncapi"))
        output = output or _path(home, configured.get("output"))
    if openapi is None and asyncapi is None:
        openapi, asyncapi = (_existing(home / name) for name in _CONVENTION)
    if openapi is None and asyncapi is None:
        raise UsageError(
            "No contract is named. Give --openapi FILE or --asyncapi FILE, or write "
            '`[tool.contractkit]` with `openapi = "…"` and `asyncapi = "…"` into pyproject.toml.',
        )
    files = [path.resolve() for path in (openapi, asyncapi) if path is not None]
    for file in files:
        if not file.is_file():
            raise UsageError(
                f"{file} is no file. Give the path of an OpenAPI or AsyncAPI document."
            )
    root = _root(home.resolve(), files)
    return Options(
        root=root,
        openapi=_relative(openapi, root),
        asyncapi=_relative(asyncapi, root),
        output=(output or home / "generated").resolve(),
        app=str(configured.get("app", "application")),
        http_page=str(configured.get("docs", {}).get("http", HTTP_FILE)),
        events_page=str(configured.get("docs", {}).get("events", EVENTS_FILE)),
    )


def _configuration(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    """Return the folder of the nearest pyproject.toml and its table."""
    for home in (folder.resolve(), *folder.resolve().parents):
        file = home / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            tool = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{file} is no TOML: {error}. Mend it.") from error
        table: Mapping[str, Any] = tool.get("contractkit", {})
        unknown = sorted(set(table) - _KEYS - {"diff", "lint", "docs"})
        if unknown:
            raise UsageError(
                f"{file}: [tool.contractkit] does not know {', '.join(unknown)}. "
                f"Known are {', '.join(sorted(_KEYS))}.",
            )
        return home, table
    return folder, {}


def _path(home: Path, value: Any) -> Path | None:
    return None if value is None else home / str(value)


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def _root(home: Path, files: list[Path]) -> Path:
    if all(file.is_relative_to(home) for file in files):
        return home
    return Path(os.path.commonpath([file.parent for file in files]))


def _relative(file: Path | None, root: Path) -> str | None:
    return None if file is None else file.resolve().relative_to(root).as_posix()
