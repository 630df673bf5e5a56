"""Retrying a failed job: a new job that does the same work and names the old one."""

from __future__ import annotations

from backbone.database.engine import reading
from backbone.errors import JobNotRetryable
from backbone.identity import Principal
from backbone.jobs.dispatch import message_for
from backbone.orders.order import Order, RecordedJob
from generated.models.job import JobKind, JobStatus
from service.jobs import repository
from service.jobs.use_cases import no_such
from service.orders import Orders, admit, first_task_id, queued_event

_MESSAGE = "The retry is recorded and waits for a worker"


async def retry_job(orders: Orders, principal: Principal, job_id: int) -> RecordedJob:
    """Record a job that does the work of a failed one again; asked twice, find the same new job.

    Raises `NotFound`, `JobNotRetryable` unless the job failed, and what an order of its kind
    raises: `TeamInactive`, `RateLimited`, `ShortdomainTaken`, `EnvironmentBusy`, `OutcomeUnknown`.
    """
    await admit(orders, principal)
    async with reading(orders.engine) as conn:
        failed = await repository.find_job(conn, team_id=principal.team_id, job_id=job_id)
    if failed is None:
        raise no_such(job_id)
    if failed.status != JobStatus.failed:
        raise JobNotRetryable(f"Job {job_id} is {failed.status}; only a failed job can be retried.")
    new_id, now = await orders.identifiers.next(), orders.clock()
    payload = {**failed.payload, "job_id": new_id, "user_id": principal.user_id}
    kind = JobKind(failed.kind)
    order = Order(
        job_id=new_id,
        team_id=principal.team_id,
        user_id=principal.user_id,
        kind=kind.value,
        env_name=failed.env_name,
        payload=payload,
        event=queued_event(principal, new_id, failed.env_name, _MESSAGE, now),
        dispatch=message_for(kind, payload, task_id=first_task_id(new_id)),
        created_at=now,
        # A creation gets its own once it has made one.
        environment_id=failed.environment_id if kind is JobKind.environment_delete else None,
        retry_of=job_id,
    )
    return await orders.recorder.record(order)
