"""The dead-letter queue of a contract as it fills: which message came, and why."""

import json
from dataclasses import dataclass
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter with its reason (`x-contract-error`) and where it came from."""

    id: str
    rule: str
    pointer: str
    detail: str
    version: str
    exchange: str
    routing_key: str
    queue: str
    body: bytes


def read(message: aio_pika.abc.AbstractIncomingMessage) -> Letter:
    headers: dict[str, Any] = dict(message.headers)
    # Without a reason the assertion shall show what there was instead.
    reason = json.loads(headers.get("x-contract-error", "{}"))
    return Letter(
        id=str(message.message_id),
        rule=reason.get("rule", f"none; headers {sorted(headers)}"),
        pointer=reason.get("pointer", ""),
        detail=reason.get("detail", ""),
        version=str(headers.get("x-contract-version", "")),
        exchange=str(headers.get("x-original-exchange", "")),
        routing_key=str(headers.get("x-original-routing-key", "")),
        queue=str(headers.get("x-original-queue", "")),
        body=message.body,
    )


async def collect(
    channel: AbstractChannel, queue: str, until: set[str], *, seconds: float = 60
) -> dict[str, Letter]:
    """Take dead letters until all of `until` came. Raises TimeoutError, naming what is missing."""
    letters: dict[str, Letter] = {}
    waiting = set(until)
    source = await channel.get_queue(queue)
    if not waiting:
        return letters
    async with source.iterator(timeout=seconds) as messages:
        # The iterator ends by itself when nothing came for so long.
        async for message in messages:
            await message.ack()
            letter = read(message)
            letters[letter.id] = letter
            waiting.discard(letter.id)
            if not waiting:
                return letters
    raise TimeoutError(f"not dead-lettered within {seconds} s: {sorted(waiting)}")
