"""An open stream: what arrived, as a browser sees it and as it was sent."""

from sse_conformance.connection import Connection, Ended, Head
from sse_conformance.errors import CaseFailed
from sse_conformance.parser import Event, Parser, normalised
from sse_conformance.target import Target


class Stream:
    """Reads only when `read` is called; without it, the stream is a stalled client."""

    def __init__(self, connection: Connection, target: Target, last_event_id: str) -> None:
        self.connection = connection
        self.parser = Parser(last_event_id)
        self.body = bytearray()
        self.stalled = False
        self.start = 0
        self.joined = 0
        self._target = target
        self._read = 0
        self._texts: list[str] = []
        self._own: list[Event] = []

    @property
    def head(self) -> Head:
        """The head of the response. Raises CaseFailed without one."""
        if self.connection.head is None:
            raise CaseFailed("the answer has no head")
        return self.connection.head

    @property
    def ended(self) -> Ended:
        """Say how it ended: `whole`, `cut`, or not yet."""
        return self.connection.ended

    @property
    def events(self) -> list[Event]:
        """All events that a browser would have dispatched."""
        return self.parser.events

    @property
    def cursor(self) -> str:
        """What a browser would send as `Last-Event-ID`."""
        return self.parser.last_event_id

    @property
    def all_texts(self) -> list[str]:
        """The published texts that came, control events left out."""
        self._sort()
        return self._texts

    @property
    def texts(self) -> list[str]:
        """The published texts that came since the stream was joined."""
        return self.all_texts[self.start :]

    @property
    def own_events(self) -> list[Event]:
        """The events of `texts`."""
        self._sort()
        return self._own[self.start :]

    def named(self, name: str) -> Event | None:
        """Return the first event of a name, or None."""
        return next((event for event in self.events if event.name == name), None)

    def read(self, limit: int = 65_536) -> None:
        """Read what has come."""
        self.take(self.connection.advance(limit))

    def take(self, portion: bytes) -> None:
        """Take bytes of the body."""
        if portion:
            self.body += portion
            self.parser.feed(portion)

    def reset(self) -> None:
        """Break it off."""
        self.connection.reset()

    def close(self) -> None:
        """Close it."""
        self.connection.close()

    def _sort(self) -> None:
        for event in self.events[self._read :]:
            text = self._target.read(event.name, event.data)
            if text is not None:
                self._texts.append(normalised(text))
                self._own.append(event)
        self._read = len(self.events)
