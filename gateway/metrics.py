"""What a gateway counts, as plain numbers: counting must not cost more than delivering."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final
from urllib.request import urlopen

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from backbone.http.admin_port import admin_url
from backbone.settings import load_settings

_PREFIX = "slipway_gateway_"
_SECONDS = 5.0

_HELP = {
    "subscribers_active": "Open streams.",
    "teams_active": "Teams with open streams.",
    "subscribers_behind": "Open streams that are being brought up to date.",
    "broker_connected": "Whether events are pushed (1) or read from the log by polling (0).",
    "team_bindings": "Teams whose events alone the broker sends here; 0 when it sends all.",
    "messages_consumed_total": "Events taken from the broker.",
    "messages_refused_total": "Events that failed their contract and were put aside.",
    "messages_unsigned_total": "Events of which no known key vouches that they are the log's.",
    "messages_unlistened_total": "Events of teams that nobody listens to here.",
    "events_total": "Events given to at least one team's channels.",
    "deliveries_total": "Events written to streams.",
    "writes_total": "Joined writes to streams.",
    "duplicates_total": "Events dropped because they were delivered before.",
    "refetched_total": "Events that were missing and read from the log.",
    "dropped_total": "Entries dropped from memory because a reader was behind; the log has them.",
    "lagged_total": "Readers that were told they lagged.",
    "resets_total": "Readers that were told their history is gone.",
    "stalled_total": "Streams cut because they took nothing for the send time-out.",
    "overloaded_total": "Streams refused because a limit was reached.",
    "withdrawn_total": "Streams ended because access was withdrawn.",
    "write_errors_total": "Writes that a connection refused.",
    "log_reads_total": "Readings of the event log.",
    "log_failures_total": "Readings of the event log that failed.",
    "connection_attempts_total": "Attempts to connect to the broker.",
    "connection_failures_total": "Attempts to connect to the broker that failed, and losses.",
}

_LATENCIES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0)


class Latency:
    """How long something took, in seconds, counted in buckets."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(_LATENCIES) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Add one; clocks that differ make no negative times."""
        seconds = max(0.0, seconds)
        self.counts[bisect_left(_LATENCIES, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Return the counts up to each bound, as Prometheus wants them."""
        bounds, up_to, told = (*map(str, _LATENCIES), "+Inf"), 0, []
        for bound, count in zip(bounds, self.counts, strict=True):
            up_to += count
            told.append((bound, float(up_to)))
        return told


class Metrics:
    """The numbers behind `/metrics`; names end in `_total` when they only grow.

    `resumes` counts openings by the `sync` frame's status, `refills` by what brought a stream up to
    date, `put_aside` by queue and rule; `latency` is from an event's recording to its streams.
    """

    __slots__ = (*_HELP, "last_error", "latency", "put_aside", "refills", "resumes")

    def __init__(self) -> None:
        for name in _HELP:
            setattr(self, name, 0)
        self.last_error = ""
        self.latency = Latency()
        self.resumes: Counter[str] = Counter()
        self.refills: Counter[str] = Counter()
        self.put_aside: Counter[tuple[str, str]] = Counter()

    subscribers_active: int
    teams_active: int
    subscribers_behind: int
    broker_connected: int
    team_bindings: int
    messages_consumed_total: int
    messages_refused_total: int
    messages_unsigned_total: int
    messages_unlistened_total: int
    events_total: int
    deliveries_total: int
    writes_total: int
    duplicates_total: int
    refetched_total: int
    dropped_total: int
    lagged_total: int
    resets_total: int
    stalled_total: int
    overloaded_total: int
    withdrawn_total: int
    write_errors_total: int
    log_reads_total: int
    log_failures_total: int
    connection_attempts_total: int
    connection_failures_total: int
    last_error: str


class _MetricsCollector(Collector):
    def __init__(self, counted: Callable[[], Metrics]) -> None:
        self._counted = counted

    def describe(self) -> Iterator[CounterMetricFamily]:
        return iter(())

    def collect(
        self,
    ) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        metrics = self._counted()
        for name, told in _HELP.items():
            value = getattr(metrics, name)
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(f"{_PREFIX}{name}", told, value=value)
        yield HistogramMetricFamily(
            f"{_PREFIX}event_seconds",
            "From an event's recording to its writing to the streams, by the clocks of both.",
            buckets=metrics.latency.buckets(),
            sum_value=metrics.latency.total,
        )
        for name, told, counts in (
            ("resumes", "Streams that began, by the status of `sync`.", metrics.resumes),
            ("refills", "Streams that were brought up to date, by what did it.", metrics.refills),
        ):
            results = CounterMetricFamily(f"{_PREFIX}{name}", told, labels=("result",))
            for result, count in sorted(counts.items()):
                results.add_metric((result,), count)
            yield results
        put_aside = CounterMetricFamily(
            "slipway_messages_put_aside",
            "Messages that failed their contract, by their queue and the rule.",
            labels=("queue", "reason"),
        )
        for labels, count in sorted(metrics.put_aside.items()):
            put_aside.add_metric(labels, count)
        yield put_aside


def registry_of(counted: Callable[[], Metrics]) -> CollectorRegistry:
    """Make the registry of the numbers that `counted` gives at the moment of a question."""
    registry = CollectorRegistry()
    registry.register(_MetricsCollector(counted))
    return registry


def get_metrics() -> dict[str, float]:
    """Read the numbers of the gateway that runs at ADMIN_PORT, by their names without the prefix.

    Raises SettingsError when there is no port to ask at, and OSError when nobody answers.
    """
    url = admin_url(load_settings(), "/metrics")
    with urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - our own address
        text = answer.read().decode()
    return {
        sample.name.removeprefix(_PREFIX): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith(_PREFIX)
    }
