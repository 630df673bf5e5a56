"""What is true in the database and at the provider when all is over."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading
from backbone.database.tables import environments, events, job_logs, outbox, teams
from backbone.job_status import TERMINAL

BROKEN = "fail-broken-"
"""How the names of those environments begin that the provider never makes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a team's log."""

    id: str
    job_id: int | None
    status: str | None
    body: str


@dataclass(slots=True)
class Records:
    """Everything that was written: the logs by team, the rows of jobs, environments at both ends."""

    logs: dict[int, list[Event]] = field(default_factory=dict)
    heads: dict[int, int] = field(default_factory=dict)
    jobs: dict[int, Any] = field(default_factory=dict)
    environments: list[Any] = field(default_factory=list)
    outbox: int = 0

    @property
    def unfinished(self) -> int:
        return sum(job.status not in TERMINAL for job in self.jobs.values())


async def read_records(engine: AsyncEngine) -> Records:
    """Read it all."""
    records = Records()
    async with reading(engine) as conn:
        epochs = {}
        for team in await conn.execute(select(teams.c.id, teams.c.epoch, teams.c.last_position)):
            epochs[team.id] = team.epoch
            records.heads[team.id] = team.last_position
            records.logs[team.id] = []
        everything = select(events).order_by(events.c.team_id, events.c.position)
        for row in await conn.execute(everything):
            event_id = f"{epochs[row.team_id]}.{row.position}"
            records.logs[row.team_id].append(Event(event_id, row.job_id, row.status, row.body))
        records.jobs = {row.id: row for row in await conn.execute(select(job_logs))}
        records.environments = list(await conn.execute(select(environments)))
        records.outbox = await conn.scalar(select(func.count()).select_from(outbox)) or 0
    return records


async def read_provider(url: str) -> dict[str, Any]:
    """Return what the simulator has, and all that it ever created."""
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        state: dict[str, Any] = (await client.get("/simulator/state")).json()
        return state


def audit(records: Records, accepted: dict[int, str], provider: dict[str, Any]) -> list[str]:
    """Tell each broken promise. `accepted` are the names of the accepted orders by job."""
    return [
        *_one_job_per_order(records, accepted),
        *_log_is_gapless(records),
        *_rows_agree_with_log(records),
        *_only_broken_names_fail(records, accepted),
        *_once_at_the_provider(records, provider),
    ]


def _one_job_per_order(records: Records, accepted: dict[int, str]) -> list[str]:
    found = []
    if missing := sorted(accepted.keys() - records.jobs.keys()):
        found.append(f"P1: accepted orders without a job: {missing[:5]}")
    if surplus := sorted(records.jobs.keys() - accepted.keys()):
        found.append(f"P1: jobs that nobody was told of: {surplus[:5]}")
    if records.outbox:
        found.append(f"P7: {records.outbox} messages are still in the outbox")
    return found


def _log_is_gapless(records: Records) -> list[str]:
    return [
        f"P2: team {team_id}'s log is not 1..{records.heads[team_id]}"
        for team_id, log in records.logs.items()
        if [int(e.id.rpartition(".")[2]) for e in log] != list(range(1, records.heads[team_id] + 1))
    ]


def _rows_agree_with_log(records: Records) -> list[str]:
    told: dict[int, list[str]] = defaultdict(list)
    for log in records.logs.values():
        for event in log:
            if event.job_id is not None and event.status is not None:
                told[event.job_id].append(event.status)
    found = []
    for job_id, job in records.jobs.items():
        statuses = told[job_id]
        ends = [status for status in statuses if status in TERMINAL]
        if len(ends) != 1:
            found.append(f"P2: job {job_id} has {len(ends)} terminal events: {statuses}")
        elif statuses[-1] != job.status:
            found.append(f"P2: job {job_id} is {job.status}, its log says {statuses}")
    return found


def _only_broken_names_fail(records: Records, accepted: dict[int, str]) -> list[str]:
    """No fault uses up the default budget of attempts; only what the provider never makes fails."""
    return [
        f"P10: job {job.id} ({accepted[job.id]}) failed: {job.error_code}: {job.failure_message}"
        for job in records.jobs.values()
        if job.status == "failed" and not accepted.get(job.id, BROKEN).startswith(BROKEN)
    ]


def _once_at_the_provider(records: Records, provider: dict[str, Any]) -> list[str]:
    created = Counter(each["env_name"] for each in provider["created"])
    living = Counter(each["env_name"] for each in provider["environments"])
    wanted = {job.env_name for job in records.jobs.values() if job.status == "completed"}
    running = {each.env_name for each in records.environments if each.status == "running"}
    found = [
        f"P4: {name} was created {times} times" for name, times in created.items() if times > 1
    ]
    if missing := sorted(wanted - living.keys()):
        found.append(f"P4: completed, but not at the provider: {missing[:5]}")
    if surplus := sorted(living.keys() - wanted):
        found.append(f"P4: at the provider without a completed job: {surplus[:5]}")
    if running != wanted:
        found.append(f"P4: rows of environments differ: {sorted(running ^ wanted)[:5]}")
    return found
