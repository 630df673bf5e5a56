"""What brings events in, as the hub sees it: it hears which teams are listened to."""

from typing import Protocol


class Feed(Protocol):
    """Pushes the events of the teams that it is told of, maybe those of others, too."""

    async def listen(self, team_id: int) -> None:
        """Return when a team's events are pushed from now on, or can't be for the time being.

        Whoever sees to it that they are later has the hub compared with the log then.
        """

    def leave(self, team_id: int) -> None:
        """Hear that a team's events are not needed any more."""


class FullFeed:
    """A feed that pushes all events anyway, or none at all."""

    async def listen(self, team_id: int) -> None:
        """As `Feed.listen`."""

    def leave(self, team_id: int) -> None:
        """As `Feed.leave`."""
