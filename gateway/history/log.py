"""What the gateway needs of the event log: five verbs, all reading."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from gateway.outgoing.entry import Entry


class LogUnavailable(Exception):  # noqa: N818 - a state of the log, not a fault of the caller
    """The log can't be read now; ask again later."""


class Head(NamedTuple):
    """The state of a team's log. Positions up to `trimmed` are gone, up to `last` are written."""

    epoch: str
    last: int
    trimmed: int


class Page(NamedTuple):
    """Events in ascending order of position. `head` was read after them."""

    head: Head
    entries: tuple[Entry, ...]


class Snapshot(NamedTuple):
    """The team's unfinished and recent jobs as JSON text (a `Snapshot` of the contract)."""

    epoch: str
    position: int
    text: str


class JobState(NamedTuple):
    """A job of the team; `ended_at` is the position of its terminal event, 0 when that is gone."""

    status: str
    ended_at: int | None


class Log(Protocol):
    """The event log, for reading. Each verb may raise `LogUnavailable`."""

    async def heads(self, team_ids: Iterable[int]) -> Mapping[int, Head]:
        """Answer where the logs of many teams stand; unknown teams are absent."""

    async def ends(self, after: Mapping[int, int | None], *, limit: int) -> Mapping[int, Page]:
        """Read the last events of many teams' logs, `limit` of each at most; unknown are absent.

        `after` gives by team the position behind which they are wanted, None if none is.
        """

    async def page(self, team_id: int, after: int, *, job_id: int | None, limit: int) -> Page:
        """Read up to `limit` events after a position.

        With `job_id` the events of other jobs are left out; those of users and team stay.
        """

    async def snapshot(self, team_id: int) -> Snapshot:
        """Read the state that stands for all events up to its position."""

    async def job(self, team_id: int, job_id: int) -> JobState | None:
        """Look a job of the team up; None when the team has no such job."""
