"""The programs of a stack: started in a session of their own, paused, measured, ended."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 8.0
_TICKS = os.sysconf("SC_CLK_TCK")


class ProgramFailedError(RuntimeError):
    """A program ended, or did not become ready; the text has its last words."""


@dataclass(frozen=True)
class Program:
    """A Python module as a process; what it says goes to a file."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(
        cls, name: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> "Program":
        """Start `python -m` with these arguments."""
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        return cls(name, process, log)

    def pids(self) -> list[int]:
        """Return the process and all below it."""
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    waiting.extend(int(child) for child in children.read_text().split())
        return found

    def wait_for_answer(self, url: str) -> None:
        """Return when `url` answers 200."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.check()
            with suppress(OSError), urlopen(url, timeout=2):
                return
            time.sleep(0.05)
        raise ProgramFailedError(f"{self.name} does not answer at {url}:\n{self.words()}")

    def wait_for_words(self, words: str) -> None:
        """Return when the program has said so."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.check()
            if words in self.log.read_text(errors="replace"):
                return
            time.sleep(0.05)
        raise ProgramFailedError(f"{self.name} does not say {words!r}:\n{self.words()}")

    def check(self) -> None:
        """Raise when it has ended."""
        if self.process.poll() is not None:
            raise ProgramFailedError(
                f"{self.name} ended with status {self.process.returncode}:\n{self.words()}"
            )

    def words(self) -> str:
        """Return what it said last."""
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        """Ask it to end, then kill its session and what is below it."""
        pids = self.pids()
        with suppress(ProcessLookupError):
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(
    folder: Path, environment: Mapping[str, str], name: str, *arguments: str
) -> Iterator[Program]:
    """Run `slipway` with these arguments while the block runs; its log is in `folder`."""
    log = folder / f"{name}-{secrets.token_hex(2)}.log"
    program = Program.start(name, ["slipway", *arguments], log, environment)
    try:
        yield program
    finally:
        program.stop()


def pause(pids: Sequence[int]) -> None:
    """Stop processes where they are."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def resume(pids: Sequence[int]) -> None:
    """Let them go on."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time that processes have used, user and system."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS
