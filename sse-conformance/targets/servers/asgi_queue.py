"""What the Python targets share: texts come by POST, each stream has a queue."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any


class Queues:
    """A queue per stream, as the packages' documentation shows it."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[Any]] = set()

    def take(self, body: bytes) -> None:
        """Hand a publication, JSON with text, event and id, to all streams."""
        self.tell(json.loads(body))

    def tell(self, told: Any) -> None:
        """Hand something to all streams."""
        for queue in self.queues:
            queue.put_nowait(told)

    async def events(self) -> AsyncIterator[Any]:
        """Yield what is published from now on."""
        queue: asyncio.Queue[Any] = asyncio.Queue()
        self.queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.discard(queue)
