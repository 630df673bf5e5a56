"""Lets one process at a time do a task, by a row that its holder must renew, on both databases.

The database's clock decides on PostgreSQL, the host's on SQLite (one host has one). A lease that
is further ahead than its own length was written before the clock was set back: it is over.
"""

import time

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import is_postgresql
from backbone.database.tables import leases

NOBODY = ""

# Whoever finds the lease free, over or his own, has it. The number grows with each new holder, so
# that what an earlier one still writes can be told and refused.
_ACQUIRE = """
    INSERT INTO leases (name, holder, fence, seconds, expires_at)
    VALUES (:name, :holder, 1, :seconds, {now} + :seconds)
    ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder,
        fence = leases.fence + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END,
        seconds = excluded.seconds,
        expires_at = {now} + excluded.seconds
    WHERE leases.holder = excluded.holder
       OR leases.expires_at <= {now}
       OR leases.expires_at > {now} + leases.seconds + 1
    RETURNING fence
"""
_HELD = """
    SELECT name FROM leases
    WHERE name LIKE CAST(:prefix AS text) || '%' AND holder <> ''
      AND expires_at > {now} AND expires_at <= {now} + seconds + 1
"""
_FORGET = """
    DELETE FROM leases
    WHERE name LIKE CAST(:prefix AS text) || '%' AND expires_at <= {now} - :seconds
"""
_SERVERS_TIME = "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"
_OUR_TIME = "CAST(:now AS double precision)"
_SERVERS_CLOCK = text(_ACQUIRE.format(now=_SERVERS_TIME))
_OUR_CLOCK = text(_ACQUIRE.format(now=_OUR_TIME))
_HELD_BY_SERVERS_CLOCK = text(_HELD.format(now=_SERVERS_TIME))
_HELD_BY_OUR_CLOCK = text(_HELD.format(now=_OUR_TIME))


async def acquire(
    conn: AsyncConnection, name: str, holder: str, seconds: float, *, now: float | None = None
) -> int | None:
    """Take or renew the lease for so many seconds; its fence, or None when another has it.

    `now` (epoch seconds) stands in for the clock. The caller's transaction should do nothing else.
    """
    values = {"name": name, "holder": holder, "seconds": float(seconds)}
    if now is None and is_postgresql(conn):
        fence: int | None = await conn.scalar(_SERVERS_CLOCK, values)
    else:
        # SQLite's writers have waited for their turn by now, so no clock was read too early.
        ours = {"now": time.time() if now is None else now}
        fence = await conn.scalar(_OUR_CLOCK, values | ours)
    return fence


async def held(conn: AsyncConnection, prefix: str) -> set[str]:
    """Return the names, from those that begin with `prefix`, of the leases that somebody has."""
    if is_postgresql(conn):
        found = await conn.scalars(_HELD_BY_SERVERS_CLOCK, {"prefix": prefix})
    else:
        found = await conn.scalars(_HELD_BY_OUR_CLOCK, {"prefix": prefix, "now": time.time()})
    return set(found)


async def release(conn: AsyncConnection, name: str, holder: str) -> None:
    """Give the lease back, if it is still this holder's; its number is never given again."""
    await conn.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.holder == holder)
        .values(holder=NOBODY, expires_at=0.0)
    )


async def forget(conn: AsyncConnection, prefix: str, seconds: float) -> None:
    """Delete the leases whose names begin with `prefix` and that are over for so long.

    Their numbers may be given again, so it is for leases by which nobody is fenced.
    """
    clock, ours = (_SERVERS_TIME, {}) if is_postgresql(conn) else (_OUR_TIME, {"now": time.time()})
    await conn.execute(
        text(_FORGET.format(now=clock)), ours | {"prefix": prefix, "seconds": float(seconds)}
    )
