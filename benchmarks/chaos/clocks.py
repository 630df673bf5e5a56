"""Moves the clocks of single processes, where libfaketime is installed."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)
MOVE_SECONDS: Final = 45
"""Further than any lease of a run, and than the time in which everything must go on."""


class Clocks:
    """One file per process says by how many seconds its clock is wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = next((name for name in LIBRARIES if Path(name).exists()), None)

    @property
    def movable(self) -> bool:
        """Whether the library is there."""
        return self._library is not None

    def environment(self, process: str) -> Mapping[str, str]:
        """Return the variables that put a process under this clock; none without the library."""
        if self._library is None:
            return {}
        self.move(process, 0)
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file(process)),
            "FAKETIME_CACHE_DURATION": "1",
            # Spans are measured by the monotonic clock, which nobody can set.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, process: str, seconds: int) -> None:
        """Let the process's clock be wrong by so much from now on (it looks once a second)."""
        draft = self._file(process).with_suffix(".new")
        draft.write_text(f"{seconds:+d}\n")
        os.replace(draft, self._file(process))  # noqa: PTH105 - read while it is replaced

    def _file(self, process: str) -> Path:
        return self._folder / f"{process}.clock"
