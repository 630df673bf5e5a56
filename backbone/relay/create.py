"""Puts relays together from the settings."""

from collections.abc import Mapping

from aio_pika.abc import AbstractChannel
from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import is_postgresql
from backbone.lease_lock import HeldLease, LeaseLock
from backbone.relay.metrics import RelayMetrics
from backbone.relay.partition import LEASE, WHOLE, Partition, partitions
from backbone.relay.partition_index import PartitionIndex
from backbone.relay.publisher import Publisher
from backbone.relay.relay import Relay, RelayRules
from backbone.relay.sharing import PartitionLock, Sharing
from backbone.secret_keys import load_event_signatures
from backbone.settings import Settings
from backbone.supervisor import Part
from backbone.topology.declare import declare_topology


def relay_parts(
    settings: Settings,
    engine: AsyncEngine,
    amqp_url: str,
    *,
    registry: CollectorRegistry | None = None,
) -> Mapping[str, Part]:
    """Make what has to run for the outbox of `engine` to reach the broker at `amqp_url`."""
    metrics = RelayMetrics(registry)
    of = partition_count(settings, engine)
    if of == 1:
        return {"relay": create_relay(settings, engine, amqp_url, metrics=metrics).run}
    sharing = Sharing(engine, of, settings.relay_lease_seconds)
    relays = {
        each.number: create_relay(
            settings,
            engine,
            amqp_url,
            metrics=metrics,
            partition=each,
            lock=PartitionLock(sharing, each),
        )
        for each in partitions(of)
    }
    sharing.relays = relays
    return {
        "relay_sharing": sharing.run,
        "relay_index": PartitionIndex(settings.sql_url).run,
        **{f"relay_{number}": relay.run for number, relay in relays.items()},
    }


def partition_count(settings: Settings, engine: AsyncEngine) -> int:
    """Return the number of partitions: SQLite's single writer gains nothing by more than one."""
    return settings.relay_partitions if is_postgresql(engine) else 1


def create_relay(
    settings: Settings,
    engine: AsyncEngine,
    amqp_url: str,
    *,
    metrics: RelayMetrics | None = None,
    partition: Partition = WHOLE,
    lock: HeldLease | None = None,
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
        lock or LeaseLock(engine, LEASE, settings.relay_lease_seconds),
        partition=partition,
        rules=RelayRules(
            batch=settings.relay_batch_size,
            sweep=settings.relay_sweep_seconds,
            backoff_max=settings.relay_backoff_max_seconds,
            give_up=settings.relay_give_up_seconds,
        ),
        metrics=metrics,
    )
