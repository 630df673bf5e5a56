"""Writes a new project: documents, configuration and, without an application, a small example.

No file is overwritten: when one exists already, nothing is written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from contractkit.errors import UsageError

_EXAMPLE: Final = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "orders.py": "orders.py",
    "tests/test_orders.py": "test_orders.py",
    "specs/openapi.yaml": "openapi.yaml",
    "specs/asyncapi.yaml": "asyncapi.yaml",
    "specs/order.yaml": "order.yaml",
}
_DOCUMENTS: Final = {"openapi": "specs/openapi.yaml", "asyncapi": "specs/asyncapi.yaml"}
OUTPUT: Final = "contract"


@dataclass(frozen=True, slots=True)
class Project:
    """The files that were written, relative to the project's folder."""

    folder: Path
    files: tuple[str, ...]


def example_project(folder: Path) -> Project:
    """Write the example, which takes orders over HTTP and sends them as messages."""
    environment = Environment(
        loader=PackageLoader("contractkit", "templates/init"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Python, TOML and YAML come out, not HTML)
    )
    texts = {
        file: environment.get_template(f"{template}.jinja").render(
            name=_name(folder), output=OUTPUT
        )
        for file, template in _EXAMPLE.items()
    }
    return _write(folder, texts)


def project_of(folder: Path, documents: Mapping[str, Mapping[str, Any]]) -> Project:
    """Write the configuration and the documents, keyed `openapi` and `asyncapi`."""
    texts = {
        _DOCUMENTS[kind]: yaml.safe_dump(
            dict(document), sort_keys=False, allow_unicode=True, width=100
        )
        for kind, document in documents.items()
    }
    table = "[tool.contractkit]\n" + "".join(
        f'{kind} = "{_DOCUMENTS[kind]}"\n' for kind in documents
    )
    table += f'output = "{OUTPUT}"\n'
    configuration = folder / "pyproject.toml"
    if not configuration.exists():
        return _write(folder, {"pyproject.toml": table, **texts})
    if "[tool.contractkit" in configuration.read_text(encoding="utf-8"):
        raise UsageError(
            f"{configuration} has [tool.contractkit] already. Run `contractkit generate`."
        )
    written = _write(folder, texts)
    with configuration.open("a", encoding="utf-8") as file:
        file.write(f"\n{table}")
    return Project(folder, (*written.files, "pyproject.toml"))


def _write(folder: Path, texts: Mapping[str, str]) -> Project:
    there = [file for file in (*texts, OUTPUT) if (folder / file).exists()]
    if there:
        raise UsageError(
            f"{folder} has {', '.join(there)} already, and nothing is overwritten. Name an empty "
            "folder: `contractkit init FOLDER`."
        )
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    return Project(folder, tuple(texts))


def _name(folder: Path) -> str:
    """Return a project's name for a folder, normalised as Python packaging demands."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "orders"
