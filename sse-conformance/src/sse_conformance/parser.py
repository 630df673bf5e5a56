"""Parses `text/event-stream` as a browser does, and records what a browser would hide.

WHATWG HTML, 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream".
"""

import codecs
import re
from dataclasses import dataclass, field

LINE_END = re.compile(r"\r\n|\n|\r")
FIELDS = frozenset({"event", "data", "id", "retry"})


def normalised(text: str) -> str:
    """Return a text as a browser delivers it: each line ending is one line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(slots=True)
class Event:
    """What a browser dispatches: its type, its data, and `lastEventId` as a page would read it.

    `own_id` is the id that this event's own block has, None when it has none.
    """

    name: str
    data: str
    last_event_id: str
    own_id: str | None


@dataclass(slots=True)
class Block:
    """Lines up to a blank one."""

    lines: list[str]
    comments: list[str] = field(default_factory=list)
    retry: int | None = None
    own_id: str | None = None
    event: Event | None = None


class Parser:
    """Takes bytes in any portions. `faults` are what browsers ignore and servers never intend."""

    def __init__(self, last_event_id: str = "") -> None:
        self.blocks: list[Block] = []
        self.events: list[Event] = []
        self.faults: list[str] = []
        self.last_event_id = last_event_id
        self._id_buffer = last_event_id
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
        self._text = ""
        self._begun = False
        self._lines: list[str] = []

    def feed(self, portion: bytes) -> None:
        """Read some more bytes; a fault in the encoding is noted, and decoded as browsers do."""
        try:
            text = self._decoder.decode(portion)
        except UnicodeDecodeError as error:
            self.faults.append(
                f"bytes that are no UTF-8: {error.object[error.start : error.end]!r}"
            )
            self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
            text = self._decoder.decode(portion)
        if text and not self._begun:
            self._begun = True
            # One byte order mark at the very beginning is ignored, any other is text.
            text = text.removeprefix("\ufeff")
        self._text += text
        self._take_lines()

    @property
    def rest(self) -> str:
        """What came after the last blank line; a browser throws it away at the end."""
        return "\n".join([*self._lines, self._text]) if self._lines else self._text

    def _take_lines(self) -> None:
        at = 0
        while found := LINE_END.search(self._text, at):
            # A carriage return at the very end may be half of a pair.
            if found.group() == "\r" and found.end() == len(self._text):
                break
            self._line(self._text[at : found.start()])
            at = found.end()
        self._text = self._text[at:]

    def _line(self, line: str) -> None:
        if line:
            self._lines.append(line)
            return
        if self._lines:
            self._dispatch(Block(self._lines))
            self._lines = []

    def _dispatch(self, block: Block) -> None:
        data: list[str] = []
        name = ""
        for line in block.lines:
            if line.startswith(":"):
                block.comments.append(line[1:].removeprefix(" "))
                continue
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if key == "data":
                data.append(value)
            elif key == "event":
                name = value
            elif key == "id":
                self._id(block, value)
            elif key == "retry":
                self._retry(block, value)
            else:
                self.faults.append(f"a line that means nothing: {line[:100]!r}")
        self.last_event_id = self._id_buffer
        if data:
            text = "\n".join(data)
            block.event = Event(name or "message", text, self.last_event_id, block.own_id)
            self.events.append(block.event)
        self.blocks.append(block)

    def _id(self, block: Block, value: str) -> None:
        if "\0" in value:
            self.faults.append(f"an id with NUL, which is ignored: {value[:100]!r}")
            return
        block.own_id = self._id_buffer = value

    def _retry(self, block: Block, value: str) -> None:
        if not re.fullmatch("[0-9]+", value):
            self.faults.append(f"a retry that is ignored: {value[:100]!r}")
            return
        block.retry = int(value)
