"""FastStream's broker for one life of the consumer's connection: how it is made, and stopped."""

import asyncio
import contextlib
from functools import partial
from importlib.metadata import version

import structlog
from faststream.rabbit import Channel, RabbitBroker

from backbone.amqp_transport import WatchedRobustConnection, WatchedTransport, with_heartbeat
from generated.messaging.runtime.frames import DirectTransport

STOP_TIMEOUT = 3.0

log = structlog.get_logger(__name__)


def make_broker(
    url: str, *, prefetch: int, closed: asyncio.Event
) -> tuple[RabbitBroker, DirectTransport]:
    """Make a broker that does not reconnect by itself, and the transport it will connect by.

    `closed` is set when its connection is.
    """

    def note(*_: object) -> None:
        closed.set()

    broker = RabbitBroker(
        str(with_heartbeat(url)),
        on_close=[note],
        # It would restore a queue that may be locked; we make everything anew instead.
        reconnect_interval=3600.0,
        default_channel=Channel(prefetch_count=prefetch),
        graceful_timeout=STOP_TIMEOUT,
    )
    transport = DirectTransport(WatchedTransport())
    _connect_by(broker, transport)
    return broker, transport


async def stop_broker(broker: RabbitBroker) -> None:
    """Close what is left of a connection; a dead one must not hold us up."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(STOP_TIMEOUT):
            await broker.stop()


def _connect_by(broker: RabbitBroker, transport: DirectTransport) -> None:
    """Have a broker connect by a transport whose peer the kernel watches.

    FastStream hands these arguments to aio_pika, and has no parameter for the class. With a release
    that names them otherwise, only the heartbeats notice a broker that is gone, and messages come
    by aiormq's callback.
    """
    arguments = getattr(broker, "_connection_kwargs", None)
    if isinstance(arguments, dict):
        arguments["connection_class"] = partial(
            WatchedRobustConnection, transport_factory=transport
        )
        return
    log.warning(
        "gateway_broker_unwatched",
        hint=f"faststream {version('faststream')} has no RabbitBroker._connection_kwargs; "
        "install the release that requirements.lock names",
    )
