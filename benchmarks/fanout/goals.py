"""The goals of the gateway: each a figure of one run beside others, met, not met or not measured."""

import operator
import statistics
from collections.abc import Callable, Mapping, Sequence

from benchmarks.fanout.cases import Sample
from benchmarks.verdicts import Verdict

Samples = Mapping[tuple[str, str], Sequence[Sample]]
"""Case and server to the samples of all runs, in the order of the runs."""
GATEWAY = "gateway"
BEHIND_BROKER = "gateway-rabbitmq"


def values(samples: Samples, case: str, server: str, key: str) -> list[float]:
    """Return a figure of all runs; empty when there is none."""
    found = samples.get((case, server), ())
    return [sample.values[key] for sample in found if key in sample.values]


def ratios(samples: Samples, case: str, server: str, key: str = "per_core") -> list[float]:
    """Return gateway ÷ server, run by run: what disturbed the machine then disturbed both."""
    ours, theirs = values(samples, case, GATEWAY, key), values(samples, case, server, key)
    return [our / their for our, their in zip(ours, theirs, strict=False) if their]


def spread(numbers: Sequence[float], digits: int = 2) -> str:
    """Return median and, of several, the extremes."""
    middle = f"{statistics.median(numbers):,.{digits}f}"
    if len(numbers) < 2:
        return middle
    return f"{middle} ({min(numbers):,.{digits}f} to {max(numbers):,.{digits}f})"


def judge(
    text: str,
    numbers: Sequence[float],
    limit: float,
    *,
    unit: str = "x",
    digits: int = 2,
    good: Callable[[float, float], bool] = operator.ge,
) -> Verdict:
    """Compare the median with a limit."""
    sign = "≥" if good is operator.ge else "≤"
    wanted = f"{sign} {limit:,g}{unit}"
    if not numbers:
        return Verdict(text, wanted, "not measured", None)
    met = good(statistics.median(numbers), limit)
    return Verdict(text, wanted, f"{spread(numbers, digits)}{unit}", met)


def verdicts(samples: Samples) -> list[Verdict]:
    """Judge every goal."""
    nchan_p99 = values(samples, "steady", "nchan", "p99_ms")
    gateway_p99 = values(samples, "steady", GATEWAY, "p99_ms") if nchan_p99 else []
    return [
        judge(
            "50 events/s to 1,000 clients, per core, beside nchan",
            ratios(samples, "steady", "nchan"),
            1.3,
        ),
        judge(
            "p99 there, nchan's being the limit",
            gateway_p99,
            statistics.median(nchan_p99) if nchan_p99 else 0,
            unit=" ms",
            good=operator.le,
        ),
        judge("500 teams of 10, per core, beside nchan", ratios(samples, "teams", "nchan"), 1.3),
        judge(
            "saturated, per core, beside nchan", ratios(samples, "saturated", "nchan"), 20, digits=1
        ),
        judge(
            "50 events/s to 1,000 clients, per core, beside the bare-socket limit",
            ratios(samples, "steady", "bare-socket"),
            0.7,
        ),
        judge(
            "saturated, per core, beside a queue per client",
            ratios(samples, "saturated", "queue-per-client"),
            100,
            digits=0,
        ),
        judge(
            "memory of an idle connection",
            values(samples, "idle", GATEWAY, "kb_per_connection"),
            12,
            unit=" KB",
            digits=1,
            good=operator.le,
        ),
        judge(
            "connects, per core",
            values(samples, "idle", GATEWAY, "connects_per_core"),
            10_000,
            unit="/s",
            digits=0,
        ),
        judge(
            "connects and disconnects, per core",
            values(samples, "cycles", GATEWAY, "cycles_per_core"),
            6_000,
            unit="/s",
            digits=0,
        ),
        judge(
            "10,000 clients back after a restart, until all are complete",
            values(samples, "storm", BEHIND_BROKER, "complete_seconds"),
            3,
            unit=" s",
            good=operator.le,
        ),
        judge(
            "5 of 500 teams listened to while 20,000 events/s pass the broker",
            values(samples, "share", BEHIND_BROKER, "server_percent"),
            5,
            unit=" % of a core",
            good=operator.le,
        ),
        judge(
            "a gateway of a quarter of the teams costs less than one of all",
            quarters(samples),
            3.5,
        ),
        judge(
            "500 teams of 10 behind RabbitMQ, beside without",
            behind_broker(samples),
            1.3,
            good=operator.le,
        ),
        judge(
            "ingest from RabbitMQ",
            values(samples, "ingest", BEHIND_BROKER, "messages_per_second"),
            4_000,
            unit=" messages/s",
            digits=0,
        ),
        losses(samples),
    ]


def quarters(samples: Samples) -> list[float]:
    """Return how many times the processor time of a quarter of the teams all of them cost, by run."""
    whole, quarter = (
        values(samples, case, BEHIND_BROKER, "server_percent") for case in ("whole", "quarter")
    )
    return [all_ / part for all_, part in zip(whole, quarter, strict=False) if part]


def behind_broker(samples: Samples) -> list[float]:
    """Return what a delivery to small teams costs behind the broker beside without, by run."""
    behind = values(samples, "teams", BEHIND_BROKER, "cpu_us")
    without = values(samples, "teams", GATEWAY, "cpu_us")
    return [ours / plain for ours, plain in zip(behind, without, strict=False) if plain]


def losses(samples: Samples) -> Verdict:
    """Judge that the gateway lost, repeated and misnumbered nothing in any run."""
    found = [
        (case, sample)
        for (case, server), runs in samples.items()
        if server in {GATEWAY, BEHIND_BROKER}
        for sample in runs
    ]
    if not found:
        return Verdict("events lost, repeated or misnumbered", "none", "not measured", None)
    faults = [f"{case}: {fault}" for case, sample in found for fault in sample.faults]
    return Verdict(
        "events lost, repeated or misnumbered", "none", "; ".join(faults) or "none", not faults
    )
