"""The console's sources: types, pure parts, constraints of the contract, and what a build makes."""

import filecmp
import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
BESIDE = ".next-check"

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]


def run(*command: str, **environment: str) -> None:
    done = subprocess.run(
        command,
        check=False,
        cwd=WEB,
        env=os.environ | {"NEXT_TELEMETRY_DISABLED": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_pure_parts_forms_and_the_build(node_modules: Path) -> None:
    """One after the other: types and build both write what Next generates."""
    run("node", "scripts/constraints.mjs", "--check")
    run("npm", "run", "--silent", "types")
    run("npm", "test", "--silent")
    try:
        run("npm", "run", "--silent", "build", CONSOLE_EXPORT=BESIDE)
        differ = differences(WEB / "out", WEB / BESIDE)
    finally:
        shutil.rmtree(WEB / BESIDE, ignore_errors=True)
    assert differ == []


def differences(left: Path, right: Path) -> list[str]:
    """Return the paths that are in one of the folders only, or not the same in both."""
    names = {
        str(file.relative_to(folder))
        for folder in (left, right)
        for file in folder.rglob("*")
        if file.is_file()
    }
    return sorted(
        name
        for name in names
        if not (left / name).is_file()
        or not (right / name).is_file()
        or not filecmp.cmp(left / name, right / name, shallow=False)
    )
