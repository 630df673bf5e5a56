"""Orders in a database, and what the tests ask of its tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.database.tables import environments, events, job_logs, outbox, teams
from backbone.jobs.job import COLUMNS, Job
from generated.models.job import JobKind

NOW = 1_766_000_000.0


class Database:
    """What the tests ask of the tables."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def order(self, job_id: int = 42, **changed: Any) -> Job:
        name = f"shop-{job_id}"
        payload = {"job_id": job_id, "team_id": 7, "user_id": 3, "shortdomain": name}
        payload |= {"nodes": [{"node_type": "nginxphp"}]}
        return await self._insert(job_id, JobKind.environment_create, name, payload, changed)

    async def order_deletion(self, job_id: int, environment_id: int, **changed: Any) -> Job:
        payload = {"job_id": job_id, "team_id": 7, "user_id": 3, "env_name": "shop-42"}
        payload |= {"environment_id": environment_id}
        changed = {"environment_id": environment_id, **changed}
        return await self._insert(job_id, JobKind.environment_delete, "shop-42", payload, changed)

    async def environment(self, job_id: int = 42, status: str = "running") -> int:
        values = {"team_id": 7, "job_id": job_id, "shortdomain": "shop-42", "env_name": "shop-42"}
        values |= {"app_id": "app-42", "status": status, "created_at": NOW}
        async with transaction(self.engine) as conn:
            query = insert(environments).values(values).returning(environments.c.id)
            return (await conn.execute(query)).scalar_one()

    async def _insert(
        self, job_id: int, kind: JobKind, name: str, payload: dict, changed: dict
    ) -> Job:
        values = {
            "id": job_id,
            "team_id": 7,
            "user_id": 3,
            "kind": kind.value,
            "status": "queued",
            "message": "Queued",
            "env_name": name,
            "payload": payload,
            "run_at": NOW,
            "created_at": NOW,
            "updated_at": NOW,
        }
        async with transaction(self.engine) as conn:
            await conn.execute(insert(job_logs), values | changed)
        return await self.job(job_id)

    async def change(self, job_id: int, **values: Any) -> None:
        async with transaction(self.engine) as conn:
            await conn.execute(update(job_logs).where(job_logs.c.id == job_id).values(values))

    async def job(self, job_id: int = 42) -> Job:
        async with reading(self.engine) as conn:
            return Job.of(
                (await conn.execute(select(*COLUMNS).where(job_logs.c.id == job_id))).one()
            )

    async def column(self, name: str, job_id: int = 42) -> Any:
        async with reading(self.engine) as conn:
            return await conn.scalar(select(job_logs.c[name]).where(job_logs.c.id == job_id))

    async def told(self, job_id: int = 42) -> list[str]:
        """The statuses in the log."""
        query = select(events.c.status).where(events.c.job_id == job_id).order_by(events.c.position)
        async with reading(self.engine) as conn:
            return list((await conn.scalars(query)).all())

    async def queued_messages(self) -> list[tuple[str, float | None]]:
        """Task id and due time of the jobs in the outbox."""
        query = select(outbox.c.properties, outbox.c.not_before).where(outbox.c.position.is_(None))
        async with reading(self.engine) as conn:
            rows = (await conn.execute(query.order_by(outbox.c.id))).all()
        return [(row.properties["correlation_id"], row.not_before) for row in rows]

    async def environment_rows(self) -> list[Any]:
        async with reading(self.engine) as conn:
            return list((await conn.execute(select(environments))).all())

    async def add_team(self) -> None:
        team = {"id": 7, "name": "Seven", "status": "ACTIVE", "status_changed_at": NOW}
        async with transaction(self.engine) as conn:
            await conn.execute(insert(teams), team | {"epoch": "E", "created_at": NOW})
