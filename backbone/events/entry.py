"""What the log holds and how far it goes, as values without a database behind them."""

from dataclasses import dataclass

from backbone.errors import SlipwayError
from backbone.events.position import EventId


class HistoryTrimmed(SlipwayError):  # noqa: N818 - it tells what happened to the log, not what failed
    """The events that were asked for are gone up to `trimmed_position`; a snapshot stands in."""

    def __init__(self, team_id: int, trimmed_position: int) -> None:
        self.team_id = team_id
        self.trimmed_position = trimmed_position
        super().__init__(f"the log of team {team_id} is trimmed up to {trimmed_position}")


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far a team's log goes: trimmed up to, and written up to, these positions."""

    epoch: str
    last_position: int
    trimmed_position: int

    @property
    def event_id(self) -> EventId:
        """The id of the last event."""
        return EventId(self.epoch, self.last_position)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of a team's log. `body` is the message's body: compact JSON on one line."""

    team_id: int
    epoch: str
    position: int
    type: str
    job_id: int | None
    user_id: int | None
    status: str | None
    routing_key: str
    body: str

    @property
    def event_id(self) -> EventId:
        """The `id` of its server-sent event and its `x-event-id` header."""
        return EventId(self.epoch, self.position)


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some events in ascending order, and how far the log went at the moment of reading them."""

    head: LogHead
    events: tuple[LoggedEvent, ...]


@dataclass(frozen=True, slots=True)
class LoggedJob:
    """A job's status, and the position of its terminal event while the log still has it."""

    status: str
    terminal_position: int | None
