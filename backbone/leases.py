"""Lets one process at a time do a background task, by a row that its holder must renew."""

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import leases

# The same on both databases: whoever finds the lease free, over or his own, has it.
_ACQUIRE = text(
    """
    INSERT INTO leases (name, holder, expires_at) VALUES (:name, :holder, :expires_at)
    ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder, expires_at = excluded.expires_at
    WHERE leases.holder = excluded.holder OR leases.expires_at <= :now
    RETURNING holder
    """
)


async def acquire(
    conn: AsyncConnection, name: str, holder: str, now: float, seconds: float
) -> bool:
    """Take or renew the lease until `now + seconds` (epoch seconds); False when another has it."""
    values = {"name": name, "holder": holder, "now": now, "expires_at": now + seconds}
    return (await conn.execute(_ACQUIRE, values)).one_or_none() is not None


async def release(conn: AsyncConnection, name: str, holder: str) -> None:
    """Give the lease back, if it is still this holder's."""
    await conn.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
