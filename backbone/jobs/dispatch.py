"""Hands a job to the workers: an outbox row with the job's message, in the caller's transaction.

Refuses Celery's `countdown` and `eta`: on a direct exchange they block the worker until the time
has come. A delay is the row's `not_before`, and the relay waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from backbone import outbox
from backbone.jobs.job import Job
from generated.messaging.message import (
    OutgoingMessage,
    send_create_environment,
    send_delete_environment,
)
from generated.models.job import (
    CreateEnvironmentJobPayload,
    DeleteEnvironmentJobPayload,
    JobKind,
)


def message_of(job: Job) -> OutgoingMessage:
    """Return the Celery message of a job, from its recorded payload.

    Raises ContractError when the payload is not what the job queues carry.
    """
    # The number of the attempt that the message is for; a claim raises it.
    return message_for(job.kind, job.payload, task_id=f"job-{job.id}-{job.attempt + 1}")


def message_for(kind: JobKind, payload: Mapping[str, Any], *, task_id: str) -> OutgoingMessage:
    """Return the Celery message of a kind of job. Raises ContractError as `message_of` does."""
    match kind:
        case JobKind.environment_create:
            order = CreateEnvironmentJobPayload.model_validate(payload)
            return send_create_environment(order, task_id=task_id)
        case JobKind.environment_delete:
            deletion = DeleteEnvironmentJobPayload.model_validate(payload)
            return send_delete_environment(deletion, task_id=task_id)
        case _:
            assert_never(kind)


async def dispatch(conn: AsyncConnection, job: Job, *, not_before: float | None = None) -> None:
    """Add the job's message to the outbox; `not_before` is in epoch seconds."""
    message = outbox.with_request_id(message_of(job))
    await outbox.add(conn, message, not_before=not_before, trace=job.trace_context)
