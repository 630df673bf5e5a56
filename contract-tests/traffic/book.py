"""What was seen on the wire during a session: answers over HTTP, and messages at the broker."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
