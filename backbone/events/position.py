"""The id of an event, `<epoch>.<position>`; what has another shape is none, never an error."""

import re
import secrets
from dataclasses import dataclass
from typing import Self

_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,64})\.(0|[1-9][0-9]{0,18})", re.ASCII)
_MAX_POSITION = 2**63 - 1

RECORDED_AT_HEADER = "x-recorded-at-ms"
"""When an event was recorded, in epoch milliseconds; gateways measure their delay by it."""


@dataclass(frozen=True, slots=True)
class EventId:
    """A place in a team's log: `epoch` names the log's life, `position` counts from 1."""

    epoch: str
    position: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what a browser returns in `Last-Event-ID`; None when it is none of ours."""
        match = _SHAPE.fullmatch(text)
        if match is None or (position := int(match[2])) > _MAX_POSITION:
            return None
        return cls(match[1], position)

    def __str__(self) -> str:
        """At most 84 bytes of `[A-Za-z0-9_.-]`: browsers return it without a preflight."""
        return f"{self.epoch}.{self.position}"


def new_epoch() -> str:
    """Name the life of a new log at random: a restored one is never mistaken for the former."""
    return secrets.token_urlsafe(6)
