"""One round of one stack: a job's frames at the client, then POST alone, then the worker alone."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aio_pika

from benchmarks.pipeline import noop
from benchmarks.pipeline.connection import Connection, LoadError
from benchmarks.pipeline.listener import listening
from benchmarks.pipeline.open_loop import post_at
from benchmarks.pipeline.orders import job_of, order, post
from benchmarks.pipeline.programs import cpu_seconds, pause, resume
from benchmarks.pipeline.stacks import NOOP, QUEUE, STUB, WORKER, Stack

CONCURRENCY = 32
OPEN_SHARE = 0.8
"""The part of the saturated rate at which the open loop sends."""
GAP_SECONDS = 0.02
LONGEST_SECONDS = 120.0

Figures = dict[str, float]


class RoundError(RuntimeError):
    """The stack did not come to an end in time."""


@dataclass(frozen=True)
class Sizes:
    """How much each part of a round does."""

    frames: int = 40
    alone_seconds: float = 1.5
    warm_seconds: float = 0.5
    post_seconds: float = 3.0
    open_seconds: float = 3.0
    jobs: int = 300
    noop: int = 2000


QUICK = Sizes(
    frames=15, alone_seconds=0.7, warm_seconds=0.3, post_seconds=1.5, open_seconds=1.5, jobs=60,
    noop=600,
)  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def measure(stack: Stack, sizes: Sizes) -> Figures:
    """Return all figures of one round. Times are in milliseconds."""
    if stack.name == NOOP:
        return await measure_noop(stack, sizes.noop)
    if stack.name == STUB:
        return await measure_posts(stack, sizes)
    figures = await measure_frames(stack, sizes.frames)
    # The worker's connections, prepared statements and caches are made by its first jobs.
    warm = await post(stack.api, stack.sessions, concurrency=8, count=sizes.jobs // 4)
    await measure_jobs(stack, warm.job_ids)
    worker = stack.worker()
    # Each measure is of one thing: orders are taken while no worker takes the processor away.
    pause(worker)
    try:
        figures |= await measure_posts(stack, sizes)
        figures |= await measure_open(
            stack, figures["orders_per_second"] * OPEN_SHARE, sizes.open_seconds
        )
        await _purge(stack)
        jobs = await post(stack.api, stack.sessions, concurrency=8, count=sizes.jobs)
        await _published(stack)
    finally:
        resume(worker)
    figures |= await measure_jobs(stack, jobs.job_ids)
    stack.check()
    return figures


async def measure_frames(stack: Stack, count: int) -> Figures:
    """One job after the other: from the 202 to its frames at a connected client."""
    queued, completed = [], []
    session = stack.sessions[0]
    async with listening(stack.events, session) as listener:
        connection = await Connection.open(stack.api.host, stack.api.port)
        try:
            for number in range(count + 3):
                status, body, answered = await connection.request(order(stack.api, session))
                job_id = job_of(status, body)
                try:
                    first = await listener.when(job_id, "queued") - answered
                    last = await listener.when(job_id, "completed") - answered
                except LoadError:
                    stack.check()  # a program that ended says why in its last words
                    raise
                if number >= 3:
                    queued.append(first)
                    completed.append(last)
                await asyncio.sleep(GAP_SECONDS)
        finally:
            connection.close()
    return {
        "queued_p50": statistics.median(queued) * 1000,
        "queued_p99": percentile(queued, 0.99) * 1000,
        "completed_p50": statistics.median(completed) * 1000,
        "completed_p99": percentile(completed, 0.99) * 1000,
    }


async def measure_posts(stack: Stack, sizes: Sizes) -> Figures:
    """Measure orders from one connection, then from many."""
    await post(stack.api, stack.sessions, concurrency=CONCURRENCY, seconds=sizes.warm_seconds)
    await _published(stack)
    alone = await post(stack.api, stack.sessions, concurrency=1, seconds=sizes.alone_seconds)
    await _published(stack)
    roles = await stack.pids()
    before = {role: cpu_seconds(pids) for role, pids in roles.items()}
    many = await post(
        stack.api, stack.sessions, concurrency=CONCURRENCY, seconds=sizes.post_seconds
    )
    answering = cpu_seconds(roles[stack.programs[0].name])
    # What was put off until after the answer belongs to the order too.
    await _published(stack)
    orders = len(many.job_ids)
    spent = {role: cpu_seconds(pids) - before[role] for role, pids in roles.items()}
    figures = {
        "orders_per_second": orders / many.seconds,
        "order_p50": statistics.median(many.latencies) * 1000,
        "order_p99": percentile(many.latencies, 0.99) * 1000,
        "alone_p50": statistics.median(alone.latencies) * 1000,
        "alone_p99": percentile(alone.latencies, 0.99) * 1000,
        "order_api_cpu": (answering - before[stack.programs[0].name]) / orders * 1000,
        "order_cpu": sum(spent.values()) / orders * 1000,
    }
    return figures | {f"order_cpu_{role}": used / orders * 1000 for role, used in spent.items()}


async def measure_open(stack: Stack, rate: float, seconds: float) -> Figures:
    """Orders at a fixed rate, each counted from when it was due."""
    posted = await post_at(stack.api, stack.sessions, rate=rate, seconds=seconds)
    await _published(stack)
    return {
        "open_rate": rate,
        "open_p50": statistics.median(posted.latencies) * 1000,
        "open_p99": percentile(posted.latencies, 0.99) * 1000,
    }


async def measure_noop(stack: Stack, count: int) -> Figures:
    """Return the rate of tasks that wait in the queue and do nothing."""
    warm = count // 4
    await noop.publish(stack.amqp_url, warm)
    await _done(stack, warm)
    worker = stack.worker()
    pause(worker)
    try:
        await noop.publish(stack.amqp_url, count)
        before = cpu_seconds(worker)
    finally:
        resume(worker)
    began = time.perf_counter()
    await _done(stack, warm + count)
    seconds = time.perf_counter() - began
    return {
        "jobs_per_second": count / seconds,
        "job_worker_cpu": (cpu_seconds(worker) - before) / count * 1000,
    }


async def _done(stack: Stack, count: int) -> None:
    """Wait until so many tasks were done that do nothing."""
    end = time.monotonic() + LONGEST_SECONDS
    assert stack.done is not None
    while not stack.done.exists() or stack.done.stat().st_size < count:
        stack.check()
        if time.monotonic() > end:
            raise RoundError(f"{stack.name}: the tasks did not end in {LONGEST_SECONDS:.0f} s")
        await asyncio.sleep(GAP_SECONDS)


async def measure_jobs(stack: Stack, job_ids: Sequence[int]) -> Figures:
    """Return the worker's rate on jobs that wait for it in the queue."""
    began, started = time.monotonic(), time.time()
    roles = await stack.pids()
    before = {role: cpu_seconds(pids) for role, pids in roles.items()}
    while await stack.database.unfinished(job_ids):
        stack.check()
        if time.monotonic() - began > LONGEST_SECONDS:
            raise RoundError(f"{stack.name}: the jobs did not end in {LONGEST_SECONDS:.0f} s")
        await asyncio.sleep(0.05)
    spent = {role: cpu_seconds(pids) - before[role] for role, pids in roles.items()}
    ends = await stack.database.ends(started)
    await _published(stack)
    figures = {
        "jobs_per_second": (len(ends) - 1) / (ends[-1] - ends[0]),
        "job_cpu": sum(spent.values()) / len(ends) * 1000,
        "job_worker_cpu": spent[WORKER] / len(ends) * 1000,
    }
    return figures | {f"job_cpu_{role}": used / len(ends) * 1000 for role, used in spent.items()}


async def _published(stack: Stack) -> None:
    """Wait until the outbox is empty."""
    end = time.monotonic() + LONGEST_SECONDS
    while await stack.database.backlog():
        stack.check()
        if time.monotonic() > end:
            raise RoundError(f"{stack.name}: the outbox did not get empty")
        await asyncio.sleep(0.02)


async def _purge(stack: Stack) -> None:
    """Forget the orders of the POST measure; the worker shall have a known number."""
    connection = await aio_pika.connect(stack.amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue(QUEUE, ensure=False)
        await queue.purge()
