"""The load: orders of many teams over a fixed number of connections, each waiting for its answer."""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from benchmarks.pipeline.connection import Connection, LoadError

PATH = "/api/v1/environments"

_run = secrets.token_hex(3)
_numbers = itertools.count()


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Session:
    """A team and the token of one of its users."""

    team_id: int
    token: str


@dataclass
class Posted:
    """The answers: seconds that each took, the jobs, and the seconds from first to last."""

    latencies: list[float] = field(default_factory=list)
    job_ids: list[int] = field(default_factory=list)
    seconds: float = 0.0


def order(address: Address, session: Session) -> bytes:
    """Return a request for an environment whose name nobody has."""
    name = f"bench-{_run}-{next(_numbers)}"
    body = json.dumps({"shortdomain": name, "display_name": "Bench", "metadata": {"a": "b"}})
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\n"
        f"Authorization: Bearer {session.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def job_of(status: int, body: bytes) -> int:
    """Return the job that a 202 names. Raises LoadError for any other answer."""
    if status != 202:
        raise LoadError(f"POST answered {status}: {body[:300]!r}")
    return int(json.loads(body)["job_id"])


async def post(
    address: Address,
    sessions: Sequence[Session],
    *,
    concurrency: int,
    seconds: float | None = None,
    count: int | None = None,
) -> Posted:
    """Post from `concurrency` connections for so many seconds, or so many orders.

    Raises LoadError when an answer is no 202.
    """
    posted = Posted()
    left = itertools.count() if count is None else iter(range(count))
    async with AsyncExitStack() as stack:
        connections = [
            await Connection.open(address.host, address.port) for _ in range(concurrency)
        ]
        for connection in connections:
            stack.callback(connection.close)
        began = time.perf_counter()
        end = None if seconds is None else began + seconds

        async def go(connection: Connection, offset: int) -> None:
            turn = itertools.cycle([*sessions[offset:], *sessions[:offset]])
            for _ in left:
                sent = time.perf_counter()
                if end is not None and sent >= end:
                    return
                status, body, answered = await connection.request(order(address, next(turn)))
                posted.latencies.append(answered - sent)
                posted.job_ids.append(job_of(status, body))

        spread = len(sessions) // concurrency or 1
        try:
            async with asyncio.TaskGroup() as group:
                for number, connection in enumerate(connections):
                    group.create_task(go(connection, number * spread % len(sessions)))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        posted.seconds = time.perf_counter() - began
    return posted
