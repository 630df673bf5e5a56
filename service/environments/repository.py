"""Environments as they stand, read only; one of another team is as absent as one that never was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import environments, job_logs, teams
from generated.models.environment import EnvironmentOrder, EnvironmentStatus
from service.page import NEWEST, Order, Page, Part, has_text, is_numbered, read_page

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


_ORDERS = {
    EnvironmentOrder.newest: NEWEST,
    EnvironmentOrder.oldest: Order(descending=False),
    EnvironmentOrder.name: Order(descending=False, by=environments.c.shortdomain),
}


@dataclass(frozen=True, slots=True)
class EnvironmentFilter:
    """Which environments are wanted; without `statuses` those that are not deleted."""

    statuses: frozenset[str] = frozenset()
    text: str | None = None

    @property
    def shows_deleted(self) -> bool:
        """Whether deleted ones are wanted, too."""
        return EnvironmentStatus.deleted.value in self.statuses

    def part(self, order: EnvironmentOrder) -> Part:
        """Tell which rows an index has in this order, and which of them are wanted."""
        columns = environments.c
        rows: list[ColumnElement[bool]] = []
        if not self.shows_deleted:
            rows.append(columns.deleted_at.is_(None))
            if order is EnvironmentOrder.name:
                # As the index of names says it, which leaves deleted ones out.
                rows.append(columns.status != literal_column("'deleted'"))
        only: list[ColumnElement[bool]] = []
        if self.statuses:
            only.append(columns.status.in_(sorted(self.statuses)))
        if self.text is not None:
            named = has_text(self.text, columns.shortdomain, columns.display_name, columns.domain)
            only.append(named | is_numbered(self.text, columns.id))
        return Part(rows, only)


async def list_environments(
    conn: AsyncConnection,
    *,
    team_id: int,
    wanted: EnvironmentFilter,
    order: EnvironmentOrder,
    cursor: str | None,
    limit: int,
) -> Page:
    """Return a page of the team's environments."""
    return await read_page(
        conn,
        ENVIRONMENT_COLUMNS,
        table=environments,
        team_id=team_id,
        cursor=cursor,
        limit=limit,
        order=_ORDERS[order],
        parts=[wanted.part(order)],
    )


async def find_environment(
    conn: AsyncConnection, *, team_id: int, environment_id: int
) -> Row[Any] | None:
    """One environment of the team, deleted or not, with its order and the log's position."""
    statement: Select[Any] = (
        select(
            *ENVIRONMENT_COLUMNS,
            job_logs.c.payload.label("ordered"),
            teams.c.epoch,
            teams.c.last_position,
        )
        .join(job_logs, job_logs.c.id == environments.c.job_id)
        .join(teams, teams.c.id == environments.c.team_id)
        .where(environments.c.id == environment_id, environments.c.team_id == team_id)
    )
    row: Row[Any] | None = (await conn.execute(statement)).one_or_none()
    return row
