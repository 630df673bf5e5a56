"""The duplicate of the broker's dead-letter queues: same verbs, lists in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backbone.errors import DeadLetterUnrouted
from service.deadletters.store import Letter


@dataclass
class MemoryDeadLetters:
    """`sent` holds what was sent again; `bound` are the routing keys that lead somewhere."""

    queues: dict[str, list[Letter]] = field(default_factory=lambda: {"jobs": [], "events": []})
    bound: set[str] = field(default_factory=lambda: {"jobs.env.create"})
    sent: list[Letter] = field(default_factory=list)

    async def browse(self, queue: str, *, limit: int) -> tuple[Sequence[Letter], int]:
        return self.queues[queue][:limit], len(self.queues[queue])

    async def find(self, queue: str, letter_id: str) -> Letter | None:
        return next((each for each in self.queues[queue] if each.id == letter_id), None)

    async def requeue(self, queue: str, letter_id: str) -> Letter | None:
        letter = await self.find(queue, letter_id)
        if letter is not None:
            if letter.routing_key not in self.bound:
                raise DeadLetterUnrouted
            self.queues[queue].remove(letter)
            self.sent.append(letter)
        return letter

    async def drop(self, queue: str, letter_id: str) -> Letter | None:
        letter = await self.find(queue, letter_id)
        if letter is not None:
            self.queues[queue].remove(letter)
        return letter
