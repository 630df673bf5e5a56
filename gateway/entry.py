"""An event ready for delivery: whom it concerns and its frame, encoded once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.frame import message

if TYPE_CHECKING:
    from backbone.events.position import EventId

JOB_STATUS = "job_status"
TEAM_STATUS_CHANGED = "team_status_changed"
SESSION_REVOKED = "session_revoked"
TERMINAL = frozenset({"completed", "failed", "cancelled"})


class Entry:
    """One event of a team.

    `place` is its position in the log, None when another program published the event without one.
    `user_id` is set only on events that no other user of the team may see. `text` is the frame.
    """

    __slots__ = ("epoch", "job_id", "kind", "position", "status", "text", "user_id")

    def __init__(
        self,
        *,
        kind: str,
        body: bytes,
        place: EventId | None,
        job_id: int | None = None,
        user_id: int | None = None,
        status: str | None = None,
    ) -> None:
        self.kind = kind
        self.epoch = None if place is None else place.epoch
        self.position = None if place is None else place.position
        self.job_id = job_id if kind == JOB_STATUS else None
        self.user_id = None if kind in {JOB_STATUS, TEAM_STATUS_CHANGED} else user_id
        self.status = status
        self.text = message(body, None if place is None else str(place))

    @property
    def terminal(self) -> bool:
        """Whether no further event of the job follows."""
        return self.kind == JOB_STATUS and self.status in TERMINAL

    def concerns(self, job_id: int | None, user_id: int) -> bool:
        """Whether a stream of this user, of one job or of all (None), gets the event."""
        if self.user_id is not None:
            return self.user_id == user_id
        return self.job_id is None or job_id is None or self.job_id == job_id
