"""The Celery worker beside a composed stack: a child process that is restarted when it dies.

It is started before the stack imports what it is made of, so that both import at the same time, and
gets its settings on standard input once they are known. It reads that pipe to its end, so it ends
when the parent does, however that dies.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import structlog

COMMAND = (sys.executable, "-m", "slipway", "worker", "--with-parent")
STOP_SECONDS = 5.0
"""Until a worker that was asked to end is killed; on a busy machine an idle one takes a while."""
RESTART_SECONDS = (0.2, 5.0)

log = structlog.get_logger()


class WorkerProcess:
    """Keeps one `slipway worker` running until it is stopped."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._asked = False

    @classmethod
    @asynccontextmanager
    async def beside(cls, *, wanted: bool) -> AsyncIterator["WorkerProcess"]:
        """Have the process import while the block begins, if it is `wanted`; stop it at the end."""
        worker = cls()
        try:
            if wanted:
                await worker._spawn()
            yield worker
        finally:
            await worker.stop()

    def start(self, environment: Mapping[str, str]) -> None:
        """Begin to work with these settings, supervised; returns at once."""
        told = f"{json.dumps(dict(environment))}\n".encode()
        self._task = asyncio.create_task(self._supervise(told), name="worker-process")

    async def _spawn(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            # Ctrl-C in a terminal reaches the whole foreground group; the child is ended by us.
            start_new_session=True,
        )
        return self._process

    async def _supervise(self, told: bytes) -> None:
        shortest, longest = RESTART_SECONDS
        delay = shortest
        process = self._process
        while True:
            process = process or await self._spawn()
            started = asyncio.get_running_loop().time()
            if process.stdin is not None:
                # One that has ended already is waited for like any other.
                with suppress(OSError, RuntimeError):
                    process.stdin.write(told)
            status = await process.wait()
            process = None
            lived = asyncio.get_running_loop().time() - started
            delay = shortest if lived > longest else min(delay * 2, longest)
            log.warning("worker_process_ended", status=status, restart_in_seconds=delay)
            await asyncio.sleep(delay)

    def ask_to_end(self) -> None:
        """Ask it to end and no longer restart it; returns at once."""
        if self._task is not None:
            self._task.cancel()
        if not self._asked:
            # A second one would be told as another shutdown.
            self._asked = True
            self._signal(signal.SIGTERM)

    async def stop(self) -> None:
        """Ask it to end, then insist; a job it is cut off from is taken up again by its lease."""
        self.ask_to_end()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("worker_process_cut_off", after_seconds=STOP_SECONDS)
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
