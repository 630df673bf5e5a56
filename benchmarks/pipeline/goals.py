"""The goals of the pipeline: each a figure of this run, met, not met or not measured."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.pipeline.stacks import EMBEDDED, EXTERNAL, GUIDE

Rounds = Mapping[str, Sequence[Mapping[str, float]]]
"""The figures of each stack, one mapping per round, in the order of the rounds."""

POST_RATIO = 5.0
JOBS_RATIO = 4.0
QUEUED_MS = 10.0


@dataclass(frozen=True)
class Verdict:
    """A goal and what was measured; `met` is None when it was not measured."""

    text: str
    wanted: str
    measured: str
    met: bool | None


def values(rounds: Rounds, stack: str, key: str) -> list[float]:
    """Return a figure of all rounds."""
    return [figures[key] for figures in rounds.get(stack, ()) if key in figures]


def ratios(rounds: Rounds, key: str, stack: str = EXTERNAL) -> list[float]:
    """Stack ÷ guide's style, round by round: what disturbed the machine then disturbed both."""
    pairs = zip(values(rounds, stack, key), values(rounds, GUIDE, key), strict=False)
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
    return [
        _at_least("POST rate, beside the guide's style", rounds, "orders_per_second", POST_RATIO),
        _at_least("jobs/s, beside the guide's style", rounds, "jobs_per_second", JOBS_RATIO),
        _at_most("202 to `queued` frame, PostgreSQL + RabbitMQ", rounds, EXTERNAL),
        _at_most("202 to `queued` frame, embedded", rounds, EMBEDDED),
    ]


def _at_least(text: str, rounds: Rounds, key: str, limit: float) -> Verdict:
    found = ratios(rounds, key)
    met = statistics.median(found) >= limit if found else None
    return Verdict(text, f"≥ {limit:g}x", f"{spread(found)}x" if found else "not measured", met)


def _at_most(text: str, rounds: Rounds, stack: str) -> Verdict:
    found = values(rounds, stack, "queued_p50")
    met = statistics.median(found) <= QUEUED_MS if found else None
    measured = f"{spread(found)} ms" if found else "not measured"
    return Verdict(f"{text}, p50", f"≤ {QUEUED_MS:g} ms", measured, met)
