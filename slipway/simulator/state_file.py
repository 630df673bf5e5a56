"""The simulator's file: a line of JSON for the whole, then one for each change, however many.

Writing the whole for each change cost the square of the environments, and held up whoever shares
the simulator's loop.
"""

from __future__ import annotations

import os
from pathlib import Path

import structlog
from pydantic import BaseModel

from slipway.simulator.environment import SimulatedEnvironment

log = structlog.get_logger(__name__)


class StateFileError(RuntimeError):
    """The state file is malformed; the text names it and the mend."""


class Change(BaseModel):
    """What came or became another, and the keys of sessions that were closed."""

    environments: list[SimulatedEnvironment] = []
    sessions: list[str] = []
    closed: list[str] = []


class StateFile:
    """Keeps what is added to it; without a path, nothing.

    A line that a crash cut off is left out. What a full disk does not take is written with the next
    change.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._environments: dict[int, SimulatedEnvironment] = {}
        self._sessions: set[str] = set()
        self._begun = False

    def load(self) -> Change:
        """Return the whole. Raises StateFileError when the file is malformed."""
        if self._path is not None and self._path.exists():
            lines = self._path.read_text(encoding="utf-8").splitlines(keepends=True)
            for number, line in enumerate(lines):
                try:
                    self._apply(Change.model_validate_json(line))
                except ValueError as error:
                    if number and number == len(lines) - 1 and not line.endswith("\n"):
                        break
                    raise StateFileError(
                        f"cannot read the simulator's environments from {self._path} "
                        f"({_first_line(error)}); correct the file, or move it away to begin with "
                        "none"
                    ) from error
        return self._whole()

    def add(self, change: Change) -> None:
        """Keep a change."""
        if self._path is None:
            return
        self._apply(change)
        try:
            if self._begun:
                self._append(self._path, change)
            else:
                self._rewrite(self._path)
        except OSError as error:
            self._begun = False
            log.error("simulator_state_not_saved", path=str(self._path), error=error.strerror)  # noqa: TRY400 - a traceback says nothing more

    def clear(self) -> None:
        """Forget all environments; the sessions stay."""
        self._environments.clear()
        self._begun = False
        self.add(Change())

    def _apply(self, change: Change) -> None:
        self._environments |= {each.id: each for each in change.environments}
        self._sessions = (self._sessions | set(change.sessions)) - set(change.closed)

    def _whole(self) -> Change:
        environments = [self._environments[number] for number in sorted(self._environments)]
        return Change(environments=environments, sessions=sorted(self._sessions))

    def _append(self, path: Path, change: Change) -> None:
        line = change.model_dump_json(exclude_defaults=True).encode() + b"\n"
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(descriptor, line) < len(line):
                raise OSError(0, "the disk took a part of a line only")
        finally:
            os.close(descriptor)

    def _rewrite(self, path: Path) -> None:
        """Write the whole, or leave the file as it is."""
        fresh = path.with_suffix(path.suffix + ".new")
        # The keys are good for this simulator only, yet nobody else needs to read them.
        fresh.touch(mode=0o600)
        fresh.write_text(self._whole().model_dump_json() + "\n", encoding="utf-8")
        fresh.replace(path)
        self._begun = True


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
