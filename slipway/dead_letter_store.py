"""The dead-letter queues for the service: letters named by what is in them, one act at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.exceptions import AMQPError, ChannelNotFoundEntity

from backbone.errors import BrokerUnavailable, DeadLetterUnrouted
from backbone.settings import Settings
from service.deadletters.store import LARGEST_SEARCH, Letter
from slipway.dead_letters import (
    DeadLetter,
    UnroutedDeadLetterError,
    connected,
    fetch,
    send_again,
)

log = structlog.get_logger(__name__)


class BrokerDeadLetters:
    """The queues of one broker; `queues` gives their names by those of the contract's exchanges."""

    def __init__(self, url: str, queues: Mapping[str, str]) -> None:
        self._url = url
        self._queues = queues

    async def browse(self, queue: str, *, limit: int) -> tuple[Sequence[Letter], int]:
        """Return the oldest letters, which stay where they are, and how many there are in all."""
        async with self._channel() as channel:
            declared = await channel.declare_queue(self._queues[queue], passive=True)
            total = declared.declaration_result.message_count or 0
            found = await fetch(channel, self._queues[queue], limit)
        return [_letter(letter) for letter, _ in found], max(total, len(found))

    async def find(self, queue: str, letter_id: str) -> Letter | None:
        """Return one letter, which stays where it is."""
        async with self._channel() as channel:
            found = await self._search(channel, queue, letter_id)
        return None if found is None else _letter(found[0])

    async def requeue(self, queue: str, letter_id: str) -> Letter | None:
        """Send one letter to where it came from. Raises `DeadLetterUnrouted`; it stays then."""
        async with self._channel() as channel:
            found = await self._search(channel, queue, letter_id)
            if found is None:
                return None
            try:
                await send_again(channel, *found)
            except UnroutedDeadLetterError as error:
                raise DeadLetterUnrouted from error
        return _letter(found[0])

    async def drop(self, queue: str, letter_id: str) -> Letter | None:
        """Remove one letter for good."""
        async with self._channel() as channel:
            found = await self._search(channel, queue, letter_id)
            if found is None:
                return None
            await found[1].ack()
        return _letter(found[0])

    async def _search(
        self, channel: AbstractChannel, queue: str, letter_id: str
    ) -> tuple[DeadLetter, AbstractIncomingMessage] | None:
        for letter, message in await fetch(channel, self._queues[queue], LARGEST_SEARCH):
            if name_of(letter) == letter_id:
                return letter, message
        return None

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        """Yield a channel; what was fetched and not settled goes back when it closes."""
        try:
            async with connected(self._url) as channel:
                yield channel
        except ChannelNotFoundEntity:
            raise BrokerUnavailable("The broker does not have the dead-letter queue.") from None
        except (*CONNECTION_EXCEPTIONS, AMQPError, TimeoutError) as error:
            log.warning("dead_letters_unavailable", why=type(error).__name__)
            raise BrokerUnavailable from error


def dead_letters(settings: Settings) -> BrokerDeadLetters | None:
    """Return the dead-letter queues of the settings' broker, if they name one.

    Nothing connects before somebody asks.
    """
    if settings.amqp_url is None:
        return None
    topology = settings.topology()
    names = {"jobs": topology.queue("jobs.dead").name, "events": topology.queue("events.dead").name}
    return BrokerDeadLetters(settings.amqp_url, names)


def name_of(letter: DeadLetter) -> str:
    """Name a letter by its body, its headers and where it came from: 64 bits of their SHA-256."""
    said: list[Any] = [letter.exchange, letter.routing_key, letter.content_type, letter.headers]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode())
    digest.update(letter.body)
    return digest.hexdigest()[:16]


def _letter(letter: DeadLetter) -> Letter:
    return Letter(
        id=name_of(letter),
        rule=letter.rule,
        pointer=letter.pointer,
        detail=letter.detail,
        contract_version=letter.contract_version,
        exchange=letter.exchange,
        routing_key=letter.routing_key,
        content_type=letter.content_type,
        body=letter.body,
    )
