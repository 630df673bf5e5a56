"""Every connection to the broker asks the kernel to watch its peer."""

import asyncio
import socket

import pytest

from backbone import amqp_transport, tcp
from backbone.relay.create import create_relay
from backbone.settings import load_settings
from tests.integration.gateway_world import gateway
from worker.celery_app import create_celery_app

OPTIONS = {
    "TCP_KEEPIDLE": tcp.IDLE_SECONDS,
    "TCP_KEEPINTVL": tcp.INTERVAL_SECONDS,
    "TCP_KEEPCNT": tcp.PROBES,
    "TCP_USER_TIMEOUT": tcp.USER_TIMEOUT_MILLISECONDS,
}


def options_of(connection: socket.socket) -> dict[str, int]:
    assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    return {
        name: connection.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in OPTIONS
    }


@pytest.fixture
def opened(monkeypatch) -> list[dict[str, int]]:
    """The options of the sockets that asyncio's clients open, as they are afterwards."""
    found: list[dict[str, int]] = []
    watch = tcp.watch_peer

    def watch_and_note(connection) -> None:
        watch(connection)
        found.append(options_of(connection))

    monkeypatch.setattr(amqp_transport, "watch_peer", watch_and_note)
    return found


async def test_the_gateway_watches_its_peer(engine, amqp_url, opened):
    async with gateway(engine, amqp_url) as world:
        await world.pushed()
    assert opened == [OPTIONS]


async def test_the_relay_watches_its_peer(engine, amqp_url, opened):
    publisher = create_relay(load_settings({"RABBITMQ_URL": amqp_url}), engine, amqp_url)._publisher
    await publisher.connect()
    await publisher.close()
    assert opened == [OPTIONS]


async def test_the_worker_watches_its_peer(amqp_url):
    app = create_celery_app(load_settings({"RABBITMQ_URL": amqp_url}))

    def connected() -> list[dict[str, int]]:
        with app.connection_for_read() as reading, app.connection_for_write() as writing:
            each = [reading.connection, writing.connection]
            return [options_of(connection.transport.sock) for connection in each]

    assert await asyncio.to_thread(connected) == [OPTIONS, OPTIONS]
