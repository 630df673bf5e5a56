"""Writes the build file of a wheel that holds the contracts alone."""

import re
from collections.abc import Sequence

from contractkit.generator.rendering import Renderer
from contractkit.model.contract import Contract
from contractkit.naming import words
from contractkit.options import Options

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?")


def write_package(
    contract: Contract, renderer: Renderer, code: Sequence[str], options: Options
) -> None:
    """Write `package/pyproject.toml` for what was generated; `code` is its Python."""
    document = contract.http or contract.messaging
    if document is None:
        return
    slug = "-".join(word.lower() for word in words(document.title)) or "service"
    parts = ["__init__.py", "py.typed", *code, "documents"]
    version = document.version if _VERSION.fullmatch(document.version) else "0"
    renderer.write(
        "package/pyproject.toml.jinja",
        "package/pyproject.toml",
        name=f"{slug}-contracts",
        module=f"{slug}-contracts".replace("-", "_"),
        title=document.title,
        version=version,
        parts=parts,
        messaging="messaging" in parts,
        http="http" in parts,
        tasks="tasks" in parts,
        checks="checks.py" in parts,
        fast_path="messaging" in options.fast_paths,
    )
