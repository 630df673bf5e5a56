"""Puts a relay together from the settings."""

from aio_pika.abc import AbstractChannel
from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.lease_lock import LeaseLock
from backbone.relay.metrics import RelayMetrics
from backbone.relay.publisher import Publisher
from backbone.relay.queue import LEASE
from backbone.relay.relay import Relay, RelayRules
from backbone.secret_keys import load_event_signatures
from backbone.settings import Settings
from backbone.topology.declare import declare_topology


def create_relay(
    settings: Settings,
    engine: AsyncEngine,
    amqp_url: str,
    *,
    registry: CollectorRegistry | None = None,
) -> Relay:
    """Make a relay from `engine` to the broker at `amqp_url`; `run()` is its life."""
    topology = settings.topology()

    async def declare(channel: AbstractChannel) -> None:
        # What is there takes messages, whatever differs; those who consume decide whether they can.
        (await declare_topology(channel, topology)).tell()

    publisher = Publisher(
        amqp_url,
        declare,
        timeout=settings.relay_publish_timeout_seconds,
        exchanges={name: exchange.name for name, exchange in topology.exchanges.items()},
        routing_keys=topology.routing_keys,
        signatures=load_event_signatures(settings),
    )
    return Relay(
        engine,
        publisher,
        LeaseLock(engine, LEASE, settings.relay_lease_seconds),
        rules=RelayRules(
            batch=settings.relay_batch_size,
            sweep=settings.relay_sweep_seconds,
            backoff_max=settings.relay_backoff_max_seconds,
            give_up=settings.relay_give_up_seconds,
        ),
        metrics=RelayMetrics(registry),
    )
