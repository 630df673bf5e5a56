"""Decides which gateway puts a bad event aside: each gateway gets every event, one copy is wanted.

The writer is who holds an exclusive queue, which the broker takes from it with its connection. The
others keep what they refuse for a while: should the writer be gone, the next one puts it aside.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog
from aiormq.exceptions import ChannelLockedResource

from generated.messaging.runtime.delivery import dead_letter

if TYPE_CHECKING:
    from collections.abc import Callable

    from aio_pika.abc import AbstractConnection
    from faststream.rabbit import RabbitBroker

    from generated.messaging.contract import ContractError
    from generated.messaging.runtime.delivery import RawMessage
    from generated.messaging.topology import Topology

DEAD: Final = "events.dead"
"""The contract's name of the dead-letter exchange of events, and of its queue."""

KEPT_SECONDS: Final = 60.0
"""Longer than a broker takes to notice that a writer is gone (heartbeats, `backbone.tcp`)."""

KEPT_BYTES: Final = 4_194_304
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 20.0
"""Seconds between two attempts to become the writer; brokers log each that fails."""

log = structlog.get_logger(__name__)


class _Kept(NamedTuple):
    raw: RawMessage
    error: ContractError
    queue: str
    until: float


class DeadLetterWriter:
    """One gateway's part; `clock` gives monotonic seconds.

    A bad event is put aside once. It may be there twice when its writer ends within a minute.
    """

    def __init__(self, topology: Topology, clock: Callable[[], float]) -> None:
        self._exchange = topology.exchange(DEAD)
        self._lock = f"{topology.queue(DEAD).name}.writer"
        self._clock = clock
        self._connection: AbstractConnection | None = None
        self._broker: RabbitBroker | None = None
        self._writes = False
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._trying: asyncio.Task[None] | None = None

    def connected(self, broker: RabbitBroker, connection: AbstractConnection) -> None:
        """Begin a connection's life."""
        self._broker, self._connection = broker, connection
        if self._kept:
            self._try()

    def lost(self) -> None:
        """End it: the broker gives the exclusive queue to whoever asks next."""
        self._broker = self._connection = None
        self._writes = False
        if self._trying is not None:
            self._trying.cancel()
            self._trying = None

    def refused(self, raw: RawMessage, error: ContractError, queue: str) -> bool:
        """Return whether the caller shall put a message aside; else it is kept for a while."""
        if self._writes:
            return True
        self._kept.append(_Kept(raw, error, queue, self._clock() + KEPT_SECONDS))
        self._bytes += len(raw.body)
        self._forget()
        self._try()
        return False

    def _try(self) -> None:
        if self._trying is None and self._connection is not None:
            self._trying = asyncio.create_task(self._become_writer(), name="dead-letter-writer")

    async def _become_writer(self) -> None:
        """Try until this is the writer, or there is nothing left to put aside."""
        pause = FIRST_PAUSE
        try:
            while self._kept:
                if await self._take_lock():
                    self._writes = True
                    await self._put_aside()
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
                self._forget()
        except Exception:
            # The messages stay; a later one or the next connection tries again.
            log.exception("gateway_dead_letters_wait", messages=len(self._kept))
        finally:
            if self._trying is asyncio.current_task():
                self._trying = None

    async def _take_lock(self) -> bool:
        assert self._connection is not None  # noqa: S101 - `lost` cancels this task
        # A refusal closes its channel, so it has one of its own.
        channel = await self._connection.channel()
        try:
            await channel.declare_queue(self._lock, exclusive=True)
        except ChannelLockedResource:
            return False
        await channel.close()
        log.info("gateway_writes_dead_letters")
        return True

    async def _put_aside(self) -> None:
        assert self._broker is not None  # noqa: S101 - `lost` cancels this task
        while self._kept:
            kept = self._kept[0]
            await dead_letter(
                self._broker, kept.raw, kept.error, exchange=self._exchange, queue=kept.queue
            )
            self._drop()

    def _forget(self) -> None:
        """Drop what is old, or too much: its writer had time to put it aside."""
        now = self._clock()
        while self._kept and (self._kept[0].until <= now or self._bytes > KEPT_BYTES):
            self._drop()

    def _drop(self) -> None:
        self._bytes -= len(self._kept.popleft().raw.body)
