"""The teams without streams, kept for a while: a browser that comes back finds them ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.listening.team import Team

MOST = 10_000


class IdleTeams:
    """Teams and since when (seconds), the longest first; kept for `seconds`, `most` of them."""

    def __init__(self, seconds: float, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._since: dict[Team, float] = {}

    def __len__(self) -> int:
        """Count them."""
        return len(self._since)

    def __iter__(self) -> Iterator[Team]:
        """Return them all."""
        return iter(tuple(self._since))

    def add(self, team: Team, now: float) -> list[Team]:
        """Keep a team; return those that have to go now."""
        self._since[team] = now
        if self._seconds <= 0:
            return [team]
        return [next(iter(self._since))] if len(self._since) > self._most else []

    def discard(self, team: Team) -> None:
        """Keep a team no longer for this: it has a stream, or is gone."""
        self._since.pop(team, None)

    def overdue(self, now: float) -> list[Team]:
        """Return the teams that were kept long enough."""
        found = []
        for team, since in self._since.items():
            if now - since < self._seconds:
                break
            found.append(team)
        return found
