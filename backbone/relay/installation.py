"""What is true of the whole installation, looked at now and then: backlogs, queues, leadership.

Every relay looks, also those that stand by; the figures are the database's and the broker's.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Row, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone import outbox
from backbone.batches import pause_after
from backbone.database import tables
from backbone.database.engine import reading
from backbone.database.tables import job_logs
from backbone.errors import DatabaseUnavailable
from backbone.leases import held
from backbone.relay.depth import NO_QUEUE, QueueState, job_queues, queue_states
from backbone.relay.partition import LEASE
from backbone.relay.partition import partitions as partitions_of
from backbone.supervisor import progress
from generated.messaging.topology import Topology
from generated.models.health import Check, CheckStatus
from generated.models.job import JobStatus

INTERVAL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look. Ages in seconds; `jobs` are the unfinished ones by kind and status.

    `leaderless` are the numbers of the outbox's partitions that no relay publishes. `queues` is
    None when the broker did not answer; `attempts` are the most of a job of each kind; `counting`
    is what it took to count what waits.
    """

    leaderless: Sequence[int]
    outbox_messages: int
    outbox_age: float
    jobs: Mapping[tuple[str, str], int]
    queued_age: Mapping[str, float]
    queues: Mapping[str, QueueState] | None
    attempts: Mapping[str, int]
    counting: float

    @property
    def has_leader(self) -> bool:
        """Whether all that is queued is published by somebody."""
        return not self.leaderless


