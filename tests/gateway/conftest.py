"""The loops that the gateway's tests run on: where real sockets are meant, its own one too."""

import asyncio

import pytest
import uvloop

ON_REAL_SOCKETS = ("test_protocol", "test_broadcast")


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item):
    factories = {"asyncio": asyncio.new_event_loop}
    if item.path.stem in ON_REAL_SOCKETS:
        factories["uvloop"] = uvloop.new_event_loop
    return factories
