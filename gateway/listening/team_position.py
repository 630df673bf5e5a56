"""How far a team's channels were told; the team moves it, its channels read it."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """A position in a life of a team's log."""

    life: int
    position: int


class TeamPosition:
    """All events of `epoch` up to `position` were given to the channels they concern.

    `life` counts how often the log was found to be another than it was: restored from a backup,
    or short of events that were told.
    """

    __slots__ = ("epoch", "life", "position", "team_id")

    def __init__(self, team_id: int) -> None:
        self.team_id = team_id
        self.epoch = ""
        self.position = 0
        self.life = 0

    def known(self) -> Known:
        """Return what a reading of the log that begins now must find at least."""
        return Known(self.life, self.position)
