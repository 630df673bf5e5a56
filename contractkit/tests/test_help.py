"""Every program of the project says what it is itself, whatever it imports."""

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
