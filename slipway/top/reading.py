"""What processes tell on their admin ports: sums over processes, and rates between looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import httpx
from prometheus_client.parser import text_string_to_metric_families

SECONDS = 3.0
"""How long a process may take to answer."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at all processes; `at` is on the monotonic clock.

    `values` has what each metric told, by its labels: summed over the processes that told it, but
    for `largest`, of what several processes tell of the same thing.
    """

    at: float
    values: Mapping[tuple[str, Labels], float] = field(default_factory=dict)
    largest: Mapping[tuple[str, Labels], float] = field(default_factory=dict)
    answered: int = 0
    silent: tuple[str, ...] = ()

    def total(self, name: str, **labels: str) -> float:
        """Return the sum of a metric over processes and over the labels that are not named."""
        return sum(value for key, value in self.values.items() if _matches(key, name, labels))

    def highest(self, name: str, **labels: str) -> float | None:
        """Return the highest value that a process told; None when none told any."""
        found = [value for key, value in self.largest.items() if _matches(key, name, labels)]
        return max(found, default=None)

    def labels_of(self, name: str, label: str) -> list[str]:
        """Return the values of a label that a metric was told with."""
        return sorted(
            {dict(labels)[label] for told, labels in self.values if told == name and labels}
        )


def _matches(key: tuple[str, Labels], name: str, labels: Mapping[str, str]) -> bool:
    told, of = key
    return told == name and labels.items() <= dict(of).items()


def rate(before: Reading | None, now: Reading, name: str, **labels: str) -> float | None:
    """Return by how much a counter grew each second; None without a look before.

    A process that started anew counts from nothing, which is no negative rate.
    """
    if before is None or now.at <= before.at:
        return None
    grown = now.total(name, **labels) - before.total(name, **labels)
    return max(0.0, grown) / (now.at - before.at)


def joined(texts: Collection[str], *, at: float, silent: Collection[str] = ()) -> Reading:
    """Join what processes told in the Prometheus text format."""
    values: dict[tuple[str, Labels], float] = {}
    largest: dict[tuple[str, Labels], float] = {}
    for text in texts:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                key = sample.name, tuple(sorted(sample.labels.items()))
                values[key] = values.get(key, 0.0) + sample.value
                largest[key] = max(largest.get(key, sample.value), sample.value)
    return Reading(at, values, largest, len(texts), tuple(silent))


async def look(client: httpx.AsyncClient, urls: Collection[str]) -> Reading:
    """Ask all processes at once; who does not answer is named."""

    async def ask(url: str) -> str | None:
        try:
            answer = await client.get(f"{url}/metrics", timeout=SECONDS)
            answer.raise_for_status()
        except httpx.HTTPError:
            return None
        return answer.text

    told = await asyncio.gather(*(ask(url) for url in urls))
    silent = [url for url, text in zip(urls, told, strict=True) if text is None]
    return joined([text for text in told if text is not None], at=time.monotonic(), silent=silent)
