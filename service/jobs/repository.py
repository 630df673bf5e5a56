"""Jobs as they stand, read only; a job of another team is as absent as one that never was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import job_logs
from backbone.job_model import JOB_COLUMNS
from service.page import Page, read_page


async def list_jobs(conn: AsyncConnection, *, team_id: int, cursor: str | None, limit: int) -> Page:
    """Return a page of the team's jobs, the newest first."""
    return await read_page(conn, JOB_COLUMNS, team_id=team_id, cursor=cursor, limit=limit)


async def find_job(conn: AsyncConnection, *, team_id: int, job_id: int) -> Row[Any] | None:
    """One job of the team."""
    statement = select(*JOB_COLUMNS).where(job_logs.c.id == job_id, job_logs.c.team_id == team_id)
    return (await conn.execute(statement)).one_or_none()
