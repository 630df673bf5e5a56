"""One open stream: whose it is, how far it got, and whom it tells what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from backbone.authorization import Grant
    from gateway.outgoing.sink import Sink


class Listening(NamedTuple):
    """What a stream was opened with.

    `deadline` is on the hub's clock, in seconds; `expires_at` is the session's end in epoch
    seconds, as it was then.
    """

    user_id: int
    grant: Grant
    deadline: float
    expires_at: float


class Gap(NamedTuple):
    """Why a snapshot has to stand for history: a `reset` with this reason, or `lagged` (None)."""

    reason: str | None


class StreamObserver(Protocol):
    """Hears what becomes of streams; nothing else travels against the way of the events."""

    def paused(self, client: Client) -> None:
        """Hear that a sink is full."""

    def resumed(self, client: Client) -> None:
        """Hear that a sink takes data again."""

    def lost(self, client: Client) -> None:
        """Hear that a connection is gone."""

    def behind(self, client: Client) -> None:
        """Hear that a stream has to be brought up to date."""

    def ended(self, client: Client, status: str) -> None:
        """Hear that the terminal event of a stream's job was written."""


class Client:
    """A stream of a team, or of one job of it; the `Listener` of its sink.

    While it is not among its channel's active clients, it has been sent everything up to
    `position` of `epoch` and up to `sequence` of the channel, and is brought up by `Refill`.
    `was_live`: it was up to date once, so that it can be said to lag.
    """

    __slots__ = (
        "deadline",
        "epoch",
        "expires_at",
        "gap",
        "grant",
        "job_id",
        "observer",
        "open",
        "paused",
        "position",
        "refilling",
        "sequence",
        "sink",
        "slot",
        "team_id",
        "user_id",
        "was_live",
    )

    def __init__(
        self,
        observer: StreamObserver,
        sink: Sink,
        listening: Listening,
        team_id: int,
        job_id: int | None,
    ) -> None:
        self.observer = observer
        self.sink = sink
        self.team_id = team_id
        self.job_id = job_id
        self.user_id = listening.user_id
        self.grant = listening.grant
        self.deadline = listening.deadline
        self.expires_at = listening.expires_at
        self.slot = 0
        self.epoch = ""
        self.position = 0
        self.sequence = 0
        self.gap: Gap | None = None
        self.open = True
        self.paused = False
        self.refilling = False
        self.was_live = False

    def pause(self) -> None:
        """Hear that the sink is full (`Listener`)."""
        self.paused = True
        self.observer.paused(self)

    def resume(self) -> None:
        """Hear that the sink takes data again (`Listener`)."""
        self.paused = False
        self.observer.resumed(self)

    def lose(self) -> None:
        """Hear that the connection is gone (`Listener`)."""
        self.observer.lost(self)
