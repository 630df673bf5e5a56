"""An event ready for delivery: whom it concerns and its frame, encoded once for all."""

from __future__ import annotations

from opentelemetry.trace import SpanContext

from backbone.job_status import TERMINAL
from gateway.outgoing.frame import message

JOB_STATUS = "job_status"
TEAM_STATUS_CHANGED = "team_status_changed"
SESSION_REVOKED = "session_revoked"
ACCESS_KINDS = frozenset({SESSION_REVOKED, TEAM_STATUS_CHANGED})


class Entry:
    """One event of a team.

    `event_id` has the contract's shape and is the log's; None when another program published the
    event: it is told, but moves nothing and ends nothing.
    `user_id` is set only on events that no other user of the team may see. `text` is the frame.
    `span` is the recorded span in which it came.
    """

    __slots__ = ("epoch", "job_id", "kind", "position", "span", "status", "text", "user_id")

    def __init__(
        self,
        kind: str,
        body: bytes,
        event_id: str | None,
        status: str | None = None,
        job_id: int | None = None,
        *,
        user_id: int | None = None,
    ) -> None:
        self.kind = kind
        self.span: SpanContext | None = None
        self.status = status
        of_job = kind == JOB_STATUS
        self.job_id = job_id if of_job else None
        self.user_id = None if of_job or kind == TEAM_STATUS_CHANGED else user_id
        self.epoch: str | None = None
        self.position: int | None = None
        if event_id is not None:
            self.epoch, _, position = event_id.rpartition(".")
            self.position = int(position)
        self.text = message(body, event_id)

    @property
    def changes_access(self) -> bool:
        """Whether somebody may listen no longer, or again."""
        return self.kind in ACCESS_KINDS and self.position is not None

    @property
    def terminal(self) -> bool:
        """Whether no further event of the job follows."""
        return self.kind == JOB_STATUS and self.status in TERMINAL and self.position is not None

    def concerns(self, job_id: int | None, user_id: int) -> bool:
        """Return whether a stream of this user, of one job or of all (None), gets the event."""
        if self.user_id is not None:
            return self.user_id == user_id
        return self.job_id is None or job_id is None or self.job_id == job_id
