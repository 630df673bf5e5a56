"""Starts processes of the stack by a fork of one that has imported what they are made of.

A new interpreter imports for a second or two, and the tests start hundreds of them. A fork is a
process like any other: it has a session, an environment and files of its own, and can be killed.
"""

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
import sys
from pathlib import Path

MESSAGE_BYTES = 1 << 17
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


class _Server:
    """Forks for each request of a test process until all of them have closed their channels."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._channels: set[socket.socket] = set()
        self._forks: dict[int, tuple[int, socket.socket]] = {}
        self._ended, self._woken = socket.socketpair()
        self._ended.setblocking(False)
        self._woken.setblocking(False)

    def run(self) -> None:
        signal.set_wakeup_fd(self._woken.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._accept()
        while self._channels:
            ready, _, _ = select.select([self._listener, self._ended, *self._channels], [], [])
            if self._ended in ready:
                self._ended.recv(4096)
                self._tell_ended()
            for channel in self._channels.intersection(ready):
                self._answer(channel)
            if self._listener in ready:
                self._accept()

    def _accept(self) -> None:
        channel, _ = self._listener.accept()
        self._channels.add(channel)

    def _answer(self, channel: socket.socket) -> None:
        try:
            request, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_BYTES, 3)
        except ConnectionResetError:
            request = b""
        if not request:
            self._end(channel)
            return
        status, *files = descriptors
        pid = os.fork()
        if pid == 0:
            self._forget(status)
            _run(*json.loads(request), *files)
        self._forks[pid] = status, channel
        for descriptor in files:
            os.close(descriptor)
        # A test process that was killed in the meantime is told of by its channel.
        with contextlib.suppress(BrokenPipeError):
            channel.send(str(pid).encode())

    def _forget(self, status: int) -> None:
        """Close in a fork what is the server's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (status, *(status for status, _ in self._forks.values())):
            os.close(descriptor)
        for end in (self._listener, *self._channels, self._ended, self._woken):
            end.close()

    def _end(self, channel: socket.socket) -> None:
        """Leave nothing of a test process that has ended; those of the last one end with us."""
        self._channels.remove(channel)
        channel.close()
        for pid, (_, owner) in self._forks.items():
            if owner is channel:
                os.kill(pid, signal.SIGKILL)
        if not self._channels:
            Path(self._listener.getsockname()).unlink(missing_ok=True)
            # Who has connected by now is served; who comes later finds nothing, and starts another.
            if select.select([self._listener], [], [], 0)[0]:
                self._accept()

    def _tell_ended(self) -> None:
        for pid in list(self._forks):
            gone, how = os.waitpid(pid, os.WNOHANG)
            if gone:
                status, _ = self._forks.pop(pid)
                # Who does not want to know has closed the other end.
                with contextlib.suppress(BrokenPipeError):
                    os.write(status, str(os.waitstatus_to_exitcode(how)).encode())
                os.close(status)


def serve(listener: socket.socket) -> None:
    """Import what the processes are made of, then fork for whoever connects."""
    for name in PRELOADED:
        importlib.import_module(name)
    # What is shared is not written to by a collection.
    gc.collect()
    gc.freeze()
    _Server(listener).run()


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
