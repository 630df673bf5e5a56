"""A team whose log goes back in time, as after a failover that lost commits, while it is listened to.

Its listeners have an oracle of their own: they must be told `reset`, and then all that follows.
"""

import asyncio
import random
import time

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import events, outbox, teams
from backbone.events.append import append
from backbone.events.position import new_epoch
from benchmarks.chaos.accounts import Member
from benchmarks.chaos.listener import Listener, position
from generated.models.event import JobStatusEvent

CATCH_UP_SECONDS = 5.0
"""How long listeners may take to hear what is lost then; whoever did not hear it loses nothing."""


class Rewinding:
    """Rewinds one team's log; `listeners` are all that listen to it."""

    def __init__(self, engine: AsyncEngine, member: Member, dice: random.Random) -> None:
        self.team_id = member.team_id
        self.listeners: list[Listener] = []
        self.times = 0
        self._engine = engine
        self._dice = dice

    async def rewind(self) -> None:
        """Tell some events, forget the last of them, and go on from there in a new epoch."""
        await self._tell(self._dice.randint(2, 5))
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while await self.behind():
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pass
        async with transaction(self._engine) as conn:
            head = await self._head(conn)
            kept = head - self._dice.randint(1, 2)
            mine = teams.c.id == self.team_id
            await conn.execute(
                delete(events).where(events.c.team_id == self.team_id, events.c.position > kept)
            )
            await conn.execute(delete(outbox).where(outbox.c.team_id == self.team_id))
            # What `slipway restored` does for all teams.
            await conn.execute(
                update(teams).where(mine).values(last_position=kept, epoch=new_epoch())
            )
        self.times += 1
        await self._tell(self._dice.randint(1, 4))

    async def behind(self) -> list[str]:
        """Name the listeners that are not at the log's end, in its present epoch."""
        end = await self._end()
        return [listener.name for listener in self.listeners if listener.cursor != end]

    async def judge(self) -> list[str]:
        """Tell what the listeners were not told; to be asked when nothing happens any more."""
        if not self.times:
            return []
        end = await self._end()
        epoch, head = end.rpartition(".")[0], position(end)
        broken = []
        for listener in self.listeners:
            told = [position(one) for one in listener.account.ids if one.startswith(f"{epoch}.")]
            expected = list(range(head - len(told) + 1, head + 1))
            snapshots = [last for _, last in listener.account.gaps]
            if told != expected or (head - len(told)) not in {*snapshots, 0}:
                broken.append(
                    f"P3: {listener.name}: after {self.times} losses of commits it was told "
                    f"{told} of 1..{head} in the last epoch, with resets to {snapshots[-3:]}"
                )
        return broken

    async def _tell(self, count: int) -> None:
        for number in range(count):
            async with transaction(self._engine) as conn:
                event = JobStatusEvent(
                    type="job_status",
                    job_id=1_000_000 + number,
                    team_id=self.team_id,
                    status="polling",
                    message="told",
                    env_name="rewound",
                    occurred_at=int(time.time()),
                )
                await append(conn, self.team_id, event)

    async def _end(self) -> str:
        async with transaction(self._engine) as conn:
            row = (
                await conn.execute(
                    select(teams.c.epoch, teams.c.last_position).where(teams.c.id == self.team_id)
                )
            ).one()
        return f"{row.epoch}.{row.last_position}"

    async def _head(self, conn: AsyncConnection) -> int:
        query = select(func.max(events.c.position)).where(events.c.team_id == self.team_id)
        return int(await conn.scalar(query) or 0)
