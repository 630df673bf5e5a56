"""Every statement on a hot or periodic path, by name: each case does what the processes do.

A case of a whole task (a sweep, a look) catches all that the task sends, so that a new statement of
it is explained without being named here.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone import access_changes, audit, identity, outbox
from backbone.authorization import examine
from backbone.database.engine import is_postgresql, reading, transaction
from backbone.events import history, log
from backbone.events.append import append
from backbone.events.ends import NONE, ends
from backbone.events.retention import Retention, RetentionRules, trim
from backbone.jobs import claims, suspension
from backbone.jobs.cancellation import request_cancel
from backbone.jobs.change import Change
from backbone.jobs.durations import usual_seconds
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.lost import any_lost, count_waiting, is_lost
from backbone.jobs.places import unbegun
from backbone.jobs.reaper import BY_LEASE, Reaper, ReaperRules, first_of, is_interrupted
from backbone.jobs.steps import Steps
from backbone.jobs.transitions import transition
from backbone.orders.record import Recorder
from backbone.relay import queue
from backbone.relay.installation import count_backlog
from backbone.relay.low_water_mark import LowWaterMark
from backbone.retention.expiry import Expiry, ExpiryRules
from backbone.retention.job_archive import events_of
from backbone.retention.rows import RowCursor, RowRange, ended_jobs
from backbone.session_use import note_use
from benchmarks.depth.facts import Facts
from benchmarks.depth.fill import FIRST_FREE, GIANT, SMALL
from generated.models.environment import EnvironmentOrder
from generated.models.job import JobKind, JobOrder, JobStatus
from service.auth import repository as auth
from service.auth.own_sessions import list_sessions
from service.environments import repository as environments
from service.jobs import repository as jobs
from service.page import encode_cursor
from service.teams.repository import list_teams
from tests.backbone.rows import creation, job_event

DAY = 86_400.0
ACCESS = "access of five sessions"
COUNTS = "relay: count what waits"
LOST, UNTAKEN = "reaper: look for a lost job", "reaper: count what waits for workers"
WAITING = (COUNTS, LOST, UNTAKEN)
"""Read all that waits, as much as that is; each has at most a hundredth of the time."""
SEARCHES = (
    "jobs, completed",
    "jobs, of all ends",
    "jobs, at work",
    "jobs, of a rare kind",
    "jobs, with a text that none has",
    "environments, by name, deleted ones",
    "environments, running",
    "environments, with a text that none has",
)
"""Go through up to `service.page.SEARCHED` rows for a page."""
FULL = (
    "places in the queue",
    "environments, deep page",
    "expiry: sweep with little to go",
    *SEARCHES,
)
"""Read up to a batch, which small sizes do not fill."""

Act = Callable[[], Awaitable[object]]


def cases(engine: AsyncEngine, known: Facts) -> Mapping[str, Act]:
    """Return what to do, by name. Nothing of it lasts but orders and a claim of a queued job."""
    now, top = known.now, known.top
    ids = itertools.count(FIRST_FREE + time.time_ns() // 1000 % 10**12)
    order: dict[str, Any] = {"wanted": jobs.JobFilter(), "order": JobOrder.newest, "limit": 100}
    newest: dict[str, Any] = {"order": EnvironmentOrder.newest, "limit": 100}
    living = environments.EnvironmentFilter()
    made = CreatedEnvironment(
        env_name="y", shortdomain=f"y-{time.time_ns()}", app_id="a", domain="d",
        display_name="d", metadata={},
    )  # fmt: skip
    queued, polling = known.queued, known.polling
    wanted = claims.Wanted(
        queued.id, queued.team_id, JobKind.environment_create, queued.env_name, queued.user_id
    )
    hour = {"now": now, "lease_seconds": DAY}

    def r(act: Callable[[AsyncConnection], Awaitable[Any]]) -> Act:
        async def read() -> None:
            async with reading(engine) as conn:
                await act(conn)

        return read

    def w(act: Callable[[AsyncConnection], Awaitable[Any]]) -> Act:
        async def write() -> None:
            async with transaction(engine) as conn:
                await act(conn)
                await conn.rollback()

        return write

    def filtered(**which: Any) -> Act:
        chosen = order | {"wanted": jobs.JobFilter(**which)}
        return r(lambda c: jobs.list_jobs(c, team_id=GIANT, cursor=None, **chosen))

    def listed(team: int, cursor: str | None = None, **more: Any) -> Act:
        chosen = newest | {"wanted": living} | more
        return r(lambda c: environments.list_environments(c, team_id=team, cursor=cursor, **chosen))

    def page(after: int, team: int = GIANT, **more: Any) -> Act:
        return r(lambda c: log.page(c, team, after, **more))

    async def access_watch() -> None:
        found = await access_changes.changes_since(engine, None)
        await access_changes.changes_since(engine, found[0])

    async def note_session() -> None:
        (row,) = (await identity._SESSIONS.look_up(engine, [f"session-{SMALL}"])).values()
        principal = identity._of_session(f"session-{SMALL}", row, now)
        await note_use(engine, principal, now=now, idle=DAY)

    deep = encode_cursor(known.giants_job // 10)
    at_work = [
        ("renew", lambda: Steps(engine).renew(polling.fence, now + DAY)),
        (
            "step",
            w(lambda c: transition(c, polling, Change(to=JobStatus.polling, message="m"), now)),
        ),
        (
            "complete",
            w(
                lambda c: transition(
                    c, polling, Change(to=JobStatus.completed, message="m"), now, created=made
                )
            ),
        ),
    ]
    postgresql = is_postgresql(engine)
    return {
        "order": lambda: Recorder(engine).record(creation(SMALL + 1, job_id=next(ids))),
        "order of the giant, with a key": lambda: Recorder(engine).record(
            creation(GIANT, key=f"k{time.time_ns()}", job_id=next(ids))
        ),
        "append an event": w(lambda c: append(c, GIANT, job_event(GIANT, known.giants_job))),
        "claim": w(lambda c: claims.claim(c, wanted, now=now + 2 * DAY, lease_seconds=30)),
        **(
            {
                "claim, first": lambda: claims.claim_at_once(
                    Steps(engine), wanted, now=now + 2 * DAY, lease_seconds=30
                )
            }
            if postgresql
            else {}
        ),
        **dict(at_work),
        "cancel": w(lambda c: request_cancel(c, team_id=queued.team_id, job_id=queued.id, now=now)),
        "relay: read": lambda: queue.advance(
            engine, (), now, limit=200, low_water_mark=LowWaterMark()
        ),
        "relay: delete and read": lambda: queue.advance(engine, (1, 2), now, limit=200),
        "relay: read past a blocked giant": lambda: queue.advance(
            engine, (), now, limit=200, without=[GIANT]
        ),
        "oldest due message": r(lambda c: outbox.oldest_due(c, now)),
        "head": r(lambda c: log.head(c, GIANT)),
        "heads of 50": r(lambda c: log.heads(c, range(1, 51))),
        "ends of 5": lambda: ends(engine, {GIANT: top // 10, SMALL: 0, 4: NONE, 5: 0}, limit=100),
        "page, 500 behind": page(max(0, top - 500)),
        "page, 90 % behind": page(top // 10),
        "page, all behind": page(0),
        "page of a job, all behind": page(0, job_id=known.giants_job),
        "page of the first job": page(0, job_id=known.giants_first),
        "page of a small team": page(0, SMALL),
        "a job's end": r(lambda c: log.job(c, GIANT, known.giants_job)),
        "snapshot": r(lambda c: log.snapshot(c, GIANT)),
        "snapshot of a small team": r(lambda c: log.snapshot(c, SMALL)),
        "history of a job": r(
            lambda c: history.of_job(c, GIANT, known.giants_job, after=0, limit=100)
        ),
        "history of a team": r(lambda c: history.of_team(c, GIANT, SMALL, before=None, limit=100)),
        "access watch": access_watch,
        ACCESS: lambda: examine(engine, known.members),
        "session look-up": lambda: identity._SESSIONS.look_up(engine, [f"session-{SMALL}"]),
        "look-up of 50 sessions": lambda: identity._SESSIONS.look_up(
            engine, [f"session-{number}" for number in range(50)]
        ),
        "session: note its use": note_session,
        "sessions of a user": lambda: list_sessions(engine, user_id=SMALL, now=now),
        "API token look-up": lambda: identity._API_TOKENS.look_up(engine, [f"token-{SMALL}"]),
        "audit log, first page": r(lambda c: audit.recent(c, limit=100)),
        "audit log of a small team": r(lambda c: audit.recent(c, team_id=SMALL, limit=100)),
        "teams, deep page": r(lambda c: list_teams(c, above=top // 20, limit=100)),
        "jobs, first page": filtered(),
        "jobs, deep page": r(lambda c: jobs.list_jobs(c, team_id=GIANT, cursor=deep, **order)),
        "jobs, of a status": filtered(statuses=frozenset({"failed"})),
        "jobs, of all ends": filtered(statuses=frozenset({"completed", "failed", "cancelled"})),
        "jobs, at work": filtered(statuses=frozenset({"polling"})),
        "jobs, of a name": filtered(env_name="env-5"),
        "jobs, completed": filtered(statuses=frozenset({"completed"})),
        "jobs, of a rare kind": filtered(kind="environment.delete"),
        "jobs, with a text that none has": filtered(text="no such thing"),
        "a job": r(lambda c: jobs.find_job(c, team_id=GIANT, job_id=known.giants_job)),
        "places in the queue": r(lambda c: unbegun(c, now)),
        "usual duration": r(lambda c: usual_seconds(c, JobKind.environment_create)),
        "environments, first page": listed(GIANT),
        "environments, deep page": listed(GIANT, encode_cursor(max(1, top // 100))),
        "environments, by name": listed(GIANT, order=EnvironmentOrder.name),
        "environments, by name, deleted ones": listed(
            GIANT,
            order=EnvironmentOrder.name,
            wanted=environments.EnvironmentFilter(statuses=frozenset({"deleted"})),
        ),
        "environments, running": listed(
            GIANT, wanted=environments.EnvironmentFilter(statuses=frozenset({"running"}))
        ),
        "environments, with a text that none has": listed(
            GIANT, wanted=environments.EnvironmentFilter(text="no such thing")
        ),
        "environments of a small team": listed(SMALL),
        "sign-in: account": r(lambda c: auth.find_account(c, f"user{SMALL}@example.com", "d")),
        "sign-in: token": w(
            lambda c: auth.add_exchange_token(
                c, now, token_hash=f"t{time.time_ns()}", user_id=SMALL, expires_at=now + 60
            )
        ),
        "sign-in: teams with sessions": r(lambda c: auth.teams_with_sessions(c, SMALL, now)),
        "sign-in: use token": w(
            lambda c: auth.use_exchange_token(
                c, f"exchange-{SMALL}", now, client_hash="c", device_hash=None
            )
        ),
        "sign-in: no team named": r(lambda c: auth.find_membership(c, SMALL, None)),
        "sign-in: a team named": r(lambda c: auth.find_membership(c, SMALL, SMALL)),
        "sign-in: operator elsewhere": r(lambda c: auth.find_membership(c, 2, SMALL)),
        "poller: anything to read": r(lambda c: suspension.any_due(c, now)),
        "poller: take what is to be read": w(
            lambda c: suspension.take_due(c, now=now + 2 * DAY, again_after=DAY, most=100)
        ),
        "poller: read": r(lambda c: suspension.read(c, [known.suspended.id])),
        "poller: resume": w(lambda c: suspension.resume(c, known.suspended.fence, **hour)),
        COUNTS: r(count_backlog),
        "retention: trim the giant": w(
            lambda c: trim(c, GIANT, older_than=now - 7 * DAY, keep=top // 2)
        ),
        "retention: trim a small team": w(
            lambda c: trim(c, SMALL, older_than=now - 7 * DAY, keep=10_000)
        ),
        "retention: sweep with nothing to go": lambda: Retention(
            engine, RetentionRules(seconds=8 * DAY, count=10**9, interval=60)
        ).sweep(),
        "expiry: sweep with little to go": lambda: Expiry(
            engine, ExpiryRules(environments=6.4 * DAY, jobs=6.49 * DAY, interval=60)
        ).sweep(),
        "archive: jobs from the middle": r(
            lambda c: ended_jobs(c, RowRange(now, RowCursor(now - 6.5 * DAY, 0), 500))
        ),
        "archive: events of 100 jobs": r(lambda c: events_of(c, known.ended)),
        LOST: r(lambda c: any_lost(c, is_lost(JobKind.environment_create, now, 60.0))),
        UNTAKEN: r(lambda c: count_waiting(c, JobKind.environment_create, now)),
        "reaper: jobs whose leases ran out": r(
            lambda c: c.execute(first_of(is_interrupted(now + 2 * DAY), BY_LEASE, 100))
        ),
        "reaper: sweep with nothing to do": lambda: Reaper(
            engine, ReaperRules(begin_within=8 * DAY)
        ).sweep(lost=False),
    }
