"""What a gateway counts, as plain numbers: counting must not cost more than delivering."""

from collections.abc import Iterator
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
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


class Metrics:
    """The numbers behind `/metrics`; names end in `_total` when they only grow."""

    __slots__ = (*_HELP, "last_error")

    def __init__(self) -> None:
        for name in _HELP:
            setattr(self, name, 0)
        self.last_error = ""

    subscribers_active: int
    teams_active: int
    subscribers_behind: int
    broker_connected: int
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
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        for name, told in _HELP.items():
            value = getattr(self._metrics, name)
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(f"{_PREFIX}{name}", told, value=value)


def exposition(metrics: Metrics) -> bytes:
    """Render the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_MetricsCollector(metrics))
    return generate_latest(registry)


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
