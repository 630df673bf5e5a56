"""Connections to the broker whose peer the kernel watches, besides the heartbeats of AMQP."""

import asyncio
from typing import Any, Final

import aio_pika
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from yarl import URL

from backbone.tcp import watch_peer


class WatchedTransport(TransportFactory):
    """Opens what the URL's scheme asks for, with the options of `backbone.tcp`."""

    async def create(
        self, url: URL, **kwargs: Any
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect. Raises AMQPConnectionError."""
        factory = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, writer = await factory.create(url, **kwargs)
        watch_peer(writer.get_extra_info("socket"))
        return reader, writer


HEARTBEAT_SECONDS: Final = 10
"""What is asked of the broker, unless the URL says otherwise."""


def with_heartbeat(url: str) -> URL:
    """Return the URL with a heartbeat by which a peer that is silent is noticed soon."""
    parsed = URL(url)
    if "heartbeat" in parsed.query:
        return parsed
    return parsed.update_query(heartbeat=HEARTBEAT_SECONDS)


class WatchedConnection(aio_pika.Connection):
    """A connection of aio_pika by that transport; for `connection_class`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Handed on to aiormq; aio_pika itself knows no such parameter.
        self.kwargs["transport_factory"] = WatchedTransport()


class WatchedRobustConnection(aio_pika.RobustConnection):
    """The same for who wants a robust one, as FastStream does, or a transport around that one."""

    def __init__(
        self, *args: Any, transport_factory: TransportFactory | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kwargs["transport_factory"] = transport_factory or WatchedTransport()
