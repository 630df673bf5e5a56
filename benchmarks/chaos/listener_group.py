"""All listeners of a run: of teams, of jobs, and some that read slowly."""

import asyncio
import itertools
import random

from benchmarks.chaos.accounts import Member
from benchmarks.chaos.listener import Listener, stop_all
from benchmarks.chaos.orders import Accepted
from benchmarks.chaos.stack import Stack

SILENCE = 5.0
"""Five heartbeats."""
SLOW = 0.15
"""The share of slow listeners."""
FOLLOWED = 0.3
"""The share of jobs that somebody follows."""


class ListenerGroup:
    """Starts listeners and keeps them running."""

    def __init__(self, stack: Stack, dice: random.Random) -> None:
        self.of_teams: list[tuple[Member, Listener]] = []
        self.of_jobs: list[tuple[Member, Listener]] = []
        self._stack = stack
        self._dice = dice
        self._tasks: list[asyncio.Task[None]] = []
        self._edges = itertools.cycle(stack.to_gateways)
        self._numbers = itertools.count(1)

    @property
    def everybody(self) -> list[tuple[Member, Listener]]:
        return [*self.of_teams, *self.of_jobs]

    @property
    def told(self) -> int:
        return sum(len(listener.account.ids) for _, listener in self.everybody)

    @property
    def endings(self) -> int:
        """How often somebody was told of a job's end."""
        return sum(listener.account.endings for _, listener in self.of_teams)

    @property
    def reconnects(self) -> int:
        return sum(max(0, listener.account.connects - 1) for _, listener in self.everybody)

    def start(self, count: int) -> None:
        """Let `count` listeners follow the teams, in turn."""
        members = itertools.cycle(self._stack.members)
        for number, member in zip(range(count), members, strict=False):
            slow = number < max(1, round(count * SLOW))
            listener = self._listen(member, slow=slow)
            self.of_teams.append((member, listener))

    def start_beside(self, member: Member) -> list[Listener]:
        """Let somebody follow a team at each gateway, of whom the caller keeps account."""
        return [self._listen(member) for _ in self._stack.to_gateways]

    async def ready(self) -> None:
        """Wait until each of the teams' listeners knows where it began."""
        while any(listener.cursor is None for _, listener in self.of_teams):
            await asyncio.sleep(0.05)

    def follow(self, order: Accepted) -> None:
        """Let somebody follow this job, or nobody, as the dice fall."""
        if self._dice.random() < FOLLOWED:
            listener = self._listen(order.member, order)
            self.of_jobs.append((order.member, listener))

    def read_fast(self) -> None:
        for _, listener in self.everybody:
            listener.read_fast()

    def failures(self) -> list[BaseException]:
        """Return what listeners ended with by a mistake of their own or a malformed stream."""
        found = [t.exception() for t in self._tasks if t.done() and not t.cancelled()]
        return [error for error in found if error is not None]

    async def leave(self) -> None:
        await stop_all(self._tasks)

    def _listen(
        self, member: Member, job: Accepted | None = None, *, slow: bool = False
    ) -> Listener:
        narrow = self._stack.narrow
        assert narrow is not None
        what = f"team {member.team_id}" if job is None else f"job {job.job_id}"
        listener = Listener(
            narrow.address if slow else next(self._edges).address,
            member.token,
            name=f"listener {next(self._numbers)} of {what}{' (slow)' if slow else ''}",
            job_id=None if job is None else job.job_id,
            cursor=None if job is None else job.last_event_id,
            silence_seconds=SILENCE,
            read_delay=self._dice.uniform(0.5, 3.0) if slow else 0.0,
        )
        self._tasks.append(asyncio.create_task(listener.run()))
        return listener
