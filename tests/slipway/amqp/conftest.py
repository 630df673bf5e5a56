"""Stand-ins for a channel and a virtual host, so that queues can be tested without a socket."""

from collections.abc import Callable
from typing import Any

import pytest
from pamqp import commands
from pamqp import header as headers

from slipway.amqp.consumer import Consumer
from slipway.amqp.message import Entry, Message
from slipway.amqp.message_memory import MessageMemory
from slipway.amqp.queue import Queue


class Client:
    """A channel that keeps what it is given; `open` closes its window."""

    def __init__(self) -> None:
        self.open = True
        self.got: list[Entry] = []
        self.cancellations: list[str] = []

    def accepts(self) -> bool:
        return self.open

    def deliver(self, consumer: Consumer, entry: Entry) -> None:
        self.got.append(entry)

    def cancelled(self, consumer: Consumer) -> None:
        self.cancellations.append(consumer.tag)

    @property
    def bodies(self) -> list[bytes]:
        return [entry.message.body for entry in self.got]


class Owner:
    """A virtual host that keeps the dead and the removed."""

    def __init__(self) -> None:
        self.dead: list[tuple[bytes, str]] = []
        self.removed: list[str] = []

    def dead_letter(self, queue: Queue, message: Message, reason: str) -> None:
        self.dead.append((message.body, reason))

    def remove_queue(self, queue: Queue) -> None:
        self.removed.append(queue.name)
        queue.close()


def message(body: bytes = b"", **properties: Any) -> Message:
    content = headers.ContentHeader(
        body_size=len(body), properties=commands.Basic.Properties(**properties)
    )
    return Message("", "q", content.marshal(), body)


@pytest.fixture
def make_message() -> Callable[..., Message]:
    return message


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def another() -> Client:
    return Client()


@pytest.fixture
def memory() -> MessageMemory:
    return MessageMemory(1_000_000, lambda: None)


@pytest.fixture
def make_queue(owner: Owner, memory: MessageMemory) -> Callable[..., Queue]:
    def make(**table: Any) -> Queue:
        arguments = {f"x-{key.replace('_', '-')}": value for key, value in table.items()}
        return Queue("q", owner, memory, table=arguments)

    return make
