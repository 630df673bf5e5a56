"""Every program of the project says what it is itself, and what is wrong with what it is given."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = sorted(
    path.name for path in (ROOT / "tools").glob("*.py") if "argparse" in path.read_text("utf-8")
)


def said(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_tells_its_own_options(tool):
    assert said(f"tools/{tool}", "--help").startswith(f"usage: {tool} ")


def test_the_command_tells_its_version():
    assert (
        said("-m", "contractkit", "--version") == f"contractkit, version {version('contractkit')}\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.yaml", "openapi: 3.1\ninfo: {title: A, version: '1'}\npaths: {}\n", "a.yaml:1:1: The version 3.1 of OpenAPI is a number. Write it as a text: `openapi: '3.1.0'`."),
        ("https://example.test/a.yaml", None, "Nothing is fetched: download the document"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_document_is_told_with_its_mend(tmp_path, name, text, words):
    if text is not None:
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", "generate", "--openapi", name, "--output", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert words in done.stderr
