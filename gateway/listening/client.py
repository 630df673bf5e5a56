"""One open stream: whose it is, which channel feeds it, and whom its connection tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateway.listening.reader import Reader

if TYPE_CHECKING:
    from backbone.authorization import Grant
    from gateway.listening.channel import Channel
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


class Keeper(Protocol):
    """Who keeps the streams and hears how their connections fare."""

    def paused(self, client: Client) -> None:
        """A sink is full."""

    def resumed(self, client: Client) -> None:
        """A sink takes data again."""

    def lost(self, client: Client) -> None:
        """A connection is gone."""


class Client(Reader):
    """A reader with its session and its time; the `Listener` of its sink."""

    __slots__ = ("_keeper", "channel", "deadline", "expires_at", "grant", "slot")

    def __init__(
        self,
        keeper: Keeper,
        channel: Channel[Client],
        sink: Sink,
        listening: Listening,
        epoch: str,
    ) -> None:
        super().__init__(sink, listening.user_id, epoch)
        self._keeper = keeper
        self.channel = channel
        self.grant = listening.grant
        self.deadline = listening.deadline
        self.expires_at = listening.expires_at
        self.slot = 0

    @property
    def written(self) -> int | None:
        """The wheel's second in or after which an event was written to it, None if none is known.

        Who is among a channel's active readers got the channel's last event then, or a while later.
        """
        return self.channel.written if self in self.channel.active else None

    def pause(self) -> None:
        """The sink is full (`Listener`)."""
        self.paused = True
        self._keeper.paused(self)

    def resume(self) -> None:
        """The sink takes data again (`Listener`)."""
        self.paused = False
        self._keeper.resumed(self)

    def lose(self) -> None:
        """The connection is gone (`Listener`)."""
        self._keeper.lost(self)
