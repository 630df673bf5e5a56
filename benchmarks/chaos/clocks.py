"""Moves the wall clocks of single processes, by a library of some lines that they preload."""

import os
import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

MOVE_SECONDS: Final = 45
"""Further than any lease of a run, and than the time in which everything must go on."""

_SOURCE = Path(__file__).with_name("clock_offset.c")


class Clocks:
    """One file per process says by how many seconds its clock is wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = _compiled(folder)

    @property
    def movable(self) -> bool:
        """Whether there is a C compiler for Linux."""
        return self._library is not None

    def environment(self, process: str) -> Mapping[str, str]:
        """Return the variables that put a process under its clock; none where none is movable."""
        if self._library is None:
            return {}
        self._file(process).write_bytes(struct.pack("=q", 0))
        return {"LD_PRELOAD": str(self._library), "CHAOS_CLOCK_FILE": str(self._file(process))}

    def move(self, process: str, seconds: int) -> None:
        """Let the process's clock be wrong by so much from now on."""
        # In place, because the process has the file mapped.
        with self._file(process).open("r+b") as file:
            file.write(struct.pack("=q", seconds))

    def _file(self, process: str) -> Path:
        return self._folder / f"{process}.clock"


def _compiled(folder: Path) -> Path | None:
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "clock_offset.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, check=False)
    return library if done.returncode == 0 else None
