"""What the cases need to know of a filled database."""

import time
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.authorization import Grant
from backbone.database.engine import reading
from backbone.database.tables import job_logs, sessions, teams
from backbone.jobs.job import COLUMNS, Job
from benchmarks.depth.fill import FIRST_FREE, GIANT


@dataclass(frozen=True, slots=True)
class Facts:
    """Some of its rows; the times are in epoch seconds."""

    now: float
    top: int
    giants_job: int
    giants_first: int
    queued: Job
    polling: Job
    suspended: Job
    ended: list[tuple[int, int]]
    """Team and job, of a hundred jobs one after the other."""
    members: list[Grant]
    """Of some sessions."""


async def facts(engine: AsyncEngine) -> Facts:
    async with reading(engine) as conn:
        top = await conn.scalar(select(teams.c.last_position).where(teams.c.id == GIANT))

        async def one(status: str, *where: ColumnElement[bool], newest: bool = True) -> Job:
            order = job_logs.c.id.desc() if newest else job_logs.c.id
            known = (job_logs.c.status == status, job_logs.c.id < FIRST_FREE)
            query = select(*COLUMNS).where(*known, *where).order_by(order).limit(1)
            return Job.of((await conn.execute(query)).one())

        giants = job_logs.c.team_id == GIANT

        ended = select(job_logs.c.team_id, job_logs.c.id).where(job_logs.c.ended_at.is_not(None))
        hundred = (await conn.execute(ended.order_by(job_logs.c.id).limit(100))).all()
        listed = select(sessions.c.token_hash, sessions.c.team_id)
        signed_in = (await conn.execute(listed.order_by(sessions.c.token_hash).limit(5))).all()
        return Facts(
            now=time.time(),
            top=top or 0,
            giants_job=(await one("completed", giants)).id,
            giants_first=(await one("completed", giants, newest=False)).id,
            queued=await one("queued"),
            polling=await one("polling", job_logs.c.lease_until.is_not(None)),
            suspended=await one("polling", job_logs.c.poll_at.is_not(None)),
            ended=[(row.team_id, row.id) for row in hundred],
            members=[Grant(row.token_hash, row.team_id) for row in signed_in],
        )
