"""A browser's EventSource as WHATWG HTML section 9.2 describes it, and a sink that feeds one."""

import json
from dataclasses import dataclass, field
from typing import Any

from gateway.outgoing.frame import unchunk
from gateway.outgoing.sink import Listener


@dataclass
class Dispatched:
    event: str
    data: str
    last_event_id: str

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class EventSource:
    """Parses a stream; what is unfinished when it breaks off is discarded."""

    def __init__(self) -> None:
        self.last_event_id = ""
        self.retry: int | None = None
        self.dispatched: list[Dispatched] = []
        self.comments = 0
        self._begin()

    def _begin(self) -> None:
        self._rest = b""
        self._data: list[str] = []
        self._event = ""
        self._id = self.last_event_id

    def broke_off(self) -> None:
        self._begin()

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line.decode())

    def _line(self, line: str) -> None:
        if not line:
            self.last_event_id = self._id
            if self._data:
                event = Dispatched(self._event or "message", "\n".join(self._data), self._id)
                self.dispatched.append(event)
            self._data, self._event = [], ""
            return
        if line.startswith(":"):
            self.comments += 1
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)

    def frames(self, *names: str) -> list[Dispatched]:
        return [d for d in self.dispatched if not names or d.event in names]


@dataclass
class MemorySink:
    """A connection in memory. Above `capacity` waiting bytes it is full, as a transport is."""

    source: EventSource
    capacity: int = 1 << 30
    waiting: bytearray = field(default_factory=bytearray)
    listener: Listener | None = None
    full: bool = False
    reading: bool = True
    finished: bool = False
    aborted: bool = False
    lost: bool = False
    chunks: list[bytes] = field(default_factory=list)
    socket: int | None = None

    def attach(self, listener: Listener) -> None:
        self.listener = listener

    def write(self, chunk: bytes) -> None:
        assert not self.finished, "written behind the end of the body"
        if self.lost or self.aborted:
            return
        text = unchunk(chunk)
        assert chunk == b"%x\r\n%b\r\n" % (len(text), text), "not exactly one chunk"
        self.chunks.append(chunk)
        self.waiting += text
        if self.reading:
            self.read()
        elif len(self.waiting) > self.capacity and not self.full:
            self.full = True
            assert self.listener is not None
            self.listener.pause()

    def finish(self) -> None:
        self.finished = True

    def abort(self) -> None:
        self.aborted = True

    # what the browser and the network do

    def read(self, size: int | None = None) -> None:
        """The browser takes bytes; the rest stays in the transport."""
        size = len(self.waiting) if size is None else size
        taken = bytes(self.waiting[:size])
        del self.waiting[:size]
        self.source.feed(taken)

    def stall(self, capacity: int) -> None:
        self.reading, self.capacity = False, capacity

    def go_on(self) -> None:
        """The browser reads again; the transport tells as soon as it is empty."""
        self.reading = True
        self.read()
        if self.full:
            self.full = False
            assert self.listener is not None
            self.listener.resume()

    def lose(self, arrived: int | None = None) -> None:
        """The connection breaks; of what waits, only `arrived` bytes (default: none) got through."""
        if self.lost:
            return
        self.read(arrived or 0)
        self.waiting.clear()
        self.lost = True
        self.source.broke_off()
        if self.listener is not None:
            self.listener.lose()
