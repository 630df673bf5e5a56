"""An order before and after it is recorded, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backbone.tracing.context import current_trace
from generated.messaging.message import OutgoingMessage
from generated.models.event import JobStatusEvent

CREATE = "environment.create"
DELETE = "environment.delete"
QUEUED = "queued"


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What makes a repeated order the same order: the client's key and a hash of the body."""

    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Order:
    """A job to record. `payload` is what `dispatch` carries; `created_at` is in epoch seconds.

    `kind` is CREATE or DELETE, `event` tells that the job is queued, and `environment_id` belongs
    to a deletion. `retry_of` is the failed job whose work it does again. `trace` is the trace that
    it was made in.
    """

    job_id: int
    team_id: int
    user_id: int
    kind: str
    env_name: str
    payload: Mapping[str, Any]
    event: JobStatusEvent
    dispatch: OutgoingMessage
    created_at: float
    environment_id: int | None = None
    idempotency: Idempotency | None = None
    retry_of: int | None = None
    trace: str | None = field(default_factory=current_trace)

    def job_values(self) -> dict[str, Any]:
        """Return the columns of the job's row; the job is due at once."""
        return {
            "id": self.job_id,
            "team_id": self.team_id,
            "user_id": self.user_id,
            "kind": self.kind,
            "status": QUEUED,
            "message": self.event.message,
            "env_name": self.env_name,
            "environment_id": self.environment_id,
            "retry_of": self.retry_of,
            "trace_context": self.trace,
            "payload": self.payload,
            "run_at": self.created_at,
            "created_at": self.created_at,
            "updated_at": self.created_at,
        }


@dataclass(frozen=True, slots=True)
class RecordedJob:
    """What the client is told. `last_event_id` is the position just before the first event."""

    job_id: int
    status: str
    last_event_id: str
    replayed: bool = False
