"""How far one stream got; knows neither who feeds it nor who else listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gateway.outgoing.sink import Sink


class Gap(NamedTuple):
    """Why a snapshot has to stand for history: a `reset` with this reason, or `lagged` (None)."""

    reason: str | None


class Reader:
    """A reader of a channel.

    While it is not among the channel's active readers, it has been sent everything up to
    `position` of `epoch` and up to `sequence` of the channel, and is brought up by `Refill`.
    `was_live`: it was up to date once, so that it can be said to lag.
    """

    __slots__ = (
        "epoch",
        "gap",
        "open",
        "paused",
        "position",
        "refilling",
        "sequence",
        "sink",
        "user_id",
        "was_live",
    )

    def __init__(self, sink: Sink, user_id: int, epoch: str) -> None:
        self.sink = sink
        self.user_id = user_id
        self.epoch = epoch
        self.position = 0
        self.sequence = 0
        self.gap: Gap | None = None
        self.open = True
        self.paused = False
        self.refilling = False
        self.was_live = False
