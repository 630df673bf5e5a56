"""A job as its row says it is; refuses to change anything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Row

from backbone.database.tables import job_logs
from generated.models.job import JobKind, JobStatus


@dataclass(frozen=True, slots=True)
class Fence:
    """What each write of a worker carries: the job, and the attempt that may write."""

    job_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Job:
    """One row of `job_logs`. Times are epoch seconds; `payload` is the payload of its message.

    `poll_at` is set while it is suspended. `failure_code` and `failure_message` are set together,
    when nothing but `failed` can follow.
    `trace_context` is the trace of its order.
    """

    id: int
    team_id: int
    user_id: int
    kind: JobKind
    status: JobStatus
    message: str
    env_name: str
    app_id: str | None
    environment_id: int | None
    failure_code: str | None
    failure_message: str | None
    attempt: int
    failures: int
    lease_until: float | None
    run_at: float | None
    cancel_requested_at: float | None
    payload: Mapping[str, Any]
    created_at: float
    started_at: float | None
    trace_context: str | None = None
    poll_at: float | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Read a row of `COLUMNS`."""
        return cls.of_values(row)

    @classmethod
    def of_values(cls, row: Sequence[Any]) -> Self:
        """Read the values of `COLUMNS`, in their order."""
        values = dict(zip(cls.__slots__, row, strict=True))
        values["kind"] = JobKind(values["kind"])
        values["status"] = JobStatus(values["status"])
        if isinstance(values["payload"], str):
            # A statement in plain text does not know that the column holds JSON.
            values["payload"] = json.loads(values["payload"])
        return cls(**values)

    @property
    def fence(self) -> Fence:
        """What a write on behalf of this attempt carries."""
        return Fence(self.id, self.attempt)

    @property
    def cancel_requested(self) -> bool:
        """Whether somebody asked for an early end."""
        return self.cancel_requested_at is not None


COLUMNS: Final = tuple(job_logs.c[name] for name in Job.__slots__)
"""What SELECT and RETURNING ask for, in the order of the fields."""
