"""The embedded broker as a pytest fixture: `pytest_plugins = ["testing.amqp"]`.

Without an event loop of the test's own: the broker runs on one in a thread, so that blocking clients
(kombu, Celery) can use it as well.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from slipway.amqp import Broker, Limits

START_SECONDS = 10.0


@contextmanager
def running_broker(*, limits: Limits | None = None) -> Iterator[Broker]:
    """Run a broker in memory on a loop of its own while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="amqp-broker", daemon=True)
    thread.start()
    broker = Broker(limits=limits)
    try:
        asyncio.run_coroutine_threadsafe(broker.start(), loop).result(START_SECONDS)
        yield broker
    finally:
        asyncio.run_coroutine_threadsafe(broker.stop(), loop).result(START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
        loop.close()


@pytest.fixture
def amqp_broker() -> Iterator[Broker]:
    """A broker for one test; `amqp_broker.url` is its address."""
    with running_broker() as broker:
        yield broker
