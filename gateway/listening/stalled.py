"""The streams that take nothing more: full ones, and ended ones until their connection is gone."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.listening.client import Client


class Stalled:
    """Streams and since when (seconds), the longest first."""

    def __init__(self) -> None:
        self._since: dict[Client, float] = {}
        self._left = asyncio.Event()

    def __iter__(self) -> Iterator[Client]:
        """Return those that stall."""
        return iter(tuple(self._since))

    def add(self, client: Client, now: float) -> None:
        """Watch a stream; one that is watched already has stalled since then."""
        self._since.setdefault(client, now)

    def discard(self, client: Client) -> None:
        """Watch a stream no longer: it goes on, or its connection is gone."""
        self._since.pop(client, None)
        if not self._since:
            self._left.set()

    def overdue(self, before: float) -> list[Client]:
        """Take out the streams that have stalled since `before` or longer."""
        found = []
        for client, since in tuple(self._since.items()):
            if since > before:
                break
            del self._since[client]
            found.append(client)
        return found

    async def all_left(self, seconds: float) -> None:
        """Return when none stalls, or after so many seconds."""
        self._left.clear()
        if self._since:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds)):
                    await self._left.wait()

    def abort(self) -> None:
        """Cut off all of them."""
        for client in self:
            client.sink.abort()
        self._since.clear()
