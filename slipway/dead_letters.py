"""The dead-letter queues from an operator's side: look, send again, drop what is named."""

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from slipway.message_copy import copy_of

QUEUES = ("jobs.dead", "events.dead")
"""As the contract calls them; settings may give them other names."""

# What the dead-lettering added; a message that is sent again starts without it.
ADDED_HEADERS = frozenset(
    {
        "x-contract-error",
        "x-contract-version",
        "x-original-exchange",
        "x-original-routing-key",
        "x-original-queue",
        "x-death",
        "x-first-death-exchange",
        "x-first-death-queue",
        "x-first-death-reason",
        "x-last-death-exchange",
        "x-last-death-queue",
        "x-last-death-reason",
    }
)


class UnknownDeadLetterError(LookupError):
    """The queue holds no message of that number."""


class UnroutedDeadLetterError(RuntimeError):
    """A dead letter says nothing of where it came from, or its origin is gone."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead message: where it came from, why it is here, and its untouched body."""

    queue: str
    number: int
    rule: str
    pointer: str
    detail: str
    contract_version: str
    exchange: str
    routing_key: str
    content_type: str
    headers: dict[str, Any]
    body: bytes

    def summary(self) -> dict[str, Any]:
        """Return all but the headers, for JSON output; a body that is no text is shown escaped."""
        return {
            "queue": self.queue,
            "number": self.number,
            "rule": self.rule,
            "pointer": self.pointer,
            "detail": self.detail,
            "contract_version": self.contract_version,
            "exchange": self.exchange,
            "routing_key": self.routing_key,
            "content_type": self.content_type,
            "body": self.body.decode("utf-8", "backslashreplace"),
        }


def describe(queue: str, number: int, message: AbstractIncomingMessage) -> DeadLetter:
    """Read a dead message's headers: ours when a contract failed, else the broker's ``x-death``."""
    headers = dict(message.headers)
    death = _first_death(headers)
    reason = _reason(headers, death)
    return DeadLetter(
        queue=queue,
        number=number,
        rule=reason.get("rule", "unknown"),
        pointer=reason.get("pointer", ""),
        detail=reason.get("detail", ""),
        contract_version=str(headers.get("x-contract-version", "")),
        exchange=str(headers.get("x-original-exchange", death.get("exchange", ""))),
        routing_key=str(
            headers.get("x-original-routing-key", (death.get("routing-keys") or [""])[0])
        ),
        content_type=message.content_type or "",
        headers=headers,
        body=message.body,
    )


def _first_death(headers: dict[str, Any]) -> dict[str, Any]:
    # The broker prepends each death, so the last entry is the one that left the original queue.
    deaths = headers.get("x-death") or [{}]
    first = deaths[-1]
    return first if isinstance(first, dict) else {}


def _reason(headers: dict[str, Any], death: dict[str, Any]) -> dict[str, str]:
    told = headers.get("x-contract-error")
    if told is None:
        reason = str(death.get("reason", "unknown"))
        return {"rule": reason, "detail": f"the broker dead-lettered it ({reason})"}
    try:
        parsed = json.loads(told)
    except (TypeError, ValueError):
        return {"rule": "unknown", "detail": str(told)}
    if not isinstance(parsed, dict):
        return {"rule": "unknown", "detail": str(told)}
    return {key: str(value) for key, value in parsed.items()}


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AbstractChannel]:
    """Yield a channel of its own with confirms; closing it requeues what was not acknowledged."""
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def fetch(
    channel: AbstractChannel, name: str, limit: int
) -> list[tuple[DeadLetter, AbstractIncomingMessage]]:
    """Take the oldest letters off a queue; what is not acknowledged goes back with the channel."""
    queue = await channel.get_queue(name)
    found = []
    for number in range(1, limit + 1):
        message = await queue.get(no_ack=False, fail=False)
        if message is None:
            break
        found.append((describe(name, number, message), message))
    return found


async def browse(
    url: str, queues: Collection[str] = QUEUES, *, limit: int = 1000
) -> list[DeadLetter]:
    """List dead letters, the oldest first in each queue, and leave them where they are."""
    letters = []
    for name in queues:
        async with connected(url) as channel:
            letters += [letter for letter, _ in await fetch(channel, name, limit)]
    return letters


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters of a queue: those of the numbers that ``browse`` gave, or of a rule, or all."""

    numbers: Collection[int] | None = None
    rule: str | None = None

    def has(self, letter: DeadLetter) -> bool:
        """Return whether a letter is one of them."""
        if self.numbers is not None and letter.number not in self.numbers:
            return False
        return self.rule is None or letter.rule == self.rule


async def requeue(url: str, queue: str, choice: Choice, *, limit: int = 1000) -> list[DeadLetter]:
    """Send dead letters to where they came from.

    A letter leaves the dead-letter queue only after the broker confirmed its copy.

    Raises:
        UnknownDeadLetterError: a number that the queue does not hold; nothing was sent.
        UnroutedDeadLetterError: its origin is not known or no longer bound; it stays.
    """
    async with connected(url) as channel:
        chosen = await _chosen(channel, queue, choice, limit)
        for letter, message in chosen:
            await send_again(channel, letter, message)
    return [letter for letter, _ in chosen]


async def drop(url: str, queue: str, choice: Choice, *, limit: int = 1000) -> list[DeadLetter]:
    """Drop dead letters for good. Raises UnknownDeadLetterError; then nothing was dropped."""
    async with connected(url) as channel:
        chosen = await _chosen(channel, queue, choice, limit)
        for _, message in chosen:
            await message.ack()
    return [letter for letter, _ in chosen]


async def _chosen(
    channel: AbstractChannel, queue: str, choice: Choice, limit: int
) -> list[tuple[DeadLetter, AbstractIncomingMessage]]:
    fetched = await fetch(channel, queue, limit)
    known = {letter.number for letter, _ in fetched}
    unknown = sorted(set(choice.numbers or ()) - known)
    if unknown:
        raise UnknownDeadLetterError(
            f"{queue} holds {len(known)} dead letters; there is no number {unknown[0]}"
        )
    return [pair for pair in fetched if choice.has(pair[0])]


async def send_again(
    channel: AbstractChannel, letter: DeadLetter, message: AbstractIncomingMessage
) -> None:
    """Publish a copy to where the letter came from, and acknowledge the letter once it is there.

    Raises UnroutedDeadLetterError.
    """
    if not letter.routing_key:
        raise UnroutedDeadLetterError(
            f"dead letter {letter.number} of {letter.queue} does not tell where it came from"
        )
    headers = {key: value for key, value in message.headers.items() if key not in ADDED_HEADERS}
    copy = copy_of(message, headers)
    exchange = (
        await channel.get_exchange(letter.exchange) if letter.exchange else channel.default_exchange
    )
    try:
        await exchange.publish(copy, letter.routing_key, mandatory=True, timeout=5)
    except aio_pika.exceptions.PublishError as error:
        raise UnroutedDeadLetterError(
            f"dead letter {letter.number}: nothing is bound to {letter.exchange!r} with "
            f"{letter.routing_key!r}; start its consumer, then try again"
        ) from error
    await message.ack()
