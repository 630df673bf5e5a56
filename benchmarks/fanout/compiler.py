"""Compiles the two C programs for one run: the load generator and the bare-socket server."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


class NoCompilerError(Exception):
    """There is no C compiler, or it refuses our programs."""


def compile_program(name: str, directory: Path) -> Path:
    """Compile `name`.c into a directory and give the program's path.

    Raises:
        NoCompilerError: with what to do about it.
    """
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NoCompilerError(
            "no C compiler found: install gcc (Debian: apt install gcc libc6-dev)"
        )
    program = directory / name
    command = [compiler, "-O2", "-o", str(program), str(HERE / f"{name}.c")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoCompilerError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    return program
