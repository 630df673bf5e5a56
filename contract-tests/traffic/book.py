"""What was seen on the wire during a session: answers over HTTP, and messages at the broker."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP exchange. `whole` is False when the client left before the end, as streams' clients do."""

    method: str
    path: str
    sent: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    authorized: bool
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """One message that the system published."""

    exchange: str
    routing_key: str
    headers: Mapping[str, Any]
    body: bytes
    content_type: str
    type: str
    delivery_mode: int


@dataclass(slots=True)
class Book:
    """Everything that was recorded, in the order of arrival."""

    answers: list[Answer] = field(default_factory=list)
    messages: list[Published] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)

    def add(self, other: "Book") -> None:
        self.answers += other.answers
        self.messages += other.messages
        self.folders |= other.folders

    def write(self, file: Path) -> None:
        """Keep it for a session that judges what several sessions recorded, one JSON object a line."""
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8") as lines:
            for kind, entries in (("answer", self.answers), ("message", self.messages)):
                for entry in entries:
                    lines.write(json.dumps([kind, _plain(entry)]) + "\n")
            lines.write(json.dumps(["folders", sorted(self.folders)]) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Book":
        book = cls()
        with file.open(encoding="utf-8") as lines:
            for kind, value in map(json.loads, lines):
                if kind == "folders":
                    book.folders.update(value)
                    continue
                for name in BINARY & value.keys():
                    value[name] = base64.b64decode(value[name])
                if kind == "answer":
                    book.answers.append(Answer(**value))
                else:
                    book.messages.append(Published(**value))
        return book


BINARY = {"sent", "body"}


def _plain(entry: Answer | Published) -> dict[str, Any]:
    return {
        name: base64.b64encode(value).decode() if name in BINARY else value
        for name, value in asdict(entry).items()
    }


def read_answers(file: Path) -> Iterable[Answer]:
    """What the fuzzing of another process recorded, one JSON object per line."""
    for text in file.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        yield Answer(
            method=line["method"],
            path=urlsplit(line["url"]).path,
            sent=base64.b64decode(line["sent"]),
            status=line["status"],
            headers={name.lower(): value for name, value in line["headers"].items()},
            body=base64.b64decode(line["body"]),
            authorized=line["authorized"],
            # Its client reads a few frames of a stream and leaves.
            whole="text/event-stream" not in str(line["headers"]),
        )
