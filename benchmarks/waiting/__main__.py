"""Measure what waiting costs: `python -m benchmarks.waiting` (`make bench-waiting`). Exits with 1 when a goal is missed."""

import argparse
import asyncio
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import new_key
from backbone.database.engine import create_engine
from benchmarks.figures import Figure, print_report
from benchmarks.pipeline.database import fill_slipway
from benchmarks.pipeline.programs import Program, running
from benchmarks.pipeline.simulator import LOGIN, PASSWORD
from benchmarks.pipeline.stacks import HOST, free_port
from benchmarks.waiting import rows
from benchmarks.waiting.measure import Meter, calls, let_run, peak_megabytes
from benchmarks.waiting.simulator import TAKES
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost

USUAL_SECONDS = 180.0
"""What an environment takes: of N in creation N / 180 run each second."""
WARM_UP, QUIET, BUSY = 15.0, 20.0, 60.0
"""Seconds: until the worker polls evenly; while nothing completes; while the first complete."""
ORDERS = 60
ORDERS_FROM = 1_000_000
LONGEST = 240.0


@dataclass(frozen=True)
class TestBed:
    """A provider, a database and the environment of the programs."""

    folder: Path
    provider_url: str
    engine: AsyncEngine
    variables: dict[str, str]

    def program(self, name: str, *arguments: str) -> AbstractContextManager[Program]:
        """Run a program while the block runs."""
        return running(self.folder, self.variables, name, *arguments)


@asynccontextmanager
async def place(folder: Path, count: int) -> AsyncGenerator[TestBed, None]:
    """Start the provider with `count` environments in creation."""
    port, key = free_port(), secrets.token_hex(20)
    arguments = [str(port), key, str(count)]
    provider = Program.start(
        "provider",
        ["benchmarks.waiting.simulator", *arguments],
        folder / f"provider-{count}.log",
        os.environ,
    )
    with postgres_database() as database_url, rabbitmq_vhost() as amqp_url:
        engine = create_engine(database_url, pool_size=5)
        try:
            await fill_slipway(database_url)
            url = f"http://{HOST}:{port}"
            provider.wait_for_answer(f"{url}/calls")
            variables = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ} | {
                "HOME": str(folder),
                "SLIPWAY_HOME": str(folder / f"home-{count}"),
                "PYTHONUNBUFFERED": "1",
                "DATABASE_URL": database_url,
                "RABBITMQ_URL": amqp_url,
                "VIRTUOZZO_BASE_URL": url,
                "VIRTUOZZO_LOGIN": LOGIN,
                "VIRTUOZZO_PASSWORD": PASSWORD,
                "SLIPWAY_SECRET_KEYS": new_key(),
                "WORKER_JOBS_PER_ACCOUNT": str(ORDERS),
                "LOG_LEVEL": "warning",
            }
            yield TestBed(folder, url, engine, variables)
        finally:
            await engine.dispose()
            provider.stop()


async def until_called(provider_url: str, before: int) -> float:
    """Wait for the provider's next call; the seconds that it took."""
    began = time.monotonic()
    while await asyncio.to_thread(calls, provider_url) <= before:
        if time.monotonic() - began > LONGEST:
            raise TimeoutError("the worker never called the provider")
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def wait(folder: Path, count: int) -> list[Figure]:
    """So many environments in creation at once, one worker, which is restarted in between."""
    step = USUAL_SECONDS / count
    async with place(folder, count) as where:
        await rows.suspend(where.engine, count)
        with where.program("relay", "relay"):
            with where.program("worker", "worker") as first:
                await until_called(where.provider_url, 0)
                first.process.terminate()
                await asyncio.to_thread(first.process.wait)
            before = calls(where.provider_url)
            with where.program("worker", "worker") as worker:
                restarted = await until_called(where.provider_url, before)
                await asyncio.sleep(WARM_UP)
                meter = Meter(worker, where.provider_url)
                await asyncio.sleep(QUIET)
                quiet = meter.read()
                begin = time.time()
                await asyncio.to_thread(let_run, where.provider_url, begin, step)
                meter = Meter(worker, where.provider_url)
                await asyncio.sleep(BUSY)
                busy = meter.read()
                # What runs by now has so long to be seen.
                ready = int(count * BUSY / USUAL_SECONDS)
                await seen_all(where.engine, ready)
                memory = peak_megabytes(worker.pids())
            ended = await rows.ends(where.engine, 1, ready)
            found = await rows.by_status(where.engine, range(1, count + 1))
    seen = sorted(ended[n] - (begin + n * step) for n in ended)
    lost = count - found.get("completed", 0) - found.get("polling", 0) + ready - len(ended)
    title = f"{count:,} waiting"
    return [
        Figure(title, "restart until the next poll, s", restarted, 5.0),
        Figure(title, "lost", lost, 0),
        Figure(title, "worker, share of a core, nothing completes", quiet.core, 0.25),
        Figure(
            title, f"worker, share of a core, {count / USUAL_SECONDS:.0f} complete/s", busy.core
        ),
        Figure(title, "provider calls per second", max(quiet.calls, busy.calls), 1.0),
        Figure(title, "worker, peak memory, MB", memory, 400.0),
        Figure(title, "seen after, median, s", seen[len(seen) // 2]),
        Figure(
            title, "seen after, p99, s", seen[int(len(seen) * 0.99)], 5.0 if count > 1000 else 2.0
        ),
    ]


async def seen_all(engine: AsyncEngine, last: int) -> None:
    """Wait until the jobs 1 to `last` completed, or not much longer."""
    end = time.monotonic() + 30
    while time.monotonic() < end and len(await rows.ends(engine, 1, last)) < last:
        await asyncio.sleep(0.5)


async def at_once(folder: Path, prefix: str, title: str) -> list[Figure]:
    """Sixty orders at once, each of which takes the provider twenty seconds."""
    async with place(folder, 0) as where:
        with where.program("relay", "relay") as relay, where.program("worker", "worker") as worker:
            # One order first, so that both are ready.
            await rows.order(where.engine, ORDERS_FROM - 1, 1, "first")
            await until_called(where.provider_url, 0)
            began = time.time()
            await rows.order(where.engine, ORDERS_FROM, ORDERS, prefix)
            last, deadline = ORDERS_FROM + ORDERS - 1, began + LONGEST
            while len(ended := await rows.ends(where.engine, ORDERS_FROM, last)) < ORDERS:
                relay.check()
                worker.check()
                if time.time() > deadline:
                    break
                await asyncio.sleep(0.2)
    taken = max(ended.values()) - began if len(ended) == ORDERS else LONGEST
    return [Figure(title, "all completed after, s", taken, TAKES + 5)]


async def measure(counts: list[int]) -> list[Figure]:
    """Run all of it."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="slipway-waiting-") as name:
        folder = Path(name)
        orders = f"{ORDERS} orders of {TAKES:.0f} s"
        cases = [
            at_once(folder, "waits", f"{orders}, in creation"),
            at_once(folder, "blocks", f"{orders}, in the call itself"),
            *(wait(folder, count) for count in counts),
        ]
        for case in cases:
            found = await case
            for figure in found:
                print(figure.row, file=sys.stderr, flush=True)
            figures += found
    return figures


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waiting", description=__doc__)
    parser.add_argument(
        "--counts",
        default="1000,10000",
        help="how many environments are in creation at once (default: %(default)s)",
    )
    chosen = parser.parse_args()
    try:
        counts = [int(count) for count in chosen.counts.split(",") if count]
    except ValueError:
        parser.error("--counts takes numbers, separated by commas")
    # The programs that it started end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    figures = asyncio.run(measure(counts))
    print_report(figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
