"""A gateway of its own behind the stack's origin, to be killed and started again.

Each request has a connection of its own, so that its path decides where it goes.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from testing.checkout import ROOT
from testing.stack import RunningStack, kill_group

EVENTS = b"/api/v1/events"
HEAD_END = b"\r\n\r\n"
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Gateway:
    """`slipway gateway` on the stack's database and broker."""

    stack: RunningStack
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        run = self.stack.run
        assert run is not None
        assert run.amqp_url is not None
        environment = self.stack.environment | {
            "DATABASE_URL": run.database_url,
            "RABBITMQ_URL": run.amqp_url,
        }
        with (self.stack.home / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "slipway", "gateway", "--port", str(self.port)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the gateway ended"
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError("the gateway does not listen")

    def kill(self) -> None:
        """End it as the kernel does, without a word to anybody."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            kill_group(self.process.pid)
            self.process = None


@contextmanager
def own_gateway(stack: RunningStack) -> Iterator[tuple[Gateway, str]]:
    """Yield the gateway, and the origin at which streams go to it and all else to the stack."""
    gateway = Gateway(stack, free_port())
    gateway.start()
    run = stack.run
    assert run is not None
    behind = int(run.base_url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, behind, gateway.port), daemon=True).start()
        try:
            yield gateway, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            gateway.kill()


def _serve(listener: socket.socket, stack: int, gateway: int) -> None:
    while True:
        try:
            front, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_hand_over, args=(front, stack, gateway), daemon=True).start()


def _hand_over(front: socket.socket, stack: int, gateway: int) -> None:
    with front:
        head = b""
        while HEAD_END not in head:
            received = front.recv(65_536)
            if not received:
                return
            head += received
        path = head.split(b" ", 2)[1].partition(b"?")[0]
        lines, _, body = head.partition(HEAD_END)
        kept = [
            line for line in lines.split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        alone = b"\r\n".join([*kept, b"Connection: close"]) + HEAD_END + body
        try:
            address = ("127.0.0.1", gateway if path == EVENTS else stack)
            with socket.create_connection(address) as back:
                back.sendall(alone)
                threading.Thread(target=_pipe, args=(front, back), daemon=True).start()
                _pipe(back, front)
        except OSError:
            return


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while received := source.recv(65_536):
            target.sendall(received)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
