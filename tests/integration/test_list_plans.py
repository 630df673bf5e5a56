"""How PostgreSQL reads the pages of lists: by an index for each filter, and never others' rows."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import create_engine
from generated.models.environment import EnvironmentOrder
from generated.models.job import JobOrder
from service.environments.repository import EnvironmentFilter, list_environments
from service.jobs.repository import JobFilter, list_jobs
from service.page import SEARCHED
from testing.postgres import execute

pytestmark = [pytest.mark.postgres]

OWN, OTHERS, LIMIT = 2_000, 18_000, 25

ROWS = f"""
INSERT INTO teams (id, name, status, status_changed_at, epoch, created_at)
  SELECT n, 'Team ' || n, 'ACTIVE', 0, 'epoch' || n, 0 FROM generate_series(1, 10) AS n;
INSERT INTO job_logs (id, team_id, user_id, kind, status, message, env_name, payload, created_at,
                      updated_at, ended_at, error_code, cancel_requested_at)
  SELECT n, CASE WHEN n % 10 = 0 THEN 1 ELSE 2 + n % 9 END, 1 + n / 10 % 40,
         CASE WHEN n / 10 % 7 = 0 THEN 'environment.delete' ELSE 'environment.create' END,
         CASE WHEN n / 10 % 100 = 0 THEN 'polling' WHEN n / 10 % 50 = 1 THEN 'failed'
              WHEN n / 10 % 50 = 2 THEN 'cancelled' ELSE 'completed' END,
         '', 'shop-' || n, '{{}}', n, n, CASE WHEN n / 10 % 100 = 0 THEN NULL ELSE n END,
         CASE WHEN n / 10 % 50 = 1 THEN 'quota_exceeded' END,
         CASE WHEN n / 10 % 50 = 2 THEN n END
  FROM generate_series(1, {OWN + OTHERS}) AS n;
INSERT INTO environments (id, team_id, job_id, shortdomain, env_name, display_name, status,
                          created_at, deleted_at)
  SELECT id, team_id, id, env_name, env_name, 'Shop ' || id,
         CASE WHEN id / 10 % 3 = 0 THEN 'deleted' ELSE 'running' END, id,
         CASE WHEN id / 10 % 3 = 0 THEN id END
  FROM job_logs WHERE kind = 'environment.create';
ANALYZE;
"""  # noqa: S608 - numbers of our own

FEW = 4 * LIMIT
SEARCH = SEARCHED + FEW
assert SEARCH < OWN

# What is asked for, and how many rows may be read for it, whatever way the planner prefers: some more
# than a page where an index has the filter, and never as many as other teams have.
JOBS = {
    "all": (JobFilter(), OWN // 4),
    "failed": (JobFilter(statuses=frozenset({"failed"})), FEW),
    "cancelled": (JobFilter(statuses=frozenset({"cancelled"})), FEW),
    "completed": (JobFilter(statuses=frozenset({"completed"})), SEARCH),
    "over": (JobFilter(statuses=frozenset({"completed", "failed", "cancelled"})), 3 * SEARCH),
    "at work": (JobFilter(statuses=frozenset({"queued", "polling"})), FEW),
    "of a user": (JobFilter(user_id=7), FEW),
    "of an environment": (JobFilter(env_name="shop-500"), FEW),
    "of a kind": (JobFilter(kind="environment.delete"), SEARCH),
    "with a text": (JobFilter(text="no such thing"), SEARCH),
}
ENVIRONMENTS = {
    "all": EnvironmentFilter(),
    "deleted": EnvironmentFilter(statuses=frozenset({"deleted"})),
    "with a text": EnvironmentFilter(text="no such thing"),
}


@pytest.fixture
async def many(postgres_url: str) -> Any:
    """A connection to a database in which a tenth of the rows are the team's."""
    for statement in ROWS.split(";\n")[:-1]:
        execute(postgres_url, statement)
    engine = create_engine(postgres_url)
    async with engine.connect() as conn:
        yield conn
    await engine.dispose()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def scans(conn: AsyncConnection, reading: Any) -> list[dict[str, Any]]:
    """Run what reads a page, then have PostgreSQL explain its statement; return what it scans."""
    said: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    event.listen(conn.sync_connection, "before_cursor_execute", note)
    page = await reading
    event.remove(conn.sync_connection, "before_cursor_execute", note)
    assert page.last_event_id.startswith("epoch1.")
    ((statement, parameters),) = said
    explained = await conn.exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters
    )
    told = explained.scalar_one()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return [
        node for node in nodes(plan) if node.get("Relation Name") in {"job_logs", "environments"}
    ]


def read(found: list[dict[str, Any]]) -> int:
    """Return how many rows the scans took into their hands."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in found
    )


async def test_a_page_is_read_by_an_index_whatever_it_is_filtered_by(many: AsyncConnection) -> None:
    """One test, because the rows take longer to write than to read."""
    for job_order in JobOrder:
        for name, (jobs, most) in JOBS.items():
            jobs_page = list_jobs(
                many, team_id=1, wanted=jobs, order=job_order, cursor=None, limit=LIMIT
            )
            judge(f"jobs {name}, {job_order}", await scans(many, jobs_page), most)
    for order in EnvironmentOrder:
        for name, wanted in ENVIRONMENTS.items():
            page = list_environments(
                many, team_id=1, wanted=wanted, order=order, cursor=None, limit=LIMIT
            )
            # By name it may sort what the team has, which is little more than a search here.
            most = OWN if order is EnvironmentOrder.name else SEARCH
            judge(f"environments {name}, {order}", await scans(many, page), most)


def judge(name: str, found: list[dict[str, Any]], most: int) -> None:
    assert found, name
    kinds = {node["Node Type"] for node in found}
    assert "Seq Scan" not in kinds, f"{name}: {kinds}"
    assert read(found) <= most, f"{name}: {read(found)} rows"
