"""How soon the jobs of workers that died go on: all leases run out at the same time."""

import asyncio
import time
from pathlib import Path

import aio_pika

from benchmarks.depth.installation import installation, until
from benchmarks.depth.orders import SWEEPS
from benchmarks.figures import Figure

LOST_AFTER = 5
"""Seconds after which a message might be taken for lost: so early that a second one would be seen."""
AGAIN = 20.0

_EXPIRED = (
    "SELECT count(*) FROM job_logs WHERE ended_at IS NULL AND lease_until IS NOT NULL "
    "AND lease_until < :now"
)


async def measure(url: str, folder: Path) -> list[Figure]:
    """Let all leases run out, start a relay, and count what reaches the queue."""
    async with installation(url, folder, JOB_LOST_AFTER_SECONDS=LOST_AFTER) as where:
        now = time.time()
        await where.take(*SWEEPS)
        await where.run_sql(
            "UPDATE job_logs SET poll_at = NULL, lease_until = :past "
            "WHERE status = 'polling' AND ended_at IS NULL",
            past=now - 10,
        )
        expired = await where.number(_EXPIRED, now=now)
        queue = where.variables["RABBITMQ_URL"]
        with where.program("relay") as relay:

            async def taken_up() -> bool:
                return await where.number(_EXPIRED, now=now) == 0

            async def sent_all() -> bool:
                return await where.number("SELECT count(*) FROM outbox") == 0

            seconds = await until(taken_up, relay)
            sent = await until(sent_all, relay)
            await asyncio.sleep(AGAIN)
            messages = await _depth(queue)
    title = f"{expired:,.0f} expired leases"
    return [
        Figure(title, "taken up, s", seconds, 120.0),
        Figure(title, "and their messages at the broker, s", seconds + sent),
        Figure(title, "messages sent beyond one each", messages - expired, 0),
        Figure(title, "jobs without a message", expired - messages, 0),
    ]


async def _depth(amqp_url: str) -> int:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("jobs.env.create", passive=True)
        return queue.declaration_result.message_count or 0
