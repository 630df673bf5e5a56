"""What a step does to a job's row; refuses to write it, see `transitions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from backbone.database.tables import job_logs
from backbone.job_status import TERMINAL
from generated.models.job import JobStatus

_MESSAGE_LENGTH: Final = 1024
"""The longest message that an event may carry."""


@dataclass(frozen=True, slots=True)
class Change:
    """A step to `to`. What is None stays as it is.

    `message` is the news for people; `error_code` belongs to `failed`. `run_at` (epoch seconds)
    belongs to `queued`. `failed` counts against the job's budget. `poll_at` (epoch seconds) belongs
    to `polling` and suspends the job: its lease is given up.
    """

    to: JobStatus
    message: str
    error_code: str | None = None
    app_id: str | None = None
    run_at: float | None = None
    failed: bool = False
    poll_at: float | None = None

    @property
    def text(self) -> str:
        """The message, no longer than an event may carry."""
        return self.message[:_MESSAGE_LENGTH]

    def values(self, now: float) -> dict[str, Any]:
        """Return the columns to set, at `now` (epoch seconds)."""
        values: dict[str, Any] = {
            "status": self.to.value,
            "message": self.text,
            "updated_at": now,
            "poll_at": self.poll_at,
        }
        for name in ("error_code", "app_id"):
            if (value := getattr(self, name)) is not None:
                values[name] = value
        if self.to in TERMINAL:
            values |= {"ended_at": now, "lease_until": None, "run_at": None}
        elif self.to is JobStatus.queued:
            values |= {"lease_until": None, "run_at": now if self.run_at is None else self.run_at}
        elif self.poll_at is not None:
            values["lease_until"] = None
        if self.failed:
            values["failures"] = job_logs.c.failures + 1
        return values
