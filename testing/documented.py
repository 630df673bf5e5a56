"""The commands that a page of the documentation tells, run as they stand there."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from testing.checkout import ROOT


def commands(page: str, heading: str) -> list[str]:
    """Return the blocks of commands below a heading of `docs/<page>`, up to the next one."""
    text = (ROOT / "docs" / page).read_text()
    _, found, behind = text.partition(f"\n## {heading}\n")
    assert found, f"docs/{page} has no heading {heading!r}"
    blocks: list[str] = re.findall(
        r"^```sh\n(.*?)^```", behind.partition("\n## ")[0], re.MULTILINE | re.DOTALL
    )
    assert blocks, f"docs/{page} tells no commands below {heading!r}"
    return blocks


def run(shell: str, environment: Mapping[str, str], folder: Path, *path: str) -> str:
    """Run commands in `folder`, `path` and our own before the rest; return what they print."""
    places = [str(Path(sys.executable).parent), *path, os.environ["PATH"]]
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", shell],
        cwd=folder,
        env={**environment, "PATH": ":".join(places)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{shell}\n{ran.stdout}"
    return ran.stdout
