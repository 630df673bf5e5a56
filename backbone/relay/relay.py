"""The active relay of a partition: reads it by id, publishes, deletes what is confirmed, and waits.

Events of one team are never confirmed out of order: behind the first that failed, all are sent
again. A message may reach the broker twice; its event id tells.
"""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import DatabaseUnavailable
from backbone.lease_lock import HeldLease, LeaseLost
from backbone.relay.confirms import Outcome
from backbone.relay.low_water_mark import LowWaterMark
from backbone.relay.metrics import RelayMetrics
from backbone.relay.partition import WHOLE, Partition
from backbone.relay.publisher import BrokerUnavailable, Publisher
from backbone.relay.queue import QueuedMessage, advance, postpone, remove
from backbone.supervisor import progress
from backbone.wake import Wake

RETRY_SECONDS = 1.0
"""How long a message waits that the broker could not route or refused; longer, the older it is."""

LONGEST_RETRY_SECONDS = 60.0

DELETION_WINDOW_SECONDS = 0.02
"""How long confirmed messages wait to be deleted along with the next reading; who is idle has time.

A crash within it only sends them again."""

STREAM = 8
"""So many in a row, each within BATCHING_WINDOW_SECONDS of the one before, are a stream."""

BATCHING_WINDOW_SECONDS = 0.01
"""How long a stream's messages gather for a batch: it costs each of them half of this on average.

A batch costs the relay, the database, the broker and the gateway about the same, however small."""

STOP_SECONDS = 1.0
"""How long a relay that is stopped may take to delete them."""

_STEPS_DOWN = (DatabaseUnavailable, LeaseLost)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RelayRules:
    """Messages per batch, and seconds.

    These are: the sweep, the longest back-off, a standby's wait, how long the active relay may fail
    to reach the broker before another one may try, and how long a refused message is sent again.
    """

    batch: int = 200
    sweep: float = 1.0
    backoff_max: float = 5.0
    standby: float = 0.5
    yield_after: float = 5.0
    give_up: float = 86_400.0


