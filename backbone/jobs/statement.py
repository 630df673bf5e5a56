"""A step as one PostgreSQL statement: one round trip and one commit instead of four or five.

Row, environment, event and message are written together or, when fenced off, not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import compact_json, mark_queued
from backbone.events.append import message_of
from backbone.events.rows import log_event, parameters
from backbone.job_status import TERMINAL
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.states import AT_WORK, sources
from backbone.outbox import CHANNEL
from generated.models.event import JobStatusEvent
from generated.models.job import JobKind, JobStatus

_RETURNING = ", ".join(column.name for column in COLUMNS)

_FENCED = """
    WHERE id = :job_id AND attempt = :attempt AND status = ANY(CAST(:sources AS text[]))
"""

_JOB = f"""
    job AS (
        UPDATE job_logs SET
            status = CAST(:status AS text),
            message = CAST(:message AS text),
            error_code = COALESCE(CAST(:error_code AS text), error_code),
            app_id = COALESCE(CAST(:app_id AS text), app_id),
            failures = failures + CAST(:failed AS integer),
            lease_until = CASE WHEN CAST(:keeps_lease AS boolean) THEN lease_until END,
            run_at = CAST(:run_at AS double precision),
            poll_at = CAST(:poll_at AS double precision),
            ended_at = CAST(:ended_at AS double precision),
            updated_at = CAST(:now AS double precision)
            {{more}}
        {_FENCED}
        RETURNING {_RETURNING}
    )
"""  # noqa: S608 - only constants are inserted

# The event's body is known before the row is: only message, status and app_id change, and they are
# part of the change. The team's row comes last but for what needs its number.
_TELL = f"""{log_event("(SELECT team_id FROM job)")}
    SELECT {", ".join(f"job.{column.name}" for column in COLUMNS)}, pg_notify('{CHANNEL}', '')
    FROM job, placed
"""  # noqa: S608 - only constants are inserted

_STEP = DirectStatement(f"WITH {_JOB.format(more='')}, {_TELL}")

_ENVIRONMENT = f"""
    environment AS (
        INSERT INTO environments (team_id, job_id, shortdomain, env_name, app_id, domain,
                                  display_name, status, metadata, created_at)
        SELECT team_id, id, CAST(:shortdomain AS text), CAST(:env_name AS text),
               CAST(:env_app_id AS text), CAST(:domain AS text), CAST(:display_name AS text),
               'running', CAST(:metadata AS json), CAST(:now AS double precision)
        FROM job_logs
        {_FENCED}
        FOR UPDATE RETURNING id
    )
"""  # noqa: S608 - only constants are inserted

_MADE = ", environment_id = (SELECT id FROM environment)"

_COMPLETION = DirectStatement(f"WITH {_ENVIRONMENT}, {_JOB.format(more=_MADE)}, {_TELL}")


# A job's first claim, which most jobs never need another of: nothing of it has to be read before.
_FIRST_CLAIM = DirectStatement(f"""
    WITH job AS (
        UPDATE job_logs SET
            status = CAST(:status AS text),
            message = CAST(:message AS text),
            attempt = 1,
            lease_until = CAST(:lease_until AS double precision),
            run_at = NULL,
            started_at = CAST(:now AS double precision),
            updated_at = CAST(:now AS double precision)
        WHERE id = :job_id AND team_id = :team_id AND kind = CAST(:kind AS text)
          AND user_id = CAST(:user_id AS bigint) AND env_name = CAST(:env_name AS text)
          AND status = 'queued' AND attempt = 0
          AND app_id IS NULL AND started_at IS NULL
          AND (run_at IS NULL OR run_at <= CAST(:due_before AS double precision))
        RETURNING {_RETURNING}
    ), {_TELL}
""")  # noqa: S608 - only constants are inserted


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


async def claim_first(engine: AsyncEngine, claim: FirstClaim, now: float) -> Job | None:
    """Take a creation that nobody took before, on PostgreSQL; None when it is not like that."""
    values = _telling(
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
    values |= {
        "team_id": claim.team_id,
        "user_id": claim.user_id,
        "kind": JobKind.environment_create.value,
        "env_name": claim.env_name,
        "due_before": claim.due_before,
        "lease_until": claim.lease_until,
    }
    return await _run(engine, _FIRST_CLAIM, values)


async def write(
    on: AsyncConnection | AsyncEngine,
    job: Job,
    change: Change,
    now: float,
    created: CreatedEnvironment | None,
) -> Job | None:
    """Write the step on PostgreSQL; the job as it then is, or None when fenced off."""
    app_id = change.app_id or job.app_id
    values = _telling(
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
    values |= {
        "attempt": job.attempt,
        "sources": [status.value for status in sorted(sources(change.to))],
        "error_code": change.error_code,
        "app_id": change.app_id,
        "failed": int(change.failed),
        "keeps_lease": change.to in AT_WORK and change.poll_at is None,
        "poll_at": change.poll_at,
        "run_at": (change.run_at or now) if change.to is JobStatus.queued else None,
        "ended_at": now if change.to in TERMINAL else None,
    }
    if created is None:
        return await _run(on, _STEP, values)
    values |= {
        "shortdomain": created.shortdomain,
        "env_name": created.env_name,
        "env_app_id": created.app_id,
        "domain": created.domain,
        "display_name": created.display_name,
        "metadata": compact_json(dict(created.metadata)),
    }
    return await _run(on, _COMPLETION, values)


async def _run(
    on: AsyncConnection | AsyncEngine, query: DirectStatement, values: dict[str, Any]
) -> Job | None:
    row = await query.first(on, values)
    if row is None:
        return None
    mark_queued(on)
    return Job.of_values(row[:-1])


def _telling(now: float, trace: str | None, **facts: Any) -> dict[str, Any]:
    """Return the parameters of `_TELL`, for an event of these facts, and those of its job's row."""
    event = JobStatusEvent(type="job_status", occurred_at=int(now), **facts)
    return parameters(message_of(event), now, trace) | {"message": event.message, "now": now}
