"""A server that is started and stopped here: a command on a port of 127.0.0.1."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from sse_conformance.errors import TargetError
from sse_conformance.nginx import free_port, wait_for_port
from sse_conformance.target import Target

TAIL = 2000


class ProcessTarget(Target):
    """`command` and `environment` may hold `{port}`; `{python}` is this Python.

    It has a folder of its own, `{folder}`, kept over restarts. A restart takes the same port.
    """

    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}  # noqa: RUF012 - set anew, never changed
    directory: Path | None = None
    stop_seconds: float = 10.0
    """After SIGTERM, before SIGKILL."""

    def __init__(self) -> None:
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        """A folder for what the server stores; made when it is first asked for."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="sse-conformance-")
        return Path(self._folder.name)

    @property
    def log(self) -> Path:
        """The file with what the server says."""
        return self.folder / "server.log"

    def rendered(self, text: str) -> str:
        """Put in port, folder and Python."""
        text = text.replace("{port}", str(self.port)).replace("{python}", sys.executable)
        return text.replace("{folder}", str(self.folder)) if "{folder}" in text else text

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.port = self.port or free_port()
        command = [self.rendered(part) for part in self.command]
        environment = {name: self.rendered(value) for name, value in self.environment.items()}
        with self.log.open("ab") as log:
            try:
                self.process = subprocess.Popen(  # noqa: S603 - what the target's file says
                    command,
                    cwd=self.directory,
                    env=os.environ | {"PORT": str(self.port)} | environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            except OSError as error:
                raise TargetError(f"the server does not start: {error}") from error
        try:
            wait_for_port("127.0.0.1", self.port, self.process)
        except TargetError as error:
            raise TargetError(f"{error}\n{self.log.read_text(errors='replace')[-TAIL:]}") from error

    def stop(self) -> None:
        """Stop it by SIGTERM, then by SIGKILL if it does not end."""
        if self.process is None:
            return
        self.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """Remove its folder."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def terminate(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def exited(self) -> bool:
        """Return whether the process has ended."""
        return self.process is None or self.process.poll() is not None

    def pids(self) -> list[int]:
        """Return the process and its children."""
        found = [self.process.pid] if self.process is not None else []
        for pid in found:
            with contextlib.suppress(OSError):
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                found += [int(child) for child in children]
        return found