class Relay:
    """Publishes a partition of the outbox while it has the lock; `clock` gives epoch seconds."""

    def __init__(
        self,
        engine: AsyncEngine,
        publisher: Publisher,
        lock: HeldLease,
        *,
        partition: Partition = WHOLE,
        rules: RelayRules | None = None,
        metrics: RelayMetrics | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._publisher = publisher
        self._lock = lock
        self._partition = partition
        self._rules = rules or RelayRules()
        self._metrics = metrics or RelayMetrics(None)
        self._clock = clock
        self._blocked: dict[int, float] = {}
        self._low_water_mark = LowWaterMark()
        self._active = False
        self._streak = 0
        self._gave_way = False
        self._given_up = False
        self._wake: Wake | None = None

    @property
    def active(self) -> bool:
        """Whether this relay has the lock."""
        return self._active

    @property
    def gave_way(self) -> bool:
        """Whether it left the lock to others and has not reached the broker since."""
        return self._gave_way

    def give_up(self) -> None:
        """Leave the lock to another one, if this relay has it, after the batch at hand."""
        self._given_up = True
        if self._wake is not None:
            self._wake.notify()

    async def run(self) -> None:
        """Publish until cancelled; stand by while another relay is active.

        Neither database nor broker end it by being away. Raises what a supervisor should hear of.
        """
        try:
            while True:
                if await self._reaches_broker() and await self._acquire():
                    async with Wake(self._engine, alone=self._partition.of == 1) as wake:
                        await self._lead(wake)
                progress()
                await asyncio.sleep(self._rules.standby * _jitter())
        finally:
            await self._publisher.close()

    async def _reaches_broker(self) -> bool:
        """Who gave way because of the broker does not compete again before it can reach it."""
        if self._gave_way:
            try:
                await self._publisher.connect(patient=True)
            except BrokerUnavailable:
                self._metrics.broker_failures.inc()
                return False
            self._gave_way = False
        return True

    async def _acquire(self) -> bool:
        try:
            return await self._lock.acquire()
        except DatabaseUnavailable:
            log.warning("relay_waits_for_database")
            return False

    async def _lead(self, wake: Wake) -> None:
        """Drain until the lock is lost or given up, or the database goes away."""
        log.info("relay_active", lease=self._partition.lease)
        self._low_water_mark.reset()
        self._active = True
        self._given_up = False
        self._wake = wake
        self._metrics.active.inc()
        draining = asyncio.create_task(self._drain_forever(wake), name="relay-drain")
        holding = asyncio.create_task(self._lock.hold(), name="relay-hold")
        try:
            await asyncio.wait((draining, holding), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._active = False
            self._metrics.active.dec()
            self._wake = None
            draining.cancel()
            holding.cancel()
            results = await asyncio.gather(draining, holding, return_exceptions=True)
            await self._lock.release()
        if not (self._gave_way or self._given_up):
            self._metrics.leases_lost.inc()
        log.warning("relay_stepped_down", lease=self._partition.lease)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, _STEPS_DOWN):
                raise result

    async def _drain_forever(self, wake: Wake) -> None:
        """Drain until the lock is given up, or another relay should try to reach the broker."""
        clock = asyncio.get_running_loop().time
        failures, failing_since = 0, 0.0
        while not self._given_up:
            try:
                await self.drain(wake)
                progress()
                failures = 0
            except BrokerUnavailable as error:
                failing_since = failing_since if failures else clock()
                failures += 1
                self._metrics.broker_failures.inc()
                if clock() - failing_since >= self._rules.yield_after:
                    self._gave_way = True
                    log.warning("relay_gives_way", error=str(error))
                    return
                pause = min(self._rules.backoff_max, 0.05 * 2**failures) * _jitter()
                log.warning("relay_waits_for_broker", error=str(error), seconds=round(pause, 2))
                await asyncio.sleep(pause)
                continue
            await wake.wait(self._rules.sweep)

    async def drain(self, wake: Wake | None = None) -> int:
        """Publish all that is due; returns how many messages the broker confirmed.

        The lock must be held. With `wake`, what it tells of until then is published as well, and
        the last deletions wait for that a moment; in a stream, messages gather between two batches.
        Raises BrokerUnavailable, DatabaseUnavailable and LeaseLost.
        """
        total = 0
        batch = await self._advance([], [])
        while batch and not self._given_up:
            # This process may have been frozen since it read them; others publish them by now.
            self._lock.check()
            outcomes = await self._publisher.publish(batch)
            done, refused = self._sort(batch, outcomes)
            confirmed = outcomes.count(Outcome.CONFIRMED)
            self._metrics.published.inc(confirmed)
            total += confirmed
            if wake is not None and confirmed == len(batch) < self._rules.batch:
                await self._gather(wake, done)
            batch = await self._advance(done, refused)
            if Outcome.LOST in outcomes:
                raise BrokerUnavailable(
                    f"{outcomes.count(Outcome.LOST)} of {len(outcomes)} messages are unconfirmed"
                )
        self._streak = 0
        return total

    async def _gather(self, wake: Wake, confirmed: list[int]) -> None:
        """Let the next statement take the deletions along, if there is something to read soon."""
        try:
            if self._streak < STREAM:
                clock = asyncio.get_running_loop().time
                began = clock()
                woken = await wake.wait(DELETION_WINDOW_SECONDS)
                self._streak = (
                    self._streak + 1 if woken and clock() - began < BATCHING_WINDOW_SECONDS else 0
                )
            else:
                # There is no need to be told of what is looked for anyway.
                await wake.unlisten()
                await asyncio.sleep(BATCHING_WINDOW_SECONDS)
        except asyncio.CancelledError:
            with suppress(DatabaseUnavailable, TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await remove(self._engine, confirmed, fences=self._lock.fences)
            raise

    async def _advance(
        self, confirmed: list[int], refused: list[QueuedMessage]
    ) -> list[QueuedMessage]:
        """Delete and postpone what was answered, and read what is due next."""
        now = self._clock()
        self._blocked = {team: until for team, until in self._blocked.items() if until > now}
        if refused:
            times = {each.id: now + self._retry_after(each) for each in refused}
            await postpone(self._engine, times, fences=self._lock.fences)
        return await advance(
            self._engine,
            confirmed,
            now,
            limit=self._rules.batch,
            without=self._blocked,
            fences=self._lock.fences,
            low_water_mark=self._low_water_mark,
            partition=self._partition,
        )

    def _sort(
        self, batch: list[QueuedMessage], outcomes: list[Outcome]
    ) -> tuple[list[int], list[QueuedMessage]]:
        """Tell which rows to delete and which to postpone; the others stay as they are."""
        done: list[int] = []
        refused: list[QueuedMessage] = []
        broken: set[int] = set()
        for message, outcome in zip(batch, outcomes, strict=True):
            if outcome is Outcome.CONFIRMED:
                if message.team_id not in broken:
                    done.append(message.id)
                continue
            if outcome is not Outcome.LOST and self._is_given_up(message, outcome):
                if message.team_id not in broken:
                    done.append(message.id)
                continue
            if message.team_id is not None:
                broken.add(message.team_id)
                if outcome is not Outcome.LOST:
                    self._blocked[message.team_id] = self._clock() + self._retry_after(message)
            elif outcome is not Outcome.LOST:
                refused.append(message)
        return done, refused

    def _is_given_up(self, message: QueuedMessage, outcome: Outcome) -> bool:
        """Tell of a message that the broker refused; whether it is not sent again."""
        given_up = self._clock() - message.created_at > self._rules.give_up
        (self._metrics.given_up if given_up else self._metrics.refused).inc()
        log.warning(
            "message_given_up" if given_up else "message_refused",
            outcome=outcome.name.lower(),
            exchange=message.exchange,
            routing_key=message.routing_key,
        )
        return given_up

    def _retry_after(self, message: QueuedMessage) -> float:
        """Return the seconds until a refused message is sent again: a tenth of its age."""
        tenth = (self._clock() - message.created_at) / 10
        return min(max(RETRY_SECONDS, tenth), LONGEST_RETRY_SECONDS) * _jitter()


def _jitter() -> float:
    return random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
