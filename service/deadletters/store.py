"""What the service needs of the dead-letter queues; who composes it knows the broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LARGEST_SEARCH = 1000
"""How many of a queue's oldest messages are looked at, to find one by its id."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead message: why it is here, where it came from, and its untouched body."""

    id: str
    rule: str
    pointer: str
    detail: str
    contract_version: str
    exchange: str
    routing_key: str
    content_type: str
    body: bytes


class DeadLetterStore(Protocol):
    """The dead-letter queues `jobs` and `events`. Each verb raises `BrokerUnavailable`."""

    async def browse(self, queue: str, *, limit: int) -> tuple[Sequence[Letter], int]:
        """Return the oldest letters, which stay where they are, and how many there are in all."""

    async def find(self, queue: str, letter_id: str) -> Letter | None:
        """Return one letter, which stays where it is."""

    async def requeue(self, queue: str, letter_id: str) -> Letter | None:
        """Send one letter to where it came from. Raises `DeadLetterUnrouted`; it stays then."""

    async def drop(self, queue: str, letter_id: str) -> Letter | None:
        """Remove one letter for good."""
