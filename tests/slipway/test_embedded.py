"""The stand-ins of `slipway up`, as its readiness tells of them."""

import asyncio
from pathlib import Path

import pytest

from backbone.settings import load_settings
from backbone.supervisor import Part, Supervisor
from slipway import embedded
from slipway.amqp import Broker
from slipway.amqp.journal import JournalThreadEndedError
from slipway.embedded import with_broker

pytestmark = pytest.mark.enable_socket


async def until(holds) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_broker_that_keeps_no_messages_any_more_fails_readiness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "WATCH_SECONDS", 0.01)
    settings = load_settings({"SLIPWAY_HOME": str(tmp_path)})
    parts: dict[str, Part] = {}

    def check(_: Broker) -> None:
        raise JournalThreadEndedError

    async with with_broker(settings, parts), Supervisor(parts) as supervisor:
        await asyncio.sleep(0.1)
        assert supervisor.readiness() == []
        with monkeypatch.context() as broken:
            broken.setattr(Broker, "check", check)
            await until(supervisor.readiness)
            (told,) = supervisor.readiness()
            assert (told.name, told.status.value) == ("broker_journal", "failed")
            assert "JournalThreadEndedError" in (told.detail or "")
        await until(lambda: not supervisor.readiness())
