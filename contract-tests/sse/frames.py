"""The frames of an open stream, read by the conformance kit's parser over httpx."""

from collections.abc import AsyncIterator

import httpx

from sse_conformance.parser import Block, Parser

EVENTS = "/api/v1/events"


class Frames:
    """The blocks of a stream that carry an event, as they come; what a browser would ignore is a fault."""

    def __init__(self, response: httpx.Response) -> None:
        self._blocks = self._read(response)

    async def _read(self, response: httpx.Response) -> AsyncIterator[Block]:
        parser, read = Parser(), 0
        async for portion in response.aiter_raw():
            parser.feed(portion)
            assert not parser.faults, parser.faults
            for block in parser.blocks[read:]:
                if block.event is not None:
                    yield block
            read = len(parser.blocks)

    async def next(self) -> Block:
        """Give the next one; raises StopAsyncIteration at the stream's end."""
        return await anext(self._blocks)

    async def until(self, name: str) -> list[Block]:
        """Give all up to and with the first one of that name."""
        found = [await self.next()]
        while found[-1].event is None or found[-1].event.name != name:
            found.append(await self.next())
        return found
