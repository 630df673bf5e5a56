"""An encrypted way to the broker: everybody takes it, and nobody takes another host's certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import pytest

from backbone.amqp_transport import WatchedConnection
from backbone.relay.create import create_relay
from backbone.settings import load_settings
from slipway.doctor import services
from testing.certificate import certificate
from testing.tcp_proxy import Proxy
from tests.integration.gateway_world import (
    gateway,
    ids,
    make_member,
    make_team,
    relay,
    sign_in,
    tell,
)
from worker.celery_app import create_celery_app

OTHER_HOST = "127.0.0.2"


@asynccontextmanager
async def encrypted(amqp_url: str, folder: Path, address: str) -> AsyncIterator[str]:
    """The URL of a way to the broker whose certificate is for an address, and trusted by the URL."""
    files = certificate(folder, address)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*files)
    parts = urlsplit(amqp_url)
    assert parts.port is not None
    async with Proxy(parts.port, tls=tls) as proxy:
        account = parts.netloc.rpartition("@")[0] or "guest:guest"
        yield f"amqps://{account}@127.0.0.1:{proxy.port}{parts.path}?cafile={files[0]}"


async def test_an_event_comes_over_an_encrypted_connection(engine, amqp_url, tmp_path) -> None:
    await make_team(engine)
    await make_member(engine)
    token = await sign_in(engine)
    async with (
        encrypted(amqp_url, tmp_path, "127.0.0.1") as url,
        gateway(engine, url) as world,
        relay(engine, url),
    ):
        await world.pushed()
        reader = await world.stream(token)
        told = await tell(engine, 50)
        await reader.got(50, "message")
        assert ids(reader) == told
        assert world.gateway.metrics.messages_consumed_total >= 50


async def _aio_pika(url: str) -> None:
    connection = await aio_pika.connect(url, connection_class=WatchedConnection)
    await connection.close()


async def _relay(url: str) -> None:
    publisher = create_relay(load_settings({"RABBITMQ_URL": url}), None, url)._publisher
    await publisher.connect()
    await publisher.close()


async def _worker(url: str) -> None:
    app = create_celery_app(load_settings({"RABBITMQ_URL": url}))

    def connect() -> None:
        with app.connection_for_read() as reading, app.connection_for_write() as writing:
            reading.connect()
            writing.connect()

    await asyncio.to_thread(connect)


@pytest.mark.parametrize("connect", [_aio_pika, _relay, _worker])
async def test_the_certificate_of_another_host_is_refused(
    amqp_url, tmp_path, caplog, connect: Callable[[str], Awaitable[None]]
) -> None:
    async def refused(url: str) -> str:
        with pytest.raises(Exception) as caught:
            await connect(url)
        return f"{caught.value} {caplog.text}"

    async with encrypted(amqp_url, tmp_path, "127.0.0.1") as url:
        await connect(url)
        assert "CERTIFICATE_VERIFY_FAILED" in await refused(url.partition("?")[0])
    async with encrypted(amqp_url, tmp_path, OTHER_HOST) as url:
        assert "not valid for '127.0.0.1'" in await refused(url)


async def test_the_doctor_says_what_is_wrong_with_a_certificate(amqp_url, tmp_path) -> None:
    async with encrypted(amqp_url, tmp_path, OTHER_HOST) as url:
        (seen,) = await services.broker(url, load_settings({"RABBITMQ_URL": url}))
        assert seen.told.startswith("its certificate is refused: IP address mismatch")
        assert "cafile" in seen.mend
        (seen,) = await services.broker(url.partition("?")[0], load_settings({}))
        assert seen.told == "its certificate is refused: self-signed certificate"
