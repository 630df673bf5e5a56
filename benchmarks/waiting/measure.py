"""What a worker costs while jobs wait: processor, memory, calls of the provider."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from benchmarks.pipeline.programs import Program, cpu_seconds


def calls(provider_url: str) -> int:
    """Return how many calls the provider has answered, whatever for."""
    with urlopen(f"{provider_url}/calls", timeout=10) as answer:
        return sum(json.load(answer).values())


def let_run(provider_url: str, at: float, step: float) -> None:
    """Have the environments run, one each `step` seconds from `at` (epoch seconds) on."""
    query = urlencode({"at": at, "step": step})
    with urlopen(Request(f"{provider_url}/begin?{query}", method="POST"), timeout=10):
        pass


def megabytes(pids: list[int]) -> float:
    """Return the memory that processes have, in megabytes."""
    return _memory(pids, "VmRSS:")


def peak_megabytes(pids: list[int]) -> float:
    """Return the most memory that processes had at a time, in megabytes."""
    return _memory(pids, "VmHWM:")


def _memory(pids: list[int], name: str) -> float:
    kilobytes = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


@dataclass(frozen=True)
class Cost:
    """Of a stretch of time: the share of a core, and the calls per second."""

    core: float
    calls: float


class Meter:
    """Measures from its birth on."""

    def __init__(self, worker: Program, provider_url: str) -> None:
        self._worker, self._url = worker, provider_url
        self._since, self._cpu, self._calls = time.monotonic(), *self._now()

    def read(self) -> Cost:
        """Return what it cost since then."""
        seconds = time.monotonic() - self._since
        cpu, calls_now = self._now()
        return Cost((cpu - self._cpu) / seconds, (calls_now - self._calls) / seconds)

    def _now(self) -> tuple[float, int]:
        return cpu_seconds(self._worker.pids()), calls(self._url)
