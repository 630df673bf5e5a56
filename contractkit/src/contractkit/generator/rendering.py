"""Renders the templates and formats the Python that comes out, the same on every machine."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from contractkit.errors import ContractKitError
from contractkit.generator.naming import snake
from contractkit.generator.typescript_modules import make_modules
from contractkit.generator.typescript_types import property_key

_CHECKS = "I,F401,UP"


class Renderer:
    """Writes rendered templates below an output folder."""

    def __init__(self, output: Path, *, header: str) -> None:
        self.output = output
        self.header = header
        self._environment = Environment(
            loader=PackageLoader("contractkit", "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # noqa: S701 (Python and TypeScript come out, not HTML)
        )
        self._environment.filters["literal"] = repr
        self._environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
        self._environment.filters["key"] = property_key
        self._environment.filters["docstring"] = docstring
        self._environment.filters["dictionary"] = lambda value: repr(dict(value))
        self._environment.filters["snake"] = snake

    def write(self, template: str, file: str, **view: Any) -> None:
        """Render `template` into `file`, a path relative to the output folder."""
        self._put(file, self._render(template, view))

    def write_typescript(self, template: str, folder: str, module: str, **view: Any) -> None:
        """Render a TypeScript module into `folder/src`, and what is made of it into `folder`.

        That is an ES module, a CommonJS module, and the declarations of both.
        """
        source = self._render(template, view)
        made = make_modules(source)
        self._put(f"{folder}/src/{module}.ts", source)
        self._put(f"{folder}/{module}.js", made.esm)
        self._put(f"{folder}/{module}.cjs", made.commonjs)
        self._put(f"{folder}/{module}.d.ts", made.declarations)
        self._put(f"{folder}/{module}.d.cts", made.commonjs_declarations)

    def _render(self, template: str, view: dict[str, Any]) -> str:
        return self._environment.get_template(template).render(header=self.header, **view)

    def _put(self, file: str, text: str) -> None:
        target = self.output / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def format(self) -> None:
        """Sort imports, drop unused ones and format all Python below the output folder."""
        options = ("--isolated", "--line-length", "100", "--target-version", "py311", "--no-cache")
        for command in (("check", "--fix-only", "--quiet", "--select", _CHECKS), ("format", "-q")):
            done = subprocess.run(  # noqa: S603 (our own interpreter, fixed arguments)
                [sys.executable, "-m", "ruff", command[0], *options, *command[1:], "."],
                cwd=self.output,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise ContractKitError(
                    "The generated code can't be formatted, which is a defect of contractkit: "
                    + (done.stdout + done.stderr).strip(),
                )


def docstring(text: str, indent: int = 4) -> str:
    """Return text for the inside of a docstring: escaped, wrapped at 96 columns, indented."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').strip()
    lines: list[str] = []
    for paragraph in escaped.split("\n"):
        line = ""
        for word in paragraph.split():
            if line and indent + len(line) + 1 + len(word) > 96:  # noqa: PLR2004 (columns)
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    if lines[-1].endswith('"'):
        lines[-1] += " "
    return ("\n" + " " * indent).join(lines)
