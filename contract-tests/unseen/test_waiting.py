"""What a job tells while it waits: its place, with and without a length, and how long is usual."""

from sqlalchemy import insert
from unseen.test_refusals import asking, database_url, engine, owner

from backbone.database.engine import transaction
from backbone.database.tables import job_logs
from backbone.jobs.durations import FEWEST
from backbone.jobs.places import COUNTED
from tests.service.world import build_world
from traffic.book import Book

SHARED = (database_url, engine)
"""Fixtures, which pytest finds by their names in this module."""

JOB = "specs/schemas/job.yaml#/$defs"
API = "/api/v1"
TEAM = 31


def row(job_id, now, **changed):
    """A queued job as the tables have it."""
    return {
        "id": job_id,
        "team_id": TEAM,
        "user_id": TEAM * 100 + 1,
        "kind": "environment.create",
        "status": "queued",
        "message": "Queued",
        "env_name": f"shop-{job_id}",
        "payload": {"shortdomain": f"shop-{job_id}"},
        "attempt": 0,
        "created_at": now,
        "updated_at": now,
        "started_at": None,
        "ended_at": None,
        **changed,
    }


async def test_a_job_tells_what_to_expect_where_something_is_known(engine, seen):
    world, book, now = build_world(engine), Book(), 1_766_000_000.0
    await world.team(TEAM)
    ended = {"status": "completed", "attempt": 1, "started_at": now, "ended_at": now + 130}
    queue = range(1, COUNTED + 2)
    last = queue[-1]
    waiting = [row(1, now)]
    async with transaction(engine) as conn:
        await conn.execute(insert(job_logs), waiting)
    token = await owner(world, TEAM)
    async with asking(world, token, book) as ask:
        first = (await ask("GET", f"{API}/jobs/1")).json()
        assert first["queue"] == {"place": 1, "length": 1}
        assert "usual_seconds" not in first
    async with transaction(engine) as conn:
        await conn.execute(insert(job_logs), [row(each, now + each) for each in queue[1:]])
        seen_before = [row(last + each, now, **ended) for each in range(1, FEWEST + 1)]
        await conn.execute(insert(job_logs), seen_before)
    # Another process of the service, which has read nothing yet.
    world = build_world(engine)
    async with asking(world, token, book) as ask:
        shown = (await ask("GET", f"{API}/jobs/{last}")).json()
        assert shown["queue"] == {"place": COUNTED + 1}
        assert shown["usual_seconds"] == {"low": 120, "high": 150}
        page = (await ask("GET", f"{API}/jobs?limit=100")).json()["items"]
        assert [job["id"] for job in page if "queue" not in job] == [
            job["id"] for job in page if job["status"] == "completed"
        ]
        cancelled = (await ask("POST", f"{API}/jobs/2/cancel")).json()
        assert cancelled["status"] == "cancelled"
        assert not {"queue", "usual_seconds"} & cancelled.keys()
    wanted = {
        f"{what} {JOB}/{name}"
        for what in ("property", "absent")
        for name in (
            "Job/properties/queue",
            "Job/properties/usual_seconds",
            "QueuePlace/properties/length",
        )
    }
    assert wanted <= seen(book)
