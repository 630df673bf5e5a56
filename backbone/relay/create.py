"""Puts a relay together from the settings."""

from functools import partial

from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.relay.lock import LeaseLock
from backbone.relay.metrics import RelayMetrics
from backbone.relay.publisher import Publisher
from backbone.relay.relay import Relay, RelayRules
from backbone.settings import Settings
from generated.messaging.topology import declare


def create_relay(
    settings: Settings,
    engine: AsyncEngine,
    amqp_url: str,
    *,
    registry: CollectorRegistry | None = None,
) -> Relay:
    """Make a relay from `engine` to the broker at `amqp_url`; `run()` is its life."""
    topology = settings.topology()
    publisher = Publisher(
        amqp_url,
        partial(declare, topology=topology),
        timeout=settings.relay_publish_timeout_seconds,
        exchanges={name: exchange.name for name, exchange in topology.exchanges.items()},
        routing_keys=topology.routing_keys,
    )
    return Relay(
        engine,
        publisher,
        LeaseLock(engine, settings.relay_lease_seconds),
        rules=RelayRules(
            batch=settings.relay_batch_size,
            sweep=settings.relay_sweep_seconds,
            backoff_max=settings.relay_backoff_max_seconds,
        ),
        metrics=RelayMetrics(registry),
    )
