"""Starts processes of the stack by a fork of one that has imported what they are made of.

A new interpreter imports for a second or two, and the tests start hundreds of them. A fork is a
process like any other: it has a session, an environment and files of its own, and can be killed.
"""

import asyncio
import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
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

MESSAGE_BYTES = 1 << 17
_LOOK_SECONDS = 0.02
PRELOADED = (
    "slipway.cli",
    "slipway.composition",
    "slipway.processes.gateway",
    "slipway.processes.relay",
    "slipway.processes.service",
    "slipway.processes.simulator",
    "slipway.processes.worker",
    "worker.celery_app",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "kombu.transport.pyamqp",
)


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
    channel, _ = _server()
    descriptors = [told, output] if stdin is None else [told, output, stdin]
    socket.send_fds(channel, [request], descriptors)
    os.close(told)
    return Forked(int(channel.recv(16)), heard)


@cache
def _server() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the server; it ends with this process, whose end of the channel closes then."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server = subprocess.Popen(
        [sys.executable, "-m", "testing.fork_server", str(theirs.fileno())],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )
    theirs.close()
    atexit.register(_end, ours, server)
    return ours, server


def _end(channel: socket.socket, server: subprocess.Popen[bytes]) -> None:
    channel.close()
    server.wait()


def serve(channel: socket.socket) -> None:
    """Fork for each request until the other end is closed; a fork runs its module and exits."""
    for name in PRELOADED:
        importlib.import_module(name)
    # What is shared is not written to by a collection.
    gc.collect()
    gc.freeze()
    statuses: dict[int, int] = {}
    ended, woken = socket.socketpair()
    ended.setblocking(False)
    woken.setblocking(False)
    signal.set_wakeup_fd(woken.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([channel, ended], [], [])
        if ended in ready:
            ended.recv(4096)
            _tell_ended(statuses)
        if channel in ready:
            request, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_BYTES, 3)
            if not request:
                return
            status, *files = descriptors
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (status, *statuses.values()):
                    os.close(descriptor)
                for end in (channel, ended, woken):
                    end.close()
                _run(*json.loads(request), *files)
            statuses[pid] = status
            for descriptor in files:
                os.close(descriptor)
            channel.send(str(pid).encode())


def _tell_ended(statuses: dict[int, int]) -> None:
    for pid in list(statuses):
        gone, how = os.waitpid(pid, os.WNOHANG)
        if gone:
            status = statuses.pop(pid)
            # Who does not want to know has closed the other end.
            with contextlib.suppress(BrokenPipeError):
                os.write(status, str(os.waitstatus_to_exitcode(how)).encode())
            os.close(status)


def _run(
    module: str, arguments: list[str], environment: dict[str, str], output: int, *stdin: int
) -> None:
    """Be that process. Raises SystemExit at its end."""
    os.setsid()
    _die_with_parent()
    for source, target in ((output, 1), (output, 2), *((source, 0) for source in stdin)):
        os.dup2(source, target)
    for source in (output, *stdin):
        os.close(source)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[1:1] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit(0)


def _die_with_parent() -> None:
    """Have a killed test run leave no process behind."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
