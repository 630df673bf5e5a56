"""What the relay counts, for Prometheus; without a registry it counts for itself."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class RelayMetrics:
    """The relay's counters. `registry` is the process's; None keeps them out of any."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        self.active = Gauge(
            "slipway_relay_active",
            "Partitions that this relay publishes: 1 or 0, unless RELAY_PARTITIONS says more.",
            registry=registry,
        )
        self.published = Counter(
            "slipway_relay_published", "Messages that the broker confirmed.", registry=registry
        )
        self.refused = Counter(
            "slipway_relay_refused", "Messages unroutable or refused.", registry=registry
        )
        self.leases_lost = Counter(
            "slipway_relay_leases_lost",
            "Times that this relay lost the lock while it published.",
            registry=registry,
        )
        self.given_up = Counter(
            "slipway_relay_given_up",
            "Messages dropped after they were refused for long.",
            registry=registry,
        )
        self.broker_failures = Counter(
            "slipway_relay_broker_failures",
            "Batches that the broker did not confirm.",
            registry=registry,
        )
