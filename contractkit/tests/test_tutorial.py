"""The tutorial, done literally in an empty folder; what it shows is what comes out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALLING = ("python -m venv", "pip install")
"""What is done already where the tests run; every other command is."""


def commands(text):
    """Yield each command of a block and the lines that it shows."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.splitlines()


@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform == "win32", reason="it is written for a POSIX shell")
def test_it_does_what_it_says(tmp_path):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = 0
    for kind, name, text in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
        for command, shown in commands(text) if kind == "console" else ():
            if command.startswith(INSTALLING):
                continue
            said = subprocess.run(
                ["sh", "-c", command], cwd=tmp_path, env={**os.environ, "PATH": path},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert said.returncode == 0, f"{command}\n{said.stdout}{said.stderr}"
            for line in shown:
                assert line in said.stdout, f"{command} does not show {line!r}:\n{said.stdout}"
            done += 1
    assert done == 8
