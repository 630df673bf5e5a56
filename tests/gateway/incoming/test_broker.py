"""What the consumer's broker connects by, and what happens where FastStream lacks the part."""

import asyncio
from typing import Any

import pytest
from faststream.rabbit import RabbitBroker
from structlog.testing import capture_logs

from backbone.amqp_transport import WatchedRobustConnection
from gateway.incoming import broker as broker_module
from gateway.incoming.broker import make_broker, stop_broker

URL = "amqp://nowhere"


async def test_faststream_connects_by_a_watched_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments: dict[str, object] = {}

    async def connect(**given: object) -> None:
        arguments.update(given)
        raise ConnectionError

    monkeypatch.setattr("faststream.rabbit.broker.broker.connect_robust", connect)
    with capture_logs() as logs:
        broker, transport = make_broker(URL, prefetch=7, closed=asyncio.Event())
    with pytest.raises(ConnectionError):
        await broker.connect()
    connect_by: Any = arguments["connection_class"]
    connection = connect_by("amqp://nowhere")
    assert isinstance(connection, WatchedRobustConnection)
    assert connection.kwargs["transport_factory"] is transport
    assert logs == []


def test_a_release_that_lacks_the_part_is_told_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Renamed(RabbitBroker):
        def __getattribute__(self, name: str) -> object:
            if name == "_connection_kwargs":
                raise AttributeError(name)
            return super().__getattribute__(name)

    monkeypatch.setattr(broker_module, "RabbitBroker", Renamed)
    with capture_logs() as logs:
        broker, _ = make_broker(URL, prefetch=7, closed=asyncio.Event())
    assert isinstance(broker, Renamed)
    assert [each["event"] for each in logs] == ["gateway_broker_unwatched"]
    assert "has no RabbitBroker._connection_kwargs" in logs[0]["hint"]


async def test_a_broker_that_cannot_be_stopped_holds_nobody_up() -> None:
    class Dead:
        async def stop(self) -> None:
            raise ConnectionError

    await stop_broker(Dead())  # type: ignore[arg-type]
