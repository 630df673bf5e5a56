"""Generates documents into importable packages, each once per session."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contractkit.generator.generate import Result, generate
from contractkit.options import Options

CASES = Path(__file__).parent / "cases"


class Generated:
    """The package that was generated from one document."""

    def __init__(self, name: str, folder: Path, result: Result) -> None:
        self.name = name
        self.folder = folder
        self.omissions = [str(omission) for omission in result.omissions]

    def module(self, path: str) -> Any:
        return importlib.import_module(f"{self.name}.{path}")

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")


class Packages:
    """Generates on demand; `of` takes a file of the cases, `written` a document's text."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._known: dict[str, Generated] = {}
        sys.path.insert(0, str(home))

    def of(self, case: str) -> Generated:
        return self._generate(case, CASES / f"{case}.yaml")

    def written(self, name: str, text: str, **options: Any) -> Generated:
        file = self._home / "documents" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return self._generate(name, file, **options)

    def beside(self, name: str, text: str, parts: dict[str, str]) -> Generated:
        """Return what comes of a document with other files beside it, by their names."""
        for part, content in parts.items():
            file = self._home / "documents" / part
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return self.written(name, text)

    def _generate(self, name: str, file: Path, **options: Any) -> Generated:
        if name not in self._known:
            package = f"generated_{name}"
            folder = self._home / package
            asyncapi = "asyncapi" in file.read_text(encoding="utf-8").split("info")[0] + (
                "asyncapi" if "\nasyncapi:" in file.read_text(encoding="utf-8") else ""
            )
            documents = (None, file.name) if asyncapi else (file.name, None)
            result = generate(Options(file.parent, *documents, folder, **options))
            self._known[name] = Generated(package, folder, result)
        return self._known[name]


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    home = tmp_path_factory.mktemp("packages")
    found = Packages(home)
    yield found
    sys.path.remove(str(home))


@pytest.fixture
def strictly_checked():
    """Return what holds a generated package against mypy --strict and ruff."""

    def check(made: Generated) -> None:
        options = ("--isolated", "--line-length", "100", "--no-cache")
        for command in (
            ("mypy", "--strict", "--config-file", "/dev/null", "-p", made.name),
            ("ruff", "check", "--select", "E4,E7,E9,F,I,UP,B", *options, made.name),
            ("ruff", "format", "--check", *options, made.name),
        ):
            done = subprocess.run(
                [sys.executable, "-m", *command],
                cwd=made.folder.parent, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr

    return check
