"""The Celery worker beside a composed stack: a child process that is restarted when it dies.

The child reads its parent's end of a pipe, so it ends when the parent does, however that dies.
"""

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress

import structlog

STOP_SECONDS = 5.0
"""Until a worker that was asked to end is killed; on a busy machine an idle one takes a while."""
RESTART_SECONDS = (0.2, 5.0)

log = structlog.get_logger()


class WorkerProcess:
    """Keeps one `slipway worker` running until it is stopped."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._asked = False

    def start(self) -> None:
        """Begin to supervise; returns at once."""
        self._task = asyncio.create_task(self._supervise(), name="worker-process")

    async def _supervise(self) -> None:
        shortest, longest = RESTART_SECONDS
        delay = shortest
        while True:
            started = asyncio.get_running_loop().time()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "slipway",
                "worker",
                "--with-parent",
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                # Ctrl-C in a terminal reaches the whole foreground group; the child is ended by us.
                start_new_session=True,
            )
            status = await self._process.wait()
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
