"""The devices that a user signed in from before, by hashes of the tokens in their cookies."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import known_devices

DEVICES_PER_USER = 50


async def remember(conn: AsyncConnection, user_id: int, device_hash: str, now: float) -> None:
    """Note that the user signed in from a device; the ones used the longest ago are forgotten."""
    mine = known_devices.c.user_id == user_id
    seen = (
        update(known_devices)
        .where(mine, known_devices.c.device_hash == device_hash)
        .values(last_used_at=now)
        .returning(known_devices.c.device_hash)
    )
    if (await conn.execute(seen)).one_or_none() is not None:
        return
    oldest = (
        select(known_devices.c.device_hash)
        .where(mine)
        .order_by(known_devices.c.last_used_at.desc(), known_devices.c.device_hash)
        .offset(DEVICES_PER_USER - 1)
    )
    forgotten = (await conn.execute(oldest)).scalars().all()
    if forgotten:
        await conn.execute(
            delete(known_devices).where(mine, known_devices.c.device_hash.in_(forgotten))
        )
    await conn.execute(
        insert(known_devices).values(
            user_id=user_id, device_hash=device_hash, created_at=now, last_used_at=now
        )
    )
