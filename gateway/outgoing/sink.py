"""The way to one browser, whatever carries it; the hub and its tests know no more than this."""

from typing import Protocol


class Listener(Protocol):
    """Whom a sink tells of its connection."""

    def pause(self) -> None:
        """Hear that what is written now waits in memory. May come from within `write`."""

    def resume(self) -> None:
        """Hear that the sink takes data again. Never comes from within `write`."""

    def lose(self) -> None:
        """Hear that the connection is gone. Comes once, never from within a call of the sink."""


class Sink(Protocol):
    """A connection whose response has begun.

    `socket` is the descriptor that takes the same bytes as `write` while the sink is not full, and
    what it does not take goes through `write`; None where there is no other way than `write`.
    """

    socket: int | None

    def attach(self, listener: Listener) -> None:
        """Say whom to tell."""

    def write(self, chunk: bytes) -> None:
        """Hand over exactly one HTTP/1.1 chunk; never waits, never raises when the peer is gone."""

    def finish(self) -> None:
        """End the body as HTTP wants it, then close, once everything written has left."""

    def abort(self) -> None:
        """Close at once; what has not left is lost."""
