"""What quorum queues cost: `python -m benchmarks.cluster`, on nodes of RabbitMQ of its own.

The way of an order, as `benchmarks.pipeline` measures it, on one node with classic queues, on one
with quorum queues and on three with quorum queues. All of it shares one machine, so three nodes
take from the others what they would not on machines of their own: read the processor times first.
"""

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import uvloop

from benchmarks.pipeline.programs import cpu_seconds
from benchmarks.pipeline.rounds import QUICK, Figures, Sizes, measure
from benchmarks.pipeline.stacks import place, slipway_external
from benchmarks.relays import broker_pids
from testing.rabbitmq_cluster import RabbitCluster

SHAPES = ((1, "classic"), (1, "quorum"), (3, "quorum"))
"""Nodes, and the type of their queues."""
SHOWN = {
    "orders_per_second": "orders/s",
    "jobs_per_second": "jobs/s",
    "queued_p50": "ms to the `queued` frame",
    "completed_p50": "ms to the `completed` frame",
    "job_cpu": "CPU ms per job, without RabbitMQ",
    "broker_seconds": "CPU s of RabbitMQ, the whole round",
}


async def one_round(nodes: int, kind: str, folder: Path, sizes: Sizes) -> Figures:
    """Start the broker and all that uses it, and measure once."""
    others = broker_pids()
    async with AsyncExitStack() as stack:
        where = await stack.enter_async_context(place(folder))
        broker = RabbitCluster(nodes)
        stack.push_async_callback(asyncio.to_thread, broker.remove)
        await asyncio.to_thread(broker.start)
        ours = [pid for pid in broker_pids() if pid not in others]
        running = await stack.enter_async_context(
            slipway_external(replace(where, folder=folder), broker.url, RABBITMQ_QUEUE_TYPE=kind)
        )
        before = cpu_seconds(ours)
        figures = await measure(running, sizes)
        return figures | {"broker_seconds": cpu_seconds(ours) - before}


async def run(rounds: int, sizes: Sizes) -> None:
    found: dict[tuple[int, str], list[Figures]] = {shape: [] for shape in SHAPES}
    for number in range(rounds):
        for nodes, kind in SHAPES:
            with tempfile.TemporaryDirectory(prefix="slipway-cluster-") as folder:
                figures = await one_round(nodes, kind, Path(folder), sizes)
            found[nodes, kind].append(figures)
            told = ", ".join(f"{name} {figures[key]:,.1f}" for key, name in SHOWN.items())
            print(f"round {number + 1}: {nodes} x {kind}: {told}", flush=True)
    print("|", *(f"| {nodes} x {kind} " for nodes, kind in SHAPES), "|", sep="")
    print("|---|" + "---|" * len(SHAPES))
    for key, name in SHOWN.items():
        cells = (statistics.median(each[key] for each in found[shape]) for shape in SHAPES)
        print(f"| {name} |", " | ".join(f"{cell:,.1f}" for cell in cells), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one short round: a look, no figure")
    chosen = parser.parse_args()
    rounds = 1 if chosen.quick else chosen.rounds
    # What it started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    uvloop.run(run(rounds, QUICK if chosen.quick else Sizes()))


if __name__ == "__main__":
    main()
