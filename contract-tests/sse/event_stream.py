"""A strict reader of `text/event-stream`, after the WHATWG HTML standard, that shows what a browser hides.

A browser's parser forgives; this one keeps comments and raw lines, so that tests can hold a server to its obligations.
"""

import codecs
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

EVENTS = "/api/v1/events"


@dataclass(slots=True)
class Block:
    """One block of the stream, up to its blank line."""

    event: str = ""
    id: str | None = None
    retry: int | None = None
    data: str | None = None
    comments: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def is_event(self) -> bool:
        """Whether a browser would dispatch it."""
        return self.data is not None


def parse_block(lines: list[str]) -> Block:
    block = Block(lines=lines)
    data: list[str] = []
    for line in lines:
        if line.startswith(":"):
            block.comments.append(line[1:].removeprefix(" "))
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            block.event = value
        elif name == "data":
            data.append(value)
        elif name == "id":
            assert "\0" not in value, "an id with NUL is ignored by browsers"
            block.id = value
        elif name == "retry":
            assert re.fullmatch("[0-9]+", value), f"retry {value!r} is ignored by browsers"
            block.retry = int(value)
        else:
            raise AssertionError(f"unknown field in line {line!r}")
    if data:
        block.data = "\n".join(data)
    return block


class StreamParser:
    """Feeds on bytes in any portions and gives whole blocks."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
        self._rest = ""

    def feed(self, portion: bytes) -> list[Block]:
        self._rest += self._decoder.decode(portion)
        *whole, self._rest = self._rest.replace("\r\n", "\n").split("\n\n")
        return [parse_block(text.split("\n")) for text in whole if text]

    @property
    def rest(self) -> str:
        """What came after the last blank line; a browser throws it away."""
        return self._rest


class Stream:
    """An open stream: its response and its blocks."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.parser = StreamParser()
        self._blocks = self._read()

    async def _read(self) -> AsyncIterator[Block]:
        async for portion in self.response.aiter_raw():
            for block in self.parser.feed(portion):
                yield block

    def __aiter__(self) -> AsyncIterator[Block]:
        return self._blocks

    async def next_event(self) -> Block:
        """The next block that a browser would dispatch; raises StopAsyncIteration at the end."""
        while True:
            block = await anext(self._blocks)
            if block.is_event:
                return block

    async def events_until(self, name: str) -> list[Block]:
        """All events up to and with the first one of that name."""
        events = []
        while True:
            events.append(await self.next_event())
            if (events[-1].event or "message") == name:
                return events
