"""Child processes on a core of their own: start, find, measure and end them."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cores:
    """Which core serves and which one loads; None when the machine has only one."""

    server: int | None
    load: int | None

    @classmethod
    def choose(cls) -> "Cores":
        """Take the first and the last core this process may use."""
        allowed = sorted(os.sched_getaffinity(0))
        if len(allowed) < 2:
            return cls(None, None)
        return cls(allowed[0], allowed[-1])


def pin_to_core(core: int | None, real_time: bool = False) -> None:
    """Bind the calling process to a core and, if wanted, let it go before all others there."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    if real_time:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def waited(pids: list[int]) -> float:
    """Return the seconds that processes were ready to run while others had their core."""
    nanoseconds = 0
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                nanoseconds += int(path.read_text().split()[1])
            except OSError:
                continue
    return nanoseconds / 1e9


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Child:
    """A program of its own session, bound to a core; its errors go to a file."""

    process: subprocess.Popen[bytes]
    errors: Path
    extra: list[int] = field(default_factory=list)

    @classmethod
    def start(
        cls,
        command: list[str],
        core: int | None,
        errors: Path,
        *,
        real_time: bool = False,
        env: dict[str, str] | None = None,
    ) -> "Child":
        """Start a command; it ends with this program at the latest."""
        with errors.open("wb") as sink:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
                preexec_fn=lambda: pin_to_core(core, real_time),  # noqa: PLW1509 - this program has no threads
            )
        return cls(process, errors)

    @classmethod
    def module(
        cls,
        name: str,
        *arguments: object,
        core: int | None,
        errors: Path,
        real_time: bool = False,
        **env: str,
    ) -> "Child":
        """Start a Python module of this checkout."""
        command = [sys.executable, "-m", name, *map(str, arguments)]
        return cls.start(command, core, errors, real_time=real_time, env=env)

    def pids(self) -> list[int]:
        """Return the process and all below it."""
        found, queue = [], [self.process.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                queue.extend(int(child) for child in task.read_text().split())
        return found

    def wait_for_port(self, port: int, seconds: float = 20) -> None:
        """Return when the child listens; raise with its last words when it does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise RuntimeError(f"{self.errors.name} does not listen on port {port}:\n{self.words()}")

    def wait_for_answer(self, port: int, path: str, seconds: float = 20) -> None:
        """Return when the child answers a request with 200."""
        self.wait_for_port(port, seconds)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{self.errors.name} does not become ready:\n{self.words()}")

    def words(self) -> str:
        """Return what the child wrote last."""
        return self.errors.read_text(errors="replace")[-2000:]

    def stop(self, grace: float = 1.0) -> None:
        """Ask the child to end; kill its session when it does not."""
        group = self.process.pid
        for number, wait in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(wait)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait(5)


def memory(pids: list[int]) -> int:
    """Return the memory of processes in bytes: what is shared between them counts once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor time that processes have used, user and system."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def stolen() -> tuple[float, float]:
    """Return the machine's processor time so far and the part that its host took away."""
    values = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return float(sum(values)), float(values[7])
