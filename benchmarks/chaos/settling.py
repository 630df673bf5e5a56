"""The time after the faults: everything comes to its end, and never stands still on the way."""

import asyncio
import math
import time
from collections.abc import Callable

from benchmarks.chaos.audience import Audience
from benchmarks.chaos.audit import Books, read_books
from benchmarks.chaos.listener import position
from benchmarks.chaos.orders import Orders
from benchmarks.chaos.rewinding import Rewinding
from benchmarks.chaos.stack import Stack, start

SETTLE_SECONDS = 90.0
"""For the last orders; and how long nothing of what is left may come to its end."""


async def settle(
    stack: Stack,
    orders: Orders,
    audience: Audience,
    rewinding: Rewinding,
    say: Callable[[str], None],
) -> tuple[Books, list[str]]:
    """Wait for the last orders, the ends of all jobs, and the listeners; tell what did not come."""
    stack.heal()
    for process in stack.processes:
        if not process.running:
            await start(process)
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            say("the last orders")
            await orders.settle()
    except TimeoutError:
        return await read_books(stack.engine), [f"{orders.waiting} orders were never accepted"]
    audience.hurry()
    deadline, least = time.monotonic() + SETTLE_SECONDS, (math.inf, math.inf)
    while True:
        books = await read_books(stack.engine)
        behind = _behind(audience, books) + await rewinding.behind()
        say(f"{books.unfinished} jobs, {books.outbox} messages, {len(behind)} listeners")
        if not (books.unfinished or books.outbox or behind):
            return books, []
        # A machine that is slow has a longer way to go; one that stands still does not get there.
        if (left := (books.unfinished, len(behind))) < least:
            deadline, least = time.monotonic() + SETTLE_SECONDS, left
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.25)
    late = [f"{len(behind)} listeners never caught up, the first is {behind[0]}"] if behind else []
    unfinished = [job.id for job in books.jobs.values() if job.ended_at is None]
    if unfinished:
        late.append(f"{len(unfinished)} jobs never ended: {unfinished[:5]}")
    return books, late


def _behind(audience: Audience, books: Books) -> list[str]:
    """Return the listeners that have not heard all."""
    teams = [
        listener.name
        for member, listener in audience.of_teams
        if listener.cursor is None or position(listener.cursor) < books.heads[member.team_id]
    ]
    jobs = [listener.name for _, listener in audience.of_jobs if not listener.account.ended]
    return teams + jobs
