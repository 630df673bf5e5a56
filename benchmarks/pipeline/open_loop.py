"""Orders at a fixed rate, whatever the server does: who comes late waits from when it was due.

A closed loop sends nothing while it waits, and so leaves out just the orders that would have waited
longest (coordinated omission). Here each order has its moment beforehand, and its latency counts
from then on.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks.pipeline.connection import Connection, LoadError
from benchmarks.pipeline.orders import Address, Posted, Session, job_of, order

CONNECTIONS = 256


async def post_at(
    address: Address, sessions: Sequence[Session], *, rate: float, seconds: float
) -> Posted:
    """Post `rate` orders a second; for each one that has no free connection the next free one.

    Raises LoadError when an answer is no 202.
    """
    posted = Posted()
    async with AsyncExitStack() as stack:
        free: deque[Connection] = deque()
        for _ in range(CONNECTIONS):
            connection = await Connection.open(address.host, address.port)
            stack.callback(connection.close)
            free.append(connection)
        came_free = asyncio.Event()
        turn = itertools.cycle(sessions)
        began = time.perf_counter()

        async def send(connection: Connection, due: float) -> None:
            status, body, answered = await connection.request(order(address, next(turn)))
            posted.latencies.append(answered - due)
            posted.job_ids.append(job_of(status, body))
            free.append(connection)
            came_free.set()

        try:
            async with asyncio.TaskGroup() as group:
                for number in range(int(rate * seconds)):
                    due = began + number / rate
                    if (early := due - time.perf_counter()) > 0:
                        await asyncio.sleep(early)
                    while not free:
                        came_free.clear()
                        await came_free.wait()
                    group.create_task(send(free.popleft(), due))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        posted.seconds = time.perf_counter() - began
    if not posted.latencies:
        raise LoadError("the rate is too low to measure anything")
    return posted
