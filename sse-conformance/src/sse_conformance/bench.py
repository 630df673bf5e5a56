"""What a case works with: streams of the target, publishing, and waiting without timing.

Everything waits for a condition. After its time-out it counts as not fulfilled; how fast it was
fulfilled never counts. That nothing comes is shown by something else that comes later.
"""

import itertools
import secrets
import selectors
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sse_conformance.capabilities import Capabilities
from sse_conformance.connection import Connection
from sse_conformance.errors import CaseFailed
from sse_conformance.parser import normalised
from sse_conformance.stream import Stream
from sse_conformance.target import StreamRequest, Target

SHOWN = 5
STEP = 0.05
PORTION = 10


class Bench:
    """The streams of one case; all are read while the case waits, so none is slow by accident."""

    def __init__(self, target: Target, wait: float = 15.0) -> None:
        self.target = target
        self.wait_seconds = wait
        self.streams: list[Stream] = []
        self.logs: dict[int, list[str]] = {0: [], 1: []}
        self._run = secrets.token_hex(3)
        self._numbers = itertools.count(1)

    @property
    def claims(self) -> Capabilities:
        """What the target claims."""
        return self.target.capabilities

    def close(self) -> None:
        """Close all streams."""
        for stream in self.streams:
            stream.close()
        self.streams.clear()

    def text(self) -> str:
        """Return a text that nobody has published."""
        return f"{self._run}-{next(self._numbers)}"

    def request(
        self,
        request: StreamRequest,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        last_event_id: str = "",
        query: dict[str, str] | None = None,
        receive_buffer: int = 0,
        http10: bool = False,
    ) -> Stream:
        """Send a request as a browser's EventSource would, and wait for the head of the answer."""
        sent = {"Accept": "text/event-stream", "Cache-Control": "no-store", **request.headers}
        if last_event_id:
            # The standard sends it as UTF-8; h11 takes bytes of the latin-1 range only.
            sent["Last-Event-ID"] = last_event_id.encode().decode("latin-1")
        connection = Connection(
            method,
            _with_query(request.url, query or {}),
            sent | (headers or {}),
            receive_buffer=receive_buffer,
            http10=http10,
        )
        stream = Stream(connection, self.target, last_event_id)
        self.streams.append(stream)
        self.wait(lambda: connection.head is not None or bool(connection.ended), "an answer")
        if connection.head is None:
            raise CaseFailed("the connection was closed before the head of an answer")
        return stream

    def open(
        self,
        channel: int = 0,
        *,
        request: StreamRequest | None = None,
        headers: dict[str, str] | None = None,
        last_event_id: str = "",
        query: dict[str, str] | None = None,
        receive_buffer: int = 0,
        http10: bool = False,
    ) -> Stream:
        """Open a stream, which must be answered by 200 and the right type."""
        stream = self.request(
            request or self.target.stream(channel),
            headers=headers,
            last_event_id=last_event_id,
            query=query,
            receive_buffer=receive_buffer,
            http10=http10,
        )
        if stream.head.status != 200:  # noqa: PLR2004 - the status
            raise CaseFailed(f"a stream was answered by {stream.head.status}, not by 200")
        kind = (stream.head.get("content-type") or "").split(";")[0].strip().lower()
        if kind != "text/event-stream":
            raise CaseFailed(f"a stream's content type is {kind!r}")
        return stream

    def listen(
        self,
        channel: int = 0,
        *,
        request: StreamRequest | None = None,
        headers: dict[str, str] | None = None,
        receive_buffer: int = 0,
        http10: bool = False,
    ) -> Stream:
        """Open a stream and publish until it receives: from then on nothing may be missing."""
        stream = self.open(
            channel,
            request=request,
            headers=headers,
            receive_buffer=receive_buffer,
            http10=http10,
        )
        self.join([stream], channel)
        return stream

    def join(self, streams: list[Stream], channel: int = 0) -> None:
        """Publish until all streams receive; then their `texts` are emptied.

        A head may be sent before the server has registered the client, so the first may be missed.
        """
        end = time.monotonic() + self.wait_seconds
        while True:
            last = self.text()
            self._send(last, channel)
            if self.fulfilled(lambda: all(last in s.all_texts for s in streams), 0.5):  # noqa: B023
                break
            gone = [stream for stream in streams if stream.ended]
            if gone:
                raise CaseFailed(f"a stream ended ({gone[0].ended}) before it received anything")
            if time.monotonic() > end:
                raise CaseFailed("a stream received nothing of what was published after its head")
        for stream in streams:
            stream.start = stream.all_texts.index(last) + 1
            stream.joined = len(self.logs[channel])

    def owed(self, stream: Stream, channel: int = 0) -> list[str]:
        """Return what was published since a stream was joined, as a browser delivers it."""
        return [normalised(text) for text in self.logs[channel][stream.joined :]]

    def _send(self, text: str, channel: int) -> None:
        self.logs[channel].append(text)
        self.target.publish(text, channel=channel)

    def publish(self, *texts: str, channel: int = 0) -> list[str]:
        """Publish texts, or a new one without arguments. Streams are read in between."""
        published = list(texts) or [self.text()]
        for text in published:
            self._send(text, channel)
            self.pump(0)
        return published

    def publish_many(self, texts: list[str]) -> list[str]:
        """Publish many texts as fast as the target can, in batches so that streams are read."""
        for at in range(0, len(texts), PORTION):
            portion = texts[at : at + PORTION]
            self.logs[0] += portion
            self.target.publish_many(portion)
            while self.pump(0):
                pass
        return texts

    def pump(self, seconds: float) -> bool:
        """Read all streams, waiting at most `seconds`. Return whether anything came."""
        with selectors.DefaultSelector() as selector:
            for stream in self.streams:
                if (
                    not stream.stalled
                    and not stream.ended
                    and stream.connection.socket.fileno() >= 0
                ):
                    selector.register(stream.connection.socket, selectors.EVENT_READ, stream)
            if not selector.get_map():
                time.sleep(min(seconds, STEP))
                return False
            ready = selector.select(seconds)
            for key, _ in ready:
                key.data.read()
            return bool(ready)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition. Raises CaseFailed when it does not come."""
        if not self.fulfilled(condition):
            raise CaseFailed(f"{what} did not come")

    def fulfilled(self, condition: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait for a condition. Return whether it was fulfilled in time."""
        seconds = self.wait_seconds if seconds is None else seconds
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.pump(STEP)
        return True

    def expect(self, stream: Stream, texts: list[str]) -> None:
        """Wait until a stream has the last of these texts; it must have all, once, in order."""
        wanted = [normalised(text) for text in texts]
        last = wanted[-1]
        self.fulfilled(lambda: last in stream.texts or bool(stream.ended))
        if stream.texts != wanted:
            raise CaseFailed(difference(wanted, stream.texts, stream))

    def exchange(self, stream: Stream, *texts: str) -> None:
        """Publish texts and one more, and compare what comes with them."""
        self.expect(stream, self.publish(*texts, self.text()))

    def no_faults(self, *streams: Stream) -> None:
        """Check the streams' lines against the grammar."""
        for stream in streams or tuple(self.streams):
            if stream.parser.faults:
                raise CaseFailed("; ".join(stream.parser.faults[:SHOWN]))

    def need(self, condition: bool, otherwise: str) -> None:
        """Fail unless a condition holds."""
        if not condition:
            raise CaseFailed(otherwise)


def difference(wanted: list[str], came: list[str], stream: Stream) -> str:
    """Return in one line what is missing, surplus or out of order."""
    missing = [text for text in wanted if text not in came]
    extra = [text for text in came if text not in wanted]
    doubled = sorted({text for text in came if came.count(text) > wanted.count(text)} - set(extra))
    said = [
        f"{len(texts)} {what}: {_shown(texts)}"
        for what, texts in (("missing", missing), ("not published", extra), ("doubled", doubled))
        if texts
    ]
    if not said:
        said = [f"another order: {_shown(came)} instead of {_shown(wanted)}"]
    if stream.ended:
        said.append(f"and the stream ended ({stream.ended})")
    return "; ".join(said)


def _shown(texts: list[str]) -> str:
    shown = ", ".join(repr(text if len(text) < 60 else text[:57] + "…") for text in texts[:SHOWN])  # noqa: PLR2004
    return shown + (", …" if len(texts) > SHOWN else "")


def _with_query(url: str, query: dict[str, str]) -> str:
    parts = urlsplit(url)
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key not in query
    ]
    return urlunsplit(parts._replace(query=urlencode(kept + list(query.items())))) if query else url
