"""Runs a program of the stack in a process of its own: forked for a test, fresh for all others."""

import asyncio
import atexit
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from testing.checkout import ROOT

_LOOK_SECONDS = 0.02


class Forked:
    """A process as `subprocess.Popen` has it: `pid`, `returncode`, `poll`, `wait`, `send_signal`."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status = status

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while it runs."""
        return self._read(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status. Raises TimeoutExpired after `timeout` seconds."""
        status = self._read(timeout)
        if status is None:
            raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            # Without an answer the server has ended, and its processes with it.
            self.returncode = int(os.read(self._status, 16) or -signal.SIGKILL)
            os.close(self._status)
        return self.returncode


Running = subprocess.Popen[bytes] | Forked


def launch(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    output: int,
    stdin: int | None = None,
    root: Path = ROOT,
    fresh: bool = False,
) -> Running:
    """Run `python -m module arguments` in a new session, from the root of a checkout.

    A test forks, unless it wants a `fresh` interpreter or the code of another checkout; a benchmark
    gets what an operator gets. `output` (standard output and error) and `stdin` are descriptors
    that the caller closes; without the latter there is nothing to read.
    """
    if "PYTEST_CURRENT_TEST" in os.environ and root == ROOT and not fresh:
        return _fork(module, arguments, environment, output=output, stdin=stdin)
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=root,
        env=dict(environment),
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


async def run(
    module: str, *arguments: str, environment: Mapping[str, str], seconds: float = 120
) -> tuple[int, str]:
    """Run it to its end; return the exit status and what it printed. Raises TimeoutError."""
    with tempfile.TemporaryFile() as output:
        process = launch(module, arguments, environment, output=output.fileno())
        try:
            async with asyncio.timeout(seconds):
                status = await end_of(process)
        finally:
            process.kill()
        output.seek(0)
        return status, output.read().decode()


async def end_of(process: Running) -> int:
    """Wait for the exit status of a process."""
    while (status := process.poll()) is None:
        await asyncio.sleep(_LOOK_SECONDS)
    return status


def _fork(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    output: int,
    stdin: int | None,
) -> Forked:
    heard, told = os.pipe()
    request = json.dumps([module, list(arguments), dict(environment)]).encode()
    channel = _server()
    descriptors = [told, output] if stdin is None else [told, output, stdin]
    socket.send_fds(channel, [request], descriptors)
    os.close(told)
    return Forked(int(channel.recv(16)), heard)


@cache
def _server() -> socket.socket:
    """Connect to the server of this test run, which the first process that needs it starts.

    It ends with the last of them, whose ends of the channels close then.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    address = Path(tempfile.gettempdir()) / f"slipway-forks-{run}"
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    lock = os.open(Path(__file__).parent, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        channel.connect(str(address))
    except FileNotFoundError:
        _start(address)
        channel.connect(str(address))
    finally:
        os.close(lock)
    atexit.register(channel.close)
    return channel


def _start(address: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(address))
        listener.listen()
        server = subprocess.Popen(
            [sys.executable, "-m", "testing.fork_server", str(listener.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    # Who started it may end before it does.
    atexit.register(server.poll)
