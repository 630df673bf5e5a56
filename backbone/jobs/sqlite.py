"""Steps on SQLite: each in a group of the writer's, with what else is written at that moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from backbone.database.sqlite_writer import SqliteWriter
from backbone.events.rows import SQLITE_EVENT, log_sqlite_event
from backbone.jobs.job import Job
from backbone.jobs.step import RETURNING, changes, may_be_written

_MADE: Final = f"""
    INSERT INTO environments (team_id, job_id, shortdomain, env_name, app_id, domain,
                              display_name, status, metadata, created_at)
    SELECT team_id, id, :made_shortdomain, :made_env_name, :made_app_id, :made_domain,
           :made_display_name, 'running', :made_metadata, :now
    FROM job_logs WHERE {may_be_written(":")}
    RETURNING id
"""  # noqa: S608 - only constants are inserted
_STEP: Final = f"""
    UPDATE job_logs SET {changes(":", ":environment_id")} WHERE {may_be_written(":")}
    RETURNING {RETURNING}
"""  # noqa: S608 - only constants are inserted
_SQL: Final = _STEP + SQLITE_EVENT


async def write_step(writer: SqliteWriter, values: Mapping[str, Any]) -> Job | None:
    """Write the step that `values` tell of; the job as it then is, or None when fenced off."""

    def write(connection: sqlite3.Connection) -> tuple[Any, ...] | None:
        told = {**values, "environment_id": None}
        if told["creates"]:
            made: tuple[int] | None = connection.execute(_MADE, told).fetchone()
            if made is None:
                return None
            told["environment_id"] = made[0]
        row: tuple[Any, ...] | None = connection.execute(_STEP, told).fetchone()
        if row is not None:
            log_sqlite_event(connection, values["team_id"], values)
        return row

    row = await writer.run(write, sql=_SQL)
    return None if row is None else Job.of_values(row)
