"""One process of the stack: started, killed, ended and started again, and never lost sight of."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from testing.checkout import ROOT
from testing.launch import Running, end_of, launch

START_SECONDS = 180.0
"""Generous: how soon a process starts is the machine's affair."""


class Process:
    """`slipway <arguments>` with a log file. An end that nobody asked for is written down.

    `root` is the checkout whose code it runs; with `fresh` it is a new interpreter in any case.
    """

    def __init__(
        self,
        name: str,
        arguments: list[str],
        environment: Mapping[str, str],
        log: Path,
        ready: Callable[[], Awaitable[bool]] | None = None,
        *,
        root: Path = ROOT,
        fresh: bool = False,
    ) -> None:
        self.name = name
        self.log = log
        self.starts = 0
        self.crashes: list[int] = []
        self._arguments = arguments
        self._environment = dict(environment)
        self._ready = ready
        self._root = root
        self._fresh = fresh
        self._process: Running | None = None
        self._watch: asyncio.Task[None] | None = None
        self._wanted = False

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises RuntimeError when it ends instead, which is told so and not counted as a crash.
        """
        self._wanted = True
        with self.log.open("ab") as output:
            self._process = launch(
                "slipway",
                self._arguments,
                self._environment,
                output=output.fileno(),
                root=self._root,
                fresh=self._fresh,
            )
        self.starts += 1
        self._watch = asyncio.create_task(self._notice_end(self._process))
        try:
            await self.ready()
        except RuntimeError:
            await self._watch
            self.crashes.pop()
            raise

    async def ready(self) -> None:
        """Wait until it answers its probe, if it has one."""
        if self._ready is None:
            return
        async with asyncio.timeout(START_SECONDS):
            while not await self._ready():
                if not self.running:
                    raise RuntimeError(f"{self.name} did not start; see {self.log}")
                await asyncio.sleep(0.05)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def freeze(self) -> None:
        """SIGSTOP: it is there and does nothing, as a machine that is paused."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on where it was, and knows nothing of the time between."""
        self._send(signal.SIGCONT)

    def _send(self, how: signal.Signals) -> None:
        if self._process is not None and self.running:
            os.killpg(self._process.pid, how)

    async def kill(self) -> None:
        """SIGKILL, without a warning."""
        await self._end(signal.SIGKILL, None)

    async def terminate(self, seconds: float) -> int | None:
        """SIGTERM; its status, or None when it had to be killed after `seconds`."""
        return await self._end(signal.SIGTERM, seconds)

    async def _end(self, how: signal.Signals, seconds: float | None) -> int | None:
        self._wanted = False
        process = self._process
        if process is None:
            return None
        process.send_signal(how)
        try:
            status: int | None = await asyncio.wait_for(end_of(process), seconds)
        except TimeoutError:
            status = None
        # Its session may hold children, and they shall not outlive it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await end_of(process)
        if self._watch is not None:
            await self._watch
        return status

    async def _notice_end(self, process: Running) -> None:
        status = await end_of(process)
        if self._wanted and process is self._process:
            self.crashes.append(status)
