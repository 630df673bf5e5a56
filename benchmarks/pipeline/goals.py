"""The goals of the pipeline: each a figure of this run, met, not met or not measured."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.pipeline.stacks import EMBEDDED, EXTERNAL, GUIDE, NOOP, STUB
from benchmarks.verdicts import Verdict

Rounds = Mapping[str, Sequence[Mapping[str, float]]]
"""The figures of each stack, one mapping per round, in the order of the rounds."""

POST_RATIO = 5.0
JOBS_RATIO = 4.0
QUEUED_MS = 10.0
API_SHARE = 0.9
NOOP_SHARE = 0.6
POSTGRES_MS = 0.2
OPEN_P99_MS = 25.0
EMBEDDED_ORDERS = 1000.0
EMBEDDED_JOBS = 200.0
EMBEDDED_ALONE_MS = 5.0


def values(rounds: Rounds, stack: str, key: str) -> list[float]:
    """Return a figure of all rounds."""
    return [figures[key] for figures in rounds.get(stack, ()) if key in figures]


def ratios(rounds: Rounds, key: str, stack: str = EXTERNAL, to: str = GUIDE) -> list[float]:
    """One stack ÷ another, round by round: what disturbed the machine then disturbed both."""
    pairs = zip(values(rounds, stack, key), values(rounds, to, key), strict=False)
    return [ours / theirs for ours, theirs in pairs if theirs]


def spread(numbers: Sequence[float], digits: int = 1) -> str:
    """Return median and, of several, the extremes."""
    if not numbers:
        return "-"
    middle = f"{statistics.median(numbers):,.{digits}f}"
    if len(numbers) < 2:
        return middle
    return f"{middle} ({min(numbers):,.{digits}f} to {max(numbers):,.{digits}f})"


def verdicts(rounds: Rounds) -> list[Verdict]:
    """Judge every goal by the median of its rounds."""
    orders, jobs = "orders_per_second", "jobs_per_second"
    # The processor time of the API process, as the load and the database share its cores.
    api = ratios(rounds, "order_api_cpu", STUB, EXTERNAL)
    queued = "202 to `queued` frame, {}, p50"

    def of(stack: str, key: str) -> list[float]:
        return values(rounds, stack, key)

    return [
        _at_least("POST rate, beside the guide's style", ratios(rounds, orders), POST_RATIO, "x"),
        _at_least("jobs/s, beside the guide's style", ratios(rounds, jobs), JOBS_RATIO, "x"),
        _at_least("the API's rate by its own time, beside no database", api, API_SHARE, "x"),
        _at_most("PostgreSQL's time of an order", of(EXTERNAL, "order_cpu_postgres"), POSTGRES_MS),
        _at_most("POST p99, open loop at 80 %", of(EXTERNAL, "open_p99"), OPEN_P99_MS),
        _at_least(
            "jobs/s, beside a Celery task that does nothing",
            ratios(rounds, jobs, EXTERNAL, NOOP),
            NOOP_SHARE,
            "x",
        ),
        _at_least("orders/s, embedded", of(EMBEDDED, orders), EMBEDDED_ORDERS, "/s"),
        _at_least("jobs/s, embedded", of(EMBEDDED, jobs), EMBEDDED_JOBS, "/s"),
        _at_most("POST p50, embedded, alone", of(EMBEDDED, "alone_p50"), EMBEDDED_ALONE_MS),
        _at_most(queued.format("PostgreSQL + RabbitMQ"), of(EXTERNAL, "queued_p50"), QUEUED_MS),
        _at_most(queued.format("embedded"), of(EMBEDDED, "queued_p50"), QUEUED_MS),
    ]


def _at_least(text: str, found: Sequence[float], limit: float, unit: str) -> Verdict:
    met = statistics.median(found) >= limit if found else None
    digits = 0 if limit > 100 else 2
    measured = f"{spread(found, digits)}{unit}" if found else "not measured"
    return Verdict(text, f"≥ {limit:g}{unit}", measured, met)


def _at_most(text: str, found: Sequence[float], limit: float) -> Verdict:
    met = statistics.median(found) <= limit if found else None
    measured = f"{spread(found, 2)} ms" if found else "not measured"
    return Verdict(text, f"≤ {limit:g} ms", measured, met)
