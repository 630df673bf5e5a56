"""How relays share the partitions: each has its own at most, and takes what is free up to that.

Relays with another number of partitions are no partners: those of one number hold LEASE together,
so that the others wait until all of them are over.
"""

import asyncio
import random
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import leases
from backbone.database.engine import transaction
from backbone.errors import DatabaseUnavailable
from backbone.lease_lock import LeaseLock, running_clock
from backbone.relay.partition import LEASE, Partition, partitions
from backbone.supervisor import progress

FORGET_SECONDS = 60.0
"""How long a relay that is gone is remembered."""

log = structlog.get_logger(__name__)


def fair_share(partitions: int, relays: int) -> int:
    """Return how many partitions one of so many relays may have."""
    return -(-partitions // max(1, relays))


class PartitionRelay(Protocol):
    """What is asked of the relay of a partition."""

    @property
    def gave_way(self) -> bool:
        """Whether it cannot reach the broker."""

    def give_up(self) -> None:
        """Leave the partition to another process."""


class Sharing:
    """What this process knows of the others with the same number `of` of partitions.

    `seconds` is the length of the leases, `interval` how often it looks.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        of: int,
        seconds: float,
        *,
        interval: float = 0.5,
        clock: Callable[[], float] = running_clock,
    ) -> None:
        self.engine = engine
        self.of = of
        self.seconds = seconds
        self.clock = clock
        self.relays: Mapping[int, PartitionRelay] = {}
        self.mine: set[int] = set()
        self.turn = asyncio.Lock()
        self._interval = interval
        self.holder = secrets.token_hex(8)
        self._prefix = f"{LEASE}-member-of-{of}-"
        self._members = 0
        self._taken: Collection[int] = frozenset()
        self._known_until = 0.0

    @property
    def share(self) -> int:
        """How many partitions this process may have."""
        return fair_share(self.of, self._members)

    def may_take(self, partition: Partition) -> bool:
        """Whether it is free and within this process's share, as far as is known."""
        return (
            self.clock() < self._known_until
            and partition.number not in self._taken
            and len(self.mine) < self.share
        )

    async def run(self) -> None:
        """Look, and have relays give up what is others', until cancelled."""
        try:
            while True:
                try:
                    await self.look()
                except DatabaseUnavailable:
                    log.warning("relay_waits_for_database")
                else:
                    self._give_up()
                progress()
                await asyncio.sleep(self._interval * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        finally:
            await self._leave()

    async def look(self) -> None:
        """Tell that this process is there, unless it cannot publish; see who is, and what is taken.

        Raises DatabaseUnavailable.
        """
        began = self.clock()
        async with transaction(self.engine) as conn:
            name = self._prefix + self.holder
            if any(relay.gave_way for relay in self.relays.values()):
                await leases.release(conn, name, self.holder)
            else:
                await leases.acquire(conn, name, self.holder, self.seconds)
            await leases.forget(conn, self._prefix, FORGET_SECONDS)
            held = await leases.held(conn, f"{LEASE}-")
        self._members = sum(name.startswith(self._prefix) for name in held)
        self._taken = {each.number for each in partitions(self.of) if each.lease in held}
        self._known_until = began + self.seconds

    def _give_up(self) -> None:
        for number in sorted(self.mine)[self.share :]:
            self.relays[number].give_up()

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(self.seconds), transaction(self.engine) as conn:
                await leases.release(conn, self._prefix + self.holder, self.holder)
        except (DatabaseUnavailable, TimeoutError):
            log.info("lease_expires_by_itself", lease=self._prefix)


class PartitionLock(LeaseLock):
    """The lease of a partition, along with LEASE for all that have the same number of them."""

    def __init__(self, sharing: Sharing, partition: Partition) -> None:
        super().__init__(
            sharing.engine,
            partition.lease,
            sharing.seconds,
            holder=sharing.holder,
            clock=sharing.clock,
        )
        self._sharing = sharing
        self._partition = partition

    async def acquire(self) -> bool:
        """Renew the lease, or take it if it is free and within this process's share."""
        if self._partition.number in self._sharing.mine:
            return await super().acquire()
        async with self._sharing.turn:
            if not self._sharing.may_take(self._partition) or not await super().acquire():
                return False
            self._sharing.mine.add(self._partition.number)
            return True

    async def release(self) -> None:
        """As `HeldLease.release`; this process may take another one for it."""
        await super().release()
        self._sharing.mine.discard(self._partition.number)

    async def _take(self) -> Mapping[str, int] | None:
        # In this order everywhere, so that nobody waits for who waits for him.
        async with transaction(self._engine) as conn:
            common = f"of {self._partition.of}"
            all_ = await leases.acquire(conn, LEASE, common, self._seconds)
            if all_ is None:
                return None
            one = await leases.acquire(conn, self._name, self._holder, self._seconds)
        return None if one is None else {LEASE: all_, self._name: one}
