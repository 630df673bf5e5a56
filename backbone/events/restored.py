"""Gives every log a new epoch, after its database was restored from a backup or lost commits.

Positions of the former epoch then mean nothing any more: who comes with one is told `reset`.
"""

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import teams
from backbone.events.position import new_epoch


async def renew_epochs(conn: AsyncConnection) -> int:
    """Renew the epochs of all teams in the caller's transaction; give how many."""
    found = (await conn.execute(select(teams.c.id).order_by(teams.c.id))).scalars().all()
    if found:
        await conn.execute(
            update(teams).where(teams.c.id == bindparam("team")).values(epoch=bindparam("renewed")),
            [{"team": team_id, "renewed": new_epoch()} for team_id in found],
        )
    return len(found)
