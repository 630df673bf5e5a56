"""Asks `/health/live` all the time and looks at the server's memory: what others feel."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psutil

PERIOD = 0.05


@dataclass
class Impact:
    """Latencies in seconds, memory in MiB."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    memory_before: float = 0.0
    memory_peak: float = 0.0

    def told(self) -> str:
        if not self.latencies:
            return f"no answer at all ({self.failures} failures)"
        p50 = statistics.median(self.latencies) * 1000
        worst = max(self.latencies) * 1000
        grown = self.memory_peak - self.memory_before
        return (
            f"/health/live p50 {p50:.0f} ms, max {worst:.0f} ms, {self.failures} failures; "
            f"memory +{grown:.0f} MiB"
        )


@asynccontextmanager
async def impact(base_url: str, pid: int | None) -> AsyncIterator[Impact]:
    """Measure while the block runs."""
    found = Impact()
    process = psutil.Process(pid) if pid else None
    if process:
        found.memory_before = found.memory_peak = process.memory_info().rss / 2**20

    async def ask() -> None:
        async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
            while True:
                started = time.perf_counter()
                try:
                    (await client.get("/api/v1/health/live")).raise_for_status()
                    found.latencies.append(time.perf_counter() - started)
                except httpx.HTTPError:
                    found.failures += 1
                await asyncio.sleep(PERIOD)

    async def look() -> None:
        while process:
            found.memory_peak = max(found.memory_peak, process.memory_info().rss / 2**20)
            await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(ask()), asyncio.create_task(look())]
    await asyncio.sleep(PERIOD * 4)
    try:
        yield found
    finally:
        await asyncio.sleep(PERIOD * 4)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
