"""Environments as they stand, read only; one of another team is as absent as one that never was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import environments
from service.page import Page, read_page

ENVIRONMENT_COLUMNS = tuple(
    environments.c[name]
    for name in (
        "id",
        "team_id",
        "job_id",
        "shortdomain",
        "env_name",
        "app_id",
        "domain",
        "display_name",
        "status",
        "metadata",
        "created_at",
        "deleted_at",
    )
)
"""What leaves the table; the provider's session key never does."""


async def list_environments(
    conn: AsyncConnection, *, team_id: int, cursor: str | None, limit: int
) -> Page:
    """Return a page of the team's environments that are not deleted, the newest first."""
    present = environments.c.deleted_at.is_(None)
    return await read_page(
        conn, ENVIRONMENT_COLUMNS, present, team_id=team_id, cursor=cursor, limit=limit
    )


async def find_environment(
    conn: AsyncConnection, *, team_id: int, environment_id: int
) -> Row[Any] | None:
    """One environment of the team, deleted or not."""
    statement = select(*ENVIRONMENT_COLUMNS).where(
        environments.c.id == environment_id, environments.c.team_id == team_id
    )
    return (await conn.execute(statement)).one_or_none()