class Installation(Collector):
    """Looks every INTERVAL_SECONDS, less often when counting takes long; its last look is told.

    It is told as metrics and as checks.

    `dead_queues` are names of dead-letter queues at the broker, of which the messages are counted;
    `partitions` is into how many the outbox is divided.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        amqp_url: str,
        topology: Topology,
        *,
        dead_queues: Collection[str] = (),
        partitions: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._url = amqp_url
        self._job_queues = job_queues(topology)
        self._dead_queues = tuple(dead_queues)
        self._partitions = tuple(partitions_of(partitions))
        self._clock = clock
        self._last: Snapshot | None = None

    @property
    def job_queues(self) -> Collection[str]:
        """The names of the queues of jobs."""
        return self._job_queues.values()

    async def run(self) -> None:
        """Look until cancelled; while the database is away, nothing is known."""
        while True:
            counting = 0.0
            try:
                snapshot = await self.look()
            except DatabaseUnavailable:
                self._last = None
            else:
                self.show(snapshot)
                counting = snapshot.counting
            progress()
            # Not by what the broker took: one that hangs for seconds is asked again soon.
            await asyncio.sleep(pause_after(counting, INTERVAL_SECONDS))

    async def look(self) -> Snapshot:
        """Ask the database and the broker. Raises DatabaseUnavailable."""
        names = (*self._job_queues.values(), *self._dead_queues)
        queues = await queue_states(self._url, names)
        now = self._clock()
        async with reading(self._engine) as conn:
            began = time.monotonic()
            messages, rows = await count_backlog(conn)
            counting = time.monotonic() - began
            oldest = await outbox.oldest_due(conn, now)
            held_ = await held(conn, LEASE)
        return Snapshot(
            leaderless=self._leaderless(held_),
            outbox_messages=messages,
            outbox_age=max(0.0, now - oldest) if oldest is not None else 0.0,
            jobs={(row.kind, row.status): row.number for row in rows},
            queued_age={
                row.kind: max(0.0, now - row.oldest)
                for row in rows
                if row.status == JobStatus.queued
            },
            queues=queues,
            attempts=_most_attempts(rows),
            counting=counting,
        )

    def _leaderless(self, held_: Collection[str]) -> list[int]:
        missing = [each.number for each in self._partitions if each.lease not in held_]
        # All of it may be published by relays with another number of partitions, for which ours
        # wait.
        return [] if LEASE in held_ and len(missing) == len(self._partitions) else missing

    def checks(self) -> list[Check]:
        """Tell what the last look says against the installation; before the first, nothing."""
        last = self._last
        if last is None:
            return []
        found = []
        if not last.has_leader:
            found.append(("relay-leader", self.without_relay(last)))
        if last.outbox_age > outbox.STALE_SECONDS:
            age = f"{last.outbox_age:.0f} s"
            found.append(("outbox", f"the oldest message waits to be published since {age}"))
        if last.queues is None:
            found.append(("broker", "no answer; orders are recorded and sent when it is back"))
        else:
            for kind, name in self._job_queues.items():
                if last.queues[name].consumers == 0:
                    told = f"no worker consumes from {name}; start one with `slipway worker`"
                    found.append((f"workers-{kind.value}", told))
        return [Check(name=name, status=CheckStatus.degraded, detail=told) for name, told in found]

    def without_relay(self, snapshot: Snapshot) -> str:
        """Say in a sentence what no relay publishes."""
        if len(snapshot.leaderless) == len(self._partitions):
            return "no relay publishes; look at the logs of all relays"
        numbers = ", ".join(map(str, snapshot.leaderless))
        told = f"no relay publishes partition {numbers} of {len(self._partitions)}"
        return f"{told}; look at the logs of all relays"

    def show(self, snapshot: Snapshot) -> None:
        """Tell of a look from now on."""
        self._last = snapshot

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name nothing before the first look (`Collector`)."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return the last look as gauges (`Collector`)."""
        last = self._last
        if last is None:
            return
        yield GaugeMetricFamily(
            "slipway_outbox_messages", "Messages to be published.", value=last.outbox_messages
        )
        yield GaugeMetricFamily(
            "slipway_outbox_oldest_seconds",
            "How long the oldest message that is due has waited.",
            value=last.outbox_age,
        )
        yield GaugeMetricFamily(
            "slipway_relay_has_leader",
            "1 while each partition of the outbox has a relay.",
            value=last.has_leader,
        )
        jobs = GaugeMetricFamily("slipway_jobs", "Unfinished jobs.", labels=("kind", "status"))
        for (kind, status), number in sorted(last.jobs.items()):
            jobs.add_metric((kind, status), number)
        yield jobs
        ages = GaugeMetricFamily(
            "slipway_jobs_oldest_queued_seconds",
            "How long the oldest job that no worker took has waited.",
            labels=("kind",),
        )
        for kind, age in sorted(last.queued_age.items()):
            ages.add_metric((kind,), age)
        yield ages
        attempts = GaugeMetricFamily(
            "slipway_jobs_attempts_max",
            "The most attempts that an unfinished job has had.",
            labels=("kind",),
        )
        for kind, most in sorted(last.attempts.items()):
            attempts.add_metric((kind,), most)
        yield attempts
        yield from self._of_queues(last.queues or {})

    def _of_queues(self, states: Mapping[str, QueueState]) -> Iterator[GaugeMetricFamily]:
        messages = GaugeMetricFamily(
            "slipway_job_queue_messages", "Messages that no worker has yet.", labels=("queue",)
        )
        consumers = GaugeMetricFamily(
            "slipway_job_queue_consumers", "Workers that consume.", labels=("queue",)
        )
        dead = GaugeMetricFamily(
            "slipway_dead_letters", "Messages that failed their contract.", labels=("queue",)
        )
        for name in self._job_queues.values() if states else ():
            messages.add_metric((name,), states[name].messages)
            consumers.add_metric((name,), states[name].consumers)
        for name in self._dead_queues:
            dead.add_metric((name,), states.get(name, NO_QUEUE).messages)
        yield from (messages, consumers, dead)


def _most_attempts(rows: Iterable[Row[tuple[str, str, int, float, int]]]) -> dict[str, int]:
    most: dict[str, int] = {}
    for row in rows:
        most[row.kind] = max(most.get(row.kind, 0), row.attempts)
    return most


async def count_backlog(
    conn: AsyncConnection,
) -> tuple[int, list[Row[tuple[str, str, int, float, int]]]]:
    """Count the outbox's messages, and unfinished jobs by kind and status: all that waits is read.

    In three parts, for which there are indexes.
    """
    messages = await conn.scalar(select(func.count()).select_from(tables.outbox))
    jobs = job_logs.c
    columns = jobs.kind, jobs.status, jobs.created_at, jobs.attempt
    unfinished = select(*columns).where(job_logs.c.ended_at.is_(None))
    parts = union_all(
        unfinished.where(job_logs.c.lease_until.is_(None), job_logs.c.poll_at.is_(None)),
        unfinished.where(job_logs.c.lease_until.is_not(None)),
        unfinished.where(job_logs.c.poll_at.is_not(None)),
    ).subquery()
    statement = select(
        parts.c.kind,
        parts.c.status,
        func.count().label("number"),
        func.min(parts.c.created_at).label("oldest"),
        func.max(parts.c.attempt).label("attempts"),
    ).group_by(parts.c.kind, parts.c.status)
    return messages or 0, list(await conn.execute(statement))
