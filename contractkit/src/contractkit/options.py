"""The options of a run: `[tool.contractkit]` in pyproject.toml, overridden on the command line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from contractkit.configuration import read_configuration
from contractkit.docs.page_options import PageOptions, read_page_options
from contractkit.errors import UsageError

_CONVENTION = ("specs/openapi.yaml", "specs/asyncapi.yaml")

FAST_PATHS: Final = ("http", "messaging")
"""`http`: requests bypass FastAPI's dependencies; `messaging`: messages come from AMQP frames."""

INT64_TYPES: Final = ("number", "string", "bigint")

HEADER_TYPES: Final = ("text", "typed")
"""What the headers of answers are in TypeScript: texts, or of the types of their schemas."""


@dataclass(frozen=True, slots=True)
class Options:
    """Paths of one run. `openapi` and `asyncapi` are relative to `root`; one may be None.

    `app` is the program of operations without `x-app`. `pages` is what the pages of documentation
    are told (`[tool.contractkit.docs]`); its workflows are relative to `root`.
    `fast_paths` are those of FAST_PATHS to generate. `strict` fails when any part has no generated
    code; otherwise such parts are left out and named. `only` names the parts to write, all
    when empty; `templates` is a folder whose Jinja files replace those of contractkit.
    `typescript_react` adds React hooks, which need React's types to be compiled. `assert_formats`
    checks every `format` of JSON Schema on the wire, not only those of models.
    """

    root: Path
    openapi: str | None
    asyncapi: str | None
    output: Path
    app: str = "application"
    pages: PageOptions = field(default_factory=PageOptions)
    fast_paths: frozenset[str] = frozenset()
    strict: bool = False
    only: frozenset[str] = frozenset()
    templates: Path | None = None
    typescript_headers: str = "text"
    typescript_int64: str = "number"
    typescript_react: bool = False
    assert_formats: bool = False

    def writes(self, part: str) -> bool:
        """Return whether a part of PARTS is written."""
        return not self.only or part in self.only


def read_options(
    folder: Path,
    *,
    openapi: Path | None = None,
    asyncapi: Path | None = None,
    output: Path | None = None,
    strict: bool | None = None,
    only: frozenset[str] = frozenset(),
) -> Options:
    """Return the options of a run in `folder`. Raises UsageError, which says what to do.

    A document on the command line replaces both documents of the configuration.
    """
    configuration = read_configuration(folder)
    home, configured = configuration.root, configuration.table
    own = openapi is None and asyncapi is None
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
            url = any(part in {"http:", "https:"} for part in file.parts)
            raise UsageError(
                f"{file} is not a file. "
                + ("Nothing is fetched: download the document, and give" if url else "Give")
                + " the path of an OpenAPI or AsyncAPI document."
            )
    root = _root(home.resolve(), files)
    pages = configuration.part("docs")
    return Options(
        root=root,
        openapi=_relative(openapi, root),
        asyncapi=_relative(asyncapi, root),
        output=(output or home / "generated").resolve(),
        app=str(configured.get("app", "application")),
        pages=read_page_options(
            pages, _workflows(home, root, pages.get("workflows", []) if own else [])
        ),
        fast_paths=_fast_paths(configured),
        strict=bool(configured.get("strict", False)) if strict is None else strict,
        only=only,
        templates=_path(home, configured.get("templates")),
        assert_formats=bool(configured.get("assert-formats", False)),
        typescript_react=bool(configured.get("typescript-react", False)),
        typescript_headers=_choice(configured, "typescript-headers", HEADER_TYPES),
        typescript_int64=_choice(configured, "typescript-int64", INT64_TYPES),
    )


def _workflows(home: Path, root: Path, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise UsageError(
            f"[tool.contractkit.docs] workflows is a list of Arazzo files, not {given!r}."
        )
    files = [(home / str(file)).resolve() for file in given]
    for file in files:
        if not file.is_relative_to(root):
            raise UsageError(f"{file} is not below {root}, where the documents are. Put it there.")
    return tuple(file.relative_to(root).as_posix() for file in files)


def _fast_paths(configured: Mapping[str, Any]) -> frozenset[str]:
    given = configured.get("fast-paths", [])
    if not isinstance(given, list) or not set(map(str, given)) <= set(FAST_PATHS):
        raise UsageError(
            "[tool.contractkit] fast-paths is a list of "
            f"{' and '.join(map(repr, FAST_PATHS))}; it says {given!r}."
        )
    return frozenset(map(str, given))


def _choice(configured: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    given = str(configured.get(key, choices[0]))
    if given not in choices:
        raise UsageError(f"[tool.contractkit] {key} is one of {', '.join(choices)}; not {given!r}.")
    return given


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
