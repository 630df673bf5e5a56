"""The time after the faults: everything comes to its end, and never stands still on the way."""

import asyncio
import math
import time
from collections.abc import Callable

from benchmarks.chaos.audit import Records, read_records
from benchmarks.chaos.listener import position
from benchmarks.chaos.listener_group import ListenerGroup
from benchmarks.chaos.orders import Orders
from benchmarks.chaos.rewinding import Rewinding
from benchmarks.chaos.stack import Stack, start

SETTLE_SECONDS = 90.0
"""For the last orders; and how long nothing of what is left may come to its end."""


async def wait_until_quiet(
    stack: Stack,
    orders: Orders,
    listeners: ListenerGroup,
    rewinding: Rewinding,
    say: Callable[[str], None],
) -> tuple[Records, list[str]]:
    """Wait for the last orders, the ends of all jobs, and the listeners; tell what did not come."""
    stack.heal()
    for process in stack.processes:
        if not process.running:
            await start(process)
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            say("the last orders")
            await orders.wait_until_accepted()
    except TimeoutError:
        return await read_records(stack.engine), [f"{orders.waiting} orders were never accepted"]
    listeners.read_fast()
    deadline, least = time.monotonic() + SETTLE_SECONDS, (math.inf, math.inf)
    while True:
        records = await read_records(stack.engine)
        behind = _behind(listeners, records) + await rewinding.behind()
        say(f"{records.unfinished} jobs, {records.outbox} messages, {len(behind)} listeners")
        if not (records.unfinished or records.outbox or behind):
            return records, []
        # A machine that is slow has a longer way to go; one that stands still does not get there.
        if (left := (records.unfinished, len(behind))) < least:
            deadline, least = time.monotonic() + SETTLE_SECONDS, left
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.25)
    late = [f"{len(behind)} listeners never caught up, the first is {behind[0]}"] if behind else []
    unfinished = [job.id for job in records.jobs.values() if job.ended_at is None]
    if unfinished:
        late.append(f"{len(unfinished)} jobs never ended: {unfinished[:5]}")
    return records, late


def _behind(listeners: ListenerGroup, records: Records) -> list[str]:
    """Return the listeners that have not heard all."""
    teams = [
        listener.name
        for member, listener in listeners.of_teams
        if listener.cursor is None or position(listener.cursor) < records.heads[member.team_id]
    ]
    jobs = [listener.name for _, listener in listeners.of_jobs if not listener.account.ended]
    return teams + jobs
