"""How fast a browser that was away for 900,000 events gets them, and what that costs the gateway."""

import asyncio
import http.client
import re
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.depth.fill import GIANT
from benchmarks.depth.installation import installation
from benchmarks.figures import Figure
from benchmarks.pipeline.orders import Address
from benchmarks.pipeline.programs import cpu_seconds
from benchmarks.waiting.measure import megabytes, peak_megabytes

BEHIND = 0.9
"""The part of the giant's log that was missed."""
_ID = re.compile(rb"^id: ?epoch1\.(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Read:
    """How many events came, whether each behind the one before, and the seconds from the request."""

    events: int
    in_order: bool
    seconds: float


def read(address: Address, token: str, after: int, last: int) -> Read:
    """Open a stream behind `after` and read until `last` has come."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": f"epoch1.{after}"}
    began = time.perf_counter()
    connection.request("GET", "/api/v1/events", headers=headers)
    answer = connection.getresponse()
    position, events, in_order, rest = after, 0, True, b""
    while position < last:
        part = answer.read1(65_536)
        if not part:
            break
        whole, newline, rest = (rest + part).rpartition(b"\n")
        for found in _ID.findall(whole + newline):
            if (number := int(found)) == position and events == 0:
                continue  # the stream's first frame tells where it begins
            in_order = in_order and number == position + 1
            position, events = number, events + 1
    connection.close()
    return Read(events, in_order, time.perf_counter() - began)


async def measure(url: str, folder: Path) -> list[Figure]:
    """Resume once, and look at the gateway's memory before, during and after."""
    async with installation(url, folder) as where, where.serving("gateway") as (gateway, address):
        (session,) = await where.sessions([GIANT])
        last = int(await where.number("SELECT last_position FROM teams WHERE id = :t", t=GIANT))
        after = round(last * (1 - BEHIND))
        # A stream before, so that what every first stream needs is there.
        await asyncio.to_thread(read, address, session.token, last - 1_000, last)
        pids = gateway.pids()
        memory, spent = megabytes(pids), cpu_seconds(pids)
        found = await asyncio.to_thread(read, address, session.token, after, last)
        spent = cpu_seconds(pids) - spent
        peak = peak_megabytes(pids)
    missed = last - after
    title = f"resume of {missed:,} events"
    return [
        Figure(title, "seconds", found.seconds, 60.0 * missed / 900_000),
        Figure(title, "events per second", missed / found.seconds, least=20_000),
        Figure(title, "events missing", missed - found.events, 0),
        Figure(title, "out of order", float(not found.in_order), 0),
        Figure(title, "gateway, processor seconds", spent),
        Figure(title, "gateway, memory before, MB", memory),
        Figure(title, "gateway, memory grown by, at most, MB", peak - memory, 30.0),
    ]
