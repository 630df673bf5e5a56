"""Which statuses end a job; the one place that says it."""

from typing import Final

from generated.models.job import JobStatus

TERMINAL: Final = frozenset({JobStatus.completed, JobStatus.failed, JobStatus.cancelled})
"""Nothing leads out of them. Members are strings, so a status as text is found in here as well."""
