"""Jobs and environments whose time is over, written straight into the tables."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import environments, events, job_logs

NOW = 1_800_000_000.0
DAY = 86_400.0


async def add_job(
    database: AsyncEngine,
    job_id: int,
    status: str = "completed",
    *,
    ended: float | None = None,
    team_id: int = 7,
    **more: Any,
) -> None:
    """Add a job that ended so many days before NOW, or goes on."""
    ended_at = None if ended is None else NOW - ended * DAY
    async with transaction(database) as conn:
        await conn.execute(
            insert(job_logs).values(
                {
                    "id": job_id,
                    "team_id": team_id,
                    "user_id": 3,
                    "kind": "environment.create",
                    "status": status,
                    "message": "m",
                    "env_name": f"shop-{job_id}",
                    "payload": {"job_id": job_id},
                    "created_at": more.get("ended_at", ended_at or NOW) - 20.0,
                    "ended_at": ended_at,
                    "updated_at": NOW,
                }
                | more
            )
        )


async def add_environment(
    database: AsyncEngine, job_id: int, *, deleted: float | None = None
) -> None:
    """Add the environment of a job, deleted so many days before NOW or still there."""
    async with transaction(database) as conn:
        await conn.execute(
            insert(environments).values(
                team_id=7,
                job_id=job_id,
                shortdomain=f"shop-{job_id}",
                env_name=f"shop-{job_id}",
                status="running" if deleted is None else "deleted",
                created_at=0.0,
                deleted_at=None if deleted is None else NOW - deleted * DAY,
            )
        )


async def add_events(
    database: AsyncEngine, job_id: int, positions: range, *, team_id: int = 7
) -> None:
    """Add events of a job at places of its team's log."""
    async with transaction(database) as conn:
        await conn.execute(
            insert(events),
            [
                {
                    "team_id": team_id,
                    "position": position,
                    "type": "job_status",
                    "job_id": job_id,
                    "routing_key": f"team.{team_id}.job.{job_id}.status",
                    "body": '{"message":"ü"}',
                    "occurred_at": NOW,
                    "created_at": NOW,
                }
                for position in positions
            ],
        )
