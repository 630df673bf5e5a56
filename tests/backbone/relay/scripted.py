"""A broker for fast tests: takes messages in order and answers what the test wrote down."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from backbone.lease_lock import LeaseLost
from backbone.relay.confirms import Outcome
from backbone.relay.publisher import BrokerUnavailable
from backbone.relay.queue import QueuedMessage


class ScriptedPublisher:
    """Stands in for Publisher. `answer` decides each message's outcome; `away` refuses all."""

    def __init__(self) -> None:
        self.sent: list[QueuedMessage] = []
        self.batches: list[int] = []
        self.away = False
        self.answer: Callable[[QueuedMessage], Outcome] = lambda _: Outcome.CONFIRMED
        self.attempts = 0
        self.arrived = asyncio.Condition()
        self.closed = False

    async def connect(self, *, patient: bool = False) -> None:
        self.attempts += 1
        async with self.arrived:
            self.arrived.notify_all()
        if self.away:
            raise BrokerUnavailable("away")

    async def publish(self, messages: Sequence[QueuedMessage]) -> list[Outcome]:
        self.attempts += 1
        async with self.arrived:
            self.arrived.notify_all()
        if self.away:
            raise BrokerUnavailable("away")
        self.batches.append(len(messages))
        outcomes = [self.answer(message) for message in messages]
        self.sent += [
            message
            for message, outcome in zip(messages, outcomes, strict=True)
            if outcome is Outcome.CONFIRMED
        ]
        return outcomes

    async def close(self) -> None:
        self.closed = True

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(happened)

    @property
    def ids(self) -> list[str | None]:
        return [message.message_id for message in self.sent]


class FreeLock:
    """Always ours, until `lose` is set."""

    def __init__(self) -> None:
        self.lose = asyncio.Event()
        self.released = 0
        self.fences: Mapping[str, int] = {}
        self.over = False

    async def acquire(self) -> bool:
        return True

    async def hold(self) -> None:
        await self.lose.wait()

    def check(self) -> None:
        if self.over:
            raise LeaseLost

    async def release(self) -> None:
        self.released += 1
