"""Shows a row of `job_logs` as the contract's Job; what is null there is absent here."""

from collections.abc import Mapping
from typing import Any

from backbone.database.tables import job_logs
from generated.models.job import Job

JOB_COLUMNS = tuple(
    job_logs.c[name]
    for name in (
        "id",
        "team_id",
        "user_id",
        "kind",
        "status",
        "message",
        "env_name",
        "app_id",
        "environment_id",
        "error_code",
        "attempt",
        "cancel_requested_at",
        "retry_of",
        "created_at",
        "updated_at",
        "started_at",
        "ended_at",
    )
)
"""The columns to select for `job_model`."""

_TIMES = ("created_at", "updated_at", "started_at", "ended_at")


def job_model(row: Mapping[str, Any], **more: Any) -> Job:
    """Make a Job of a row with JOB_COLUMNS. Times become whole seconds, rounded down.

    `more` are properties that are not columns of the job; what is None is absent.
    """
    values = {column.name: row[column.name] for column in JOB_COLUMNS} | more
    values["cancel_requested"] = values.pop("cancel_requested_at") is not None
    for name in _TIMES:
        if values[name] is not None:
            values[name] = int(values[name])
    return Job.model_validate({name: value for name, value in values.items() if value is not None})
