"""Fills a migrated, empty database with a week of a busy installation, on both databases.

Team 1 is the giant: every fifth job is its own, and its newest 60 % of environments are deleted.
The rows are made by the database itself, so a million jobs take about two minutes.
"""

import time
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import is_postgresql

GIANT = 1
SMALL = 77
"""A team like most others; its user has the same id."""

EVENTS = 5
"""Events of a job."""

SPAN = 6.5 * 86_400
"""Over how many seconds the jobs were ordered, up to now."""

FIRST_FREE = 1_000_000_000
"""Ids from here on belong to nobody."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows there are."""

    jobs: int
    waiting: int = 0
    """Messages that wait in the outbox."""
    queued: int = 40
    """One in so many jobs is queued, and one in forty at work: held by a worker or suspended."""

    @property
    def teams(self) -> int:
        return max(SMALL + 3, self.jobs // 10)

    @property
    def users(self) -> int:
        return 2 * self.teams

    @property
    def sessions(self) -> int:
        return self.teams

    @property
    def keys(self) -> int:
        return self.jobs // 5


def whole(scale: float) -> Size:
    """Return the issue's installation at a scale: 1.0 is a million jobs of 100,000 teams."""
    return Size(jobs=round(1_000_000 * scale))


async def fill(engine: AsyncEngine, size: Size, *, now: float | None = None) -> None:
    """Fill the database and have it count its rows."""
    values = {
        "now": time.time() if now is None else now,
        "span": SPAN,
        "jobs": size.jobs,
        "teams": size.teams,
        "users": size.users,
        "sessions": size.sessions,
        "keys": size.keys,
        "waiting": size.waiting,
        "queued": size.queued,
    }
    postgresql = is_postgresql(engine)
    async with engine.connect() as conn:
        if postgresql:
            for setting in ("synchronous_commit = off", "work_mem = '128MB'"):
                await conn.exec_driver_sql(f"SET {setting}")
            await conn.exec_driver_sql("SET statement_timeout = 0")
        for statement in _STATEMENTS:
            await conn.exec_driver_sql(_of(statement, values, postgresql=postgresql))
        await conn.commit()
    async with engine.connect() as conn:
        await conn.execution_options(isolation_level="AUTOCOMMIT")
        if postgresql:
            await conn.exec_driver_sql("SET statement_timeout = 0")
            await conn.exec_driver_sql("VACUUM ANALYZE")
        else:
            await conn.exec_driver_sql("ANALYZE")


def _of(statement: str, values: dict[str, float], *, postgresql: bool) -> str:
    """Write the numbers into the statement: as parameters their types would have to be told."""
    for name, value in values.items():
        statement = statement.replace(f"{{{name}}}", repr(value))
    kinds = (
        ("{json(", "CAST(" if postgresql else "("),
        (")json}", " AS json)" if postgresql else ")"),
        ("{bytes(", "convert_to(" if postgresql else "CAST("),
        (")bytes}", ", 'UTF8')" if postgresql else " AS blob)"),
    )
    for mark, replacement in kinds:
        statement = statement.replace(mark, replacement)
    return statement


def _numbered(to: str) -> str:
    return f"(SELECT n FROM numbers WHERE n <= {to}) AS numbered"


_TEAM_OF_JOB = "CASE WHEN n % 5 = 0 THEN 1 ELSE 2 + (n - n / 5 - 1) % ({teams} - 1) END"
_PLACE_OF_JOB = "CASE WHEN n % 5 = 0 THEN n / 5 - 1 ELSE (n - n / 5 - 1) / ({teams} - 1) END"
_TEAM_OF_USER = "CASE WHEN n % 100 = 1 THEN 1 ELSE 1 + (n - 1) % {teams} END"

_COUNT = "ANALYZE"
"""Without it the joins with what was made a moment ago are planned for nothing."""

_STATEMENTS = (
    "CREATE TEMPORARY TABLE numbers (n bigint PRIMARY KEY)",
    """
    INSERT INTO numbers
    WITH RECURSIVE n(n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {jobs} OR n < {users}
    )
    SELECT n FROM n
    """,
    """
    INSERT INTO teams (id, name, status, status_changed_at, epoch, created_at)
    SELECT n, 'Team ' || n,
           CASE WHEN n % 20 = 7 THEN 'SUSPENDED' WHEN n % 3 = 0 THEN 'TRIALING' ELSE 'ACTIVE' END,
           {now} - 2592000, 'epoch' || n, {now} - 7776000
    FROM """
    + _numbered("{teams}"),
    """
    INSERT INTO users (id, email, display_name, password_hash, is_operator)
    SELECT n, 'user' || n || '@example.com', 'User ' || n, 'none', n = 2 FROM """
    + _numbered("{users}"),
    f"""
    INSERT INTO memberships (team_id, user_id, role)
    SELECT {_TEAM_OF_USER}, n, CASE WHEN n % 7 = 0 THEN 'owner' ELSE 'member' END
    FROM {_numbered("{users}")}
    """,
    f"""
    CREATE TEMPORARY TABLE plan AS
    SELECT n AS id, {_TEAM_OF_JOB} AS team_id, {_PLACE_OF_JOB} AS place,
           {{now}} - {{span}} + {{span}} * n / {{jobs}} AS at, n * 1.0 / {{jobs}} AS part,
           CASE WHEN n % {{queued}} = 1 THEN 'queued' WHEN n % 40 = 2 THEN 'polling'
                WHEN n % 40 = 3 THEN 'failed' ELSE 'completed' END AS status
    FROM {_numbered("{jobs}")}
    """,
    _COUNT,
    """
    INSERT INTO job_logs (id, team_id, user_id, kind, status, message, env_name, app_id, attempt,
                          lease_until, poll_at, run_at, payload, created_at, started_at, ended_at,
                          error_code, updated_at)
    SELECT id, team_id, team_id, 'environment.create', status, 'The environment is ' || status,
           'env-' || id, CASE WHEN status <> 'queued' THEN 'app-' || id END,
           CASE WHEN status = 'queued' THEN 0 ELSE 1 END,
           CASE WHEN status = 'polling' AND id % 80 < 40 THEN {now} + 86400 END,
           CASE WHEN status = 'polling' AND id % 80 >= 40 THEN {now} + 86400 END,
           CASE WHEN status = 'queued' THEN {now} + 86400 END,
           {json('{"job_id":' || id || ',"team_id":' || team_id || ',"user_id":' || team_id ||
                 ',"shortdomain":"env-' || id || '","display_name":"env-' || id ||
                 '","nodes":[{"node_type":"nginxphp"}]}')json},
           at, CASE WHEN status <> 'queued' THEN at + 1 END,
           CASE WHEN status IN ('completed', 'failed') THEN at + 30 END,
           CASE WHEN status = 'failed' THEN 'quota_exceeded' END, at + 30
    FROM plan
    """,
    """
    INSERT INTO events (team_id, position, type, job_id, status, routing_key, body, occurred_at,
                        created_at)
    SELECT team_id, place * 5 + n, 'job_status', id, told, 'team.' || team_id || '.job.' || id ||
           '.status', '{"type":"job_status","job_id":' || id || ',"team_id":' || team_id ||
           ',"status":"' || told || '","message":"The environment is ' || told ||
           '","env_name":"env-' || id || '","occurred_at":' || CAST(at AS bigint) || '}',
           at + n, at + n
    FROM (
        SELECT plan.*, n, CASE n WHEN 1 THEN 'queued' WHEN 2 THEN 'started'
                               WHEN 5 THEN status ELSE 'polling' END AS told
        FROM plan CROSS JOIN (SELECT n FROM numbers WHERE n <= 5) AS steps
    ) AS step
    """,
    """
    UPDATE teams SET last_position = top.position
    FROM (SELECT team_id, max(place) * 5 + 5 AS position FROM plan GROUP BY team_id) AS top
    WHERE top.team_id = teams.id
    """,
    """
    INSERT INTO environments (team_id, job_id, shortdomain, env_name, app_id, domain, display_name,
                              status, created_at, deleted_at)
    SELECT team_id, id, 'env-' || id, 'env-' || id, 'app-' || id, 'env-' || id || '.example.com',
           'env-' || id, CASE WHEN gone THEN 'deleted' ELSE 'running' END, at,
           CASE WHEN gone THEN at + 3600 END
    FROM (
        SELECT plan.*, CASE WHEN team_id = 1 THEN part > 0.4 ELSE id % 50 < 10 END AS gone
        FROM plan WHERE id % 10 IN (0, 1, 4, 6, 9) AND status IN ('completed', 'polling')
    ) AS made
    """,
    f"""
    INSERT INTO sessions (token_hash, user_id, team_id, created_at, expires_at, revoked_at)
    SELECT 'session-' || n, n, {_TEAM_OF_USER}, {{now}} - 43200 + n % 40000,
           CASE WHEN n % 2 = 0 THEN {{now}} - n % 80000 ELSE {{now}} + 43200 END,
           CASE WHEN n % 50 = 8 THEN {{now}} - n % 80000 END
    FROM {_numbered("{sessions}")}
    """,
    f"""
    INSERT INTO api_tokens (token_hash, prefix, name, user_id, team_id, scopes, created_at)
    SELECT 'token-' || n, 'token', 'CI', n, {_TEAM_OF_USER}, {{json('["events:read"]')json}}, {{now}}
    FROM {_numbered("{sessions}")}
    """,
    f"""
    INSERT INTO audit_log (occurred_at, actor, action, team_id, details)
    SELECT {{now}} - n, 'user', 'member.invite', {_TEAM_OF_USER}, {{json('{{}}')json}}
    FROM {_numbered("{sessions}")}
    """,
    f"""
    INSERT INTO exchange_tokens (token_hash, user_id, expires_at, used_at)
    SELECT 'exchange-' || n, n, {{now}} - n % 86000, {{now}} - n % 86000 - 30
    FROM {_numbered("{sessions}")}
    """,
    f"""
    INSERT INTO idempotency_keys (team_id, user_id, key, request_hash, job_id, status,
                                  last_event_id, created_at)
    SELECT {_TEAM_OF_JOB}, 1 + n % {{users}}, 'key-' || n, 'hash-' || n, n, 'queued',
           'epoch1.' || n, {{now}} - n % 86000
    FROM {_numbered("{keys}")}
    """,
    """
    INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                        created_at)
    SELECT CASE WHEN logged THEN team_id END, CASE WHEN logged THEN 'epoch' || team_id END,
           CASE WHEN logged THEN place * 5 + 1 END,
           CASE WHEN logged THEN 'events.topic' ELSE 'jobs.direct' END,
           CASE WHEN logged THEN 'team.' || team_id || '.job.' || id || '.status'
                ELSE 'jobs.env.create' END,
           {bytes('{"job_id":' || id || '}')bytes},
           {json('{"operation":"sendCreateEnvironment","headers":{},"correlation_id":"job-' || id ||
                 '-1","delivery_mode":2,"mandatory":true}')json},
           {now} - 600
    FROM (
        SELECT plan.*, half.n = 1 AS logged, half.n AS half
        FROM plan CROSS JOIN (SELECT n FROM numbers WHERE n <= 2) AS half
        WHERE plan.id > {jobs} - {waiting} / 2
    ) AS message ORDER BY id, half
    """,
    f"""
    INSERT INTO known_devices (user_id, device_hash, created_at, last_used_at)
    SELECT n, 'device-' || n, {{now}}, {{now}} FROM {_numbered("{sessions}")}
    """,
    f"""
    INSERT INTO access_changes (credential, user_id, team_id, stamp)
    SELECT 'session-' || n, 0, n, n FROM {_numbered("{keys}")}
    """,
    f"UPDATE id_blocks SET next_id = {FIRST_FREE}",
    "DROP TABLE plan",
    "DROP TABLE numbers",
)
