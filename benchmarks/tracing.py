"""What traces cost on the hot paths: without a collector, unsampled, at 1 % and at 100 %.

`python -m benchmarks.tracing` needs PostgreSQL and prints, per order, per message of the relay and
per event of the gateway, the processor time of the process, its sender of spans included. It is
processor time and not time, so that what else the machine does counts for little.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from backbone.relay.confirms import Address, Outcome
from backbone.relay.frames import Frames
from backbone.relay.queue import QueuedMessage
from backbone.relay.spans import end_spans, start_spans
from backbone.telemetry import configure_logging
from backbone.tracing.start import start_tracing
from gateway.outgoing.entry import JOB_STATUS, Entry
from generated.messaging.gateway import read_receive_job_status
from testing.otlp import otlp_collector
from testing.postgres import postgres_database
from tests.gateway.incoming.test_consumer import Raw, Setting, job_status
from tests.service.world import build_world

MODES = {"without a collector": None, "0 %": "0", "1 %": "0.01", "100 %": "1"}
ORDERS, MESSAGES, EVENTS, STREAMS = 300, 20_000, 10_000, 10


class NullSink:
    """A connection that takes everything."""

    socket = None

    def attach(self, listener: Any) -> None:
        """Need nobody."""

    def write(self, chunk: bytes) -> None:
        """Take it."""


def parents(ratio: float | None, count: int) -> list[str | None]:
    """Traces as the service begins them, so many of them recorded; the same in each run."""
    if ratio is None:
        return [None] * count
    dice = random.Random(7)
    return [
        f"00-{dice.getrandbits(128):032x}-{dice.getrandbits(64):016x}-0{int(dice.random() < ratio)}"
        for _ in range(count)
    ]


async def per_order(url: str) -> float:
    engine = create_engine(url)
    world = build_world(engine)
    team = await world.team(random.getrandbits(40))
    token = await world.member(team)
    authorization = (b"authorization", f"Bearer {token}".encode())

    async def order(name: str) -> None:
        body = json.dumps({"shortdomain": name}).encode()
        received = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return received.pop() if received else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                assert message["status"] == 202, message

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/api/v1/environments",
            "raw_path": b"/api/v1/environments",
            "query_string": b"",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "headers": [authorization, (b"content-type", b"application/json"), (b"host", b"x")],
        }
        await world.app(scope, receive, send)

    for number in range(50):
        await order(f"warm-{number}")
    began = time.process_time()
    for number in range(ORDERS):
        await order(f"shop-{number}")
    spent = time.process_time() - began
    await engine.dispose()
    return spent / ORDERS * 1e6


def per_message(ratio: float | None) -> float:
    address = Address("events.topic", "team.7.job.1.status", "e.1")
    properties = {"content_type": "application/json", "delivery_mode": 2}
    queued = [
        QueuedMessage(
            number, 7, "events.topic", "k", b"{}" * 100, {"x-event-id": f"e.{number}"}, None,
            properties, 0.0, trace,
        )
        for number, trace in enumerate(parents(ratio, MESSAGES))
    ]  # fmt: skip
    frames = Frames(1, 131_072)
    began = time.process_time()
    for start in range(0, MESSAGES, 100):
        batch = queued[start : start + 100]
        spans = start_spans(batch, [address] * len(batch))
        for message in batch:
            frames.encode(message, *address)
        end_spans(spans, [Outcome.CONFIRMED] * len(batch))
    return (time.process_time() - began) / MESSAGES * 1e6


async def per_event(ratio: float | None) -> float:
    setting = Setting()
    for _ in range(STREAMS):
        sink = await setting.world.listen()
        sink.write = NullSink().write  # type: ignore[method-assign]
    team = setting.world.hub.teams[7]
    for channel in team.channels.values():
        channel._broadcast = None
    text = json.dumps(job_status()).encode()
    raws = []
    for number, trace in enumerate(parents(ratio, EVENTS), team.position + 1):
        event_id = f"{team.epoch}.{number}"
        headers = {
            "x-event-id": event_id,
            "x-event-signature": setting.relay.sign(event_id, text),
            "x-recorded-at-ms": 1_766_000_000_000,
        }
        if trace is not None:
            headers["traceparent"] = trace
        raws.append(Raw("team.7.job.1.status", text, headers))
    began = time.process_time()
    for raw in raws:
        await setting.consumer.receive_job_status(*read_receive_job_status(raw))
        await asyncio.sleep(0)
    spent = time.process_time() - began
    assert setting.world.metrics.deliveries_total == EVENTS * STREAMS
    return spent / EVENTS * 1e6


def measure(url: str, ratio: float | None) -> None:
    """Be the process that is measured."""
    # As in production: every order leaves a line.
    with Path(os.devnull).open("w") as nowhere:
        configure_logging("benchmark", style="json", stream=nowhere)
        _measure(url, ratio)


def _measure(url: str, ratio: float | None) -> None:
    start_tracing("benchmark")
    assert Entry(JOB_STATUS, b"", None).span is None
    figures = {
        "order": asyncio.run(per_order(url)),
        "message": per_message(ratio),
        "event": asyncio.run(per_event(ratio)),
    }
    print(json.dumps(figures))


def run(url: str, endpoint: str, ratio: str | None) -> dict[str, float]:
    environment = dict(os.environ)
    if ratio is not None:
        environment |= {
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": ratio,
        }
    command = [sys.executable, "-m", "benchmarks.tracing", "--measure", url]
    ran = subprocess.run(
        [*command, *(["--ratio", ratio] if ratio is not None else [])],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return figures


def compare(runs: int) -> None:
    """Measure all modes in turns and print the medians."""
    found: dict[str, list[dict[str, float]]] = {mode: [] for mode in MODES}
    with postgres_database() as url, otlp_collector() as collector:
        asyncio.run(upgrade(url))
        for _ in range(runs):
            for mode, ratio in MODES.items():
                found[mode].append(run(url, collector.endpoint, ratio))
    print(f"µs of processor time, median of {runs}; load {os.getloadavg()[0]:.0f}")
    for mode, figures in found.items():
        each: Callable[[str], str] = lambda name, told=figures: (  # noqa: E731
            f"{statistics.median(figure[name] for figure in told):8.1f}"
        )
        print(f"{mode:22} order {each('order')}  message {each('message')}  event {each('event')}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--ratio", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.ratio)
    else:
        compare(given.runs)


if __name__ == "__main__":
    main()
