"""Starts a private service in a temporary folder, as an ordinary user, and ends it for certain."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def free_port() -> int:
    """Return a port that nobody listens on, and that no outgoing connection is given.

    The system hands out ports from 32768 upwards: one of those could be taken by any connection
    while a slow server still starts.
    """
    while True:
        port = secrets.choice(range(15_000, 32_000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class PrivateFolder:
    """A temporary folder; root hands it to `nobody`, because servers refuse to run as root."""

    def __init__(self, name: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"slipway-{name}-", dir="/tmp"))
        self.user: str | None = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.path, nobody.pw_uid, nobody.pw_gid)
            self.user = "nobody"

    def write(self, name: str, text: str, *, mode: int) -> None:
        """Write a file that belongs to who runs in the folder."""
        path = self.path / name
        path.write_text(text)
        path.chmod(mode)
        if self.user is not None:
            shutil.chown(path, self.user)

    def run(self, *command: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            command,
            cwd=self.path,
            env=self._environment(env),
            user=self.user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        text = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {text[-2000:]}")
        return text

    def spawn(self, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        # Children may outlive the server and keep a pipe open, so there is none.
        with (self.path / "output.log").open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=self.path,
                env=self._environment(env),
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _environment(self, extra: dict[str, str] | None) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.path), "LANG": "C.UTF-8"} | (
            extra or {}
        )

    def output(self) -> str:
        log = self.path / "output.log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return True
        time.sleep(0.1)
    return False
