"""A step of a job as values and as SQL: what must be true of its row, and what becomes of it.

The same SQL serves one step by its parameters (SQLite) and a table of them (PostgreSQL).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from backbone.database.engine import compact_json
from backbone.events.append import message_of
from backbone.events.rows import parameters
from backbone.job_status import TERMINAL
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.states import AT_WORK, sources
from generated.models.event import JobStatusEvent
from generated.models.job import JobKind, JobStatus

RETURNING: Final = ", ".join(f"job_logs.{column.name}" for column in COLUMNS)

STEP_COLUMNS: Final = {
    "job_id": "bigint",
    "attempt": "integer",
    "sources": "text",
    "status": "text",
    "message": "text",
    "error_code": "text",
    "app_id": "text",
    "failed": "integer",
    "keeps_lease": "boolean",
    "run_at": "double precision",
    "poll_at": "double precision",
    "ended_at": "double precision",
    "now": "double precision",
    "claims": "boolean",
    "team_id": "bigint",
    "kind": "text",
    "user_id": "bigint",
    "env_name": "text",
    "due_before": "double precision",
    "lease_until": "double precision",
}
"""What is told of a step, with PostgreSQL's types."""

MADE_COLUMNS: Final = {
    "creates": "boolean",
    "made_shortdomain": "text",
    "made_env_name": "text",
    "made_app_id": "text",
    "made_domain": "text",
    "made_display_name": "text",
    "made_metadata": "text",
}
"""What is told of the environment that a step made, if it `creates` one."""

Values = dict[str, Any]


def may_be_written(of_step: str) -> str:
    """Return SQL that is true of the job's row while the step's attempt may write.

    `of_step` precedes the columns' names: `steps.` for a table, `:` for parameters. A first claim
    goes by what its message says; nothing of the job has to be read before.
    """
    w = of_step
    return f"""
        job_logs.id = {w}job_id AND job_logs.attempt = {w}attempt
        AND {w}sources LIKE '%,' || job_logs.status || ',%'
        AND (NOT {w}claims OR (
            job_logs.team_id = {w}team_id AND job_logs.kind = {w}kind
            AND job_logs.user_id = {w}user_id AND job_logs.env_name = {w}env_name
            AND job_logs.app_id IS NULL AND job_logs.started_at IS NULL
            AND (job_logs.run_at IS NULL OR job_logs.run_at <= {w}due_before)))
    """


def changes(of_step: str, environment_id: str) -> str:
    """Return the SET of an UPDATE; `environment_id` is SQL: what was made, or NULL."""
    w = of_step
    return f"""
        status = {w}status,
        message = {w}message,
        error_code = COALESCE({w}error_code, job_logs.error_code),
        app_id = COALESCE({w}app_id, job_logs.app_id),
        attempt = job_logs.attempt + CASE WHEN {w}claims THEN 1 ELSE 0 END,
        failures = job_logs.failures + {w}failed,
        lease_until = CASE WHEN {w}claims THEN {w}lease_until
                           WHEN {w}keeps_lease THEN job_logs.lease_until END,
        run_at = {w}run_at,
        poll_at = {w}poll_at,
        started_at = CASE WHEN {w}claims THEN {w}now ELSE job_logs.started_at END,
        ended_at = {w}ended_at,
        updated_at = {w}now,
        environment_id = COALESCE({environment_id}, job_logs.environment_id)
    """


@dataclass(frozen=True, slots=True)
class FirstClaim:
    """What to write when a queued job is taken for the first time; times in epoch seconds."""

    job_id: int
    team_id: int
    user_id: int
    env_name: str
    message: str
    due_before: float
    lease_until: float


def claim_values(claim: FirstClaim, now: float) -> Values:
    """Return the values of a creation's first claim."""
    told = _telling(
        now,
        None,
        job_id=claim.job_id,
        team_id=claim.team_id,
        status=JobStatus.started,
        message=claim.message,
        env_name=claim.env_name,
        user_id=claim.user_id,
        attempt=1,
    )
    return {
        **_NOTHING,
        **told,
        "attempt": 0,
        "sources": _listed([JobStatus.queued]),
        "claims": True,
        "team_id": claim.team_id,
        "kind": JobKind.environment_create.value,
        "user_id": claim.user_id,
        "env_name": claim.env_name,
        "due_before": claim.due_before,
        "lease_until": claim.lease_until,
    }


def step_values(job: Job, change: Change, now: float, created: CreatedEnvironment | None) -> Values:
    """Return the values of a step, and of the environment that it made."""
    app_id = change.app_id or job.app_id
    told = _telling(
        now,
        job.trace_context,
        job_id=job.id,
        team_id=job.team_id,
        status=change.to,
        message=change.text,
        env_name=job.env_name,
        user_id=job.user_id,
        attempt=job.attempt,
        **({} if app_id is None else {"app_id": app_id}),
    )
    return {
        **_NOTHING,
        **told,
        "attempt": job.attempt,
        "sources": _listed(sorted(sources(change.to))),
        "error_code": change.error_code,
        "app_id": change.app_id,
        "failed": int(change.failed),
        "keeps_lease": change.to in AT_WORK and change.poll_at is None,
        "poll_at": change.poll_at,
        "run_at": (change.run_at or now) if change.to is JobStatus.queued else None,
        "ended_at": now if change.to in TERMINAL else None,
        "team_id": job.team_id,
        **({} if created is None else _made(created)),
    }


_NOTHING: Final[Values] = dict.fromkeys((*STEP_COLUMNS, *MADE_COLUMNS)) | {
    "failed": 0,
    "keeps_lease": False,
    "claims": False,
    "creates": False,
}


def _made(created: CreatedEnvironment) -> Values:
    return {
        "creates": True,
        "made_shortdomain": created.shortdomain,
        "made_env_name": created.env_name,
        "made_app_id": created.app_id,
        "made_domain": created.domain,
        "made_display_name": created.display_name,
        "made_metadata": compact_json(dict(created.metadata)),
    }


def _listed(statuses: list[JobStatus]) -> str:
    return f",{','.join(statuses)},"


def _telling(now: float, trace: str | None, **facts: Any) -> Values:
    """Return the columns of an event of these facts, and those of its job's row."""
    event = JobStatusEvent(type="job_status", occurred_at=int(now), **facts)
    return parameters(message_of(event), now, trace) | {"message": event.message, "now": now}
