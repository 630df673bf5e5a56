"""How far a team's channels were told; the team moves it, its channels read it."""

from __future__ import annotations


class TeamPosition:
    """All events of `epoch` up to `position` were given to the channels they concern."""

    __slots__ = ("epoch", "position", "team_id")

    def __init__(self, team_id: int) -> None:
        self.team_id = team_id
        self.epoch = ""
        self.position = 0
