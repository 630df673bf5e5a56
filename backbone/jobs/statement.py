"""Steps as one PostgreSQL statement: several jobs, one round trip and one commit.

Row, environment, event and message of a job are written together or, when fenced off, not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.events.rows import EVENT_COLUMNS, log_events
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.step import (
    MADE_COLUMNS,
    RETURNING,
    STEP_COLUMNS,
    Values,
    changes,
    may_be_written,
)
from backbone.outbox import CHANNEL

_COLUMNS: Final = {**STEP_COLUMNS, **MADE_COLUMNS, **EVENT_COLUMNS, "properties": "text"}


def _statement(locking: str) -> DirectStatement:
    # First the jobs, then the teams, each in the order of ids: whoever writes several rows does it
    # like that. The locks are taken on the newest version of each row, which then stays. LIMIT has
    # each row looked up by its id, whatever the planner takes the table's size for.
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())
    return DirectStatement(
        f"""
    WITH steps AS MATERIALIZED (
        SELECT * FROM unnest({arrays}) AS steps ({", ".join(_COLUMNS)})
    ), held AS MATERIALIZED (
        SELECT job.id FROM (SELECT * FROM steps ORDER BY job_id) AS steps CROSS JOIN LATERAL (
            SELECT id FROM job_logs WHERE {may_be_written("steps.")}
            LIMIT 1 FOR NO KEY UPDATE {locking}
        ) AS job
    ), team AS MATERIALIZED (
        SELECT team.* FROM (
            SELECT DISTINCT team_id FROM steps JOIN held ON held.id = steps.job_id ORDER BY team_id
        ) AS wanted CROSS JOIN LATERAL (
            SELECT id, epoch, last_position FROM teams WHERE id = wanted.team_id
            LIMIT 1 FOR NO KEY UPDATE {locking}
        ) AS team
    ), told AS MATERIALIZED (
        SELECT steps.*, epoch,
               last_position + row_number() OVER (PARTITION BY team.id ORDER BY job_id) AS position
        FROM steps JOIN held ON held.id = steps.job_id JOIN team ON team.id = steps.team_id
    ), environment AS (
        INSERT INTO environments (team_id, job_id, shortdomain, env_name, app_id, domain,
                                  display_name, status, metadata, created_at)
        SELECT team_id, job_id, made_shortdomain, made_env_name, made_app_id, made_domain,
               made_display_name, 'running', CAST(made_metadata AS json), now
        FROM told WHERE creates
        RETURNING id, job_id
    ), job AS (
        UPDATE job_logs SET {changes("told.", "environment.id")}
        FROM told LEFT JOIN environment ON environment.job_id = told.job_id
        WHERE job_logs.id = told.job_id
        RETURNING {RETURNING}
    ), moved AS (
        UPDATE teams SET last_position = (
            SELECT max(position) FROM told WHERE told.team_id = teams.id
        ) WHERE id = ANY(ARRAY(SELECT team_id FROM told))
    ), event AS (
        SELECT team_id, epoch, position, type, job_id, user_id, status, routing_key, body,
               occurred_at, created_at, exchange, CAST(properties AS json) AS properties,
               trace_context
        FROM told
    ), {log_events("event")}
    SELECT {", ".join(f"job.{column.name}" for column in COLUMNS)},
           (SELECT pg_notify('{CHANNEL}', ''))
    FROM job
    """  # noqa: S608 - only constants are inserted
    )


_STEPS: Final = _statement("")
_STEPS_UNLESS_LOCKED: Final = _statement("SKIP LOCKED")


async def write_steps(
    on: AsyncConnection | AsyncEngine, steps: Sequence[Values], *, waits: bool
) -> dict[int, Job]:
    """Write steps of different jobs in one commit; return the jobs as they then are, by id.

    Absent are those that are fenced off and, unless it `waits`, those whose row or whose team's row
    is locked. Raises IntegrityError and DatabaseUnavailable; nothing is written then.
    """
    statement = _STEPS if waits else _STEPS_UNLESS_LOCKED
    arrays: dict[str, Any] = {name: [step[name] for step in steps] for name in _COLUMNS}
    rows = await statement.all(on, arrays)
    return {row[0]: Job.of_values(row[:-1]) for row in rows}
