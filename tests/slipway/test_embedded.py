"""The stand-ins of `slipway up`: what readiness tells of them, and how they are used."""

import asyncio
from pathlib import Path

import pytest

from backbone.settings import load_settings
from backbone.supervisor import Part, Supervisor
from slipway import embedded
from slipway.amqp import Broker
from slipway.amqp.journal import JournalThreadEndedError
from slipway.embedded import with_broker, with_provider
from slipway.stack import worker_environment

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


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, 0.5),
        ({"VIRTUOZZO_POLL_SECONDS": "0.2"}, 0.2),
        ({"VIRTUOZZO_POLL_SECONDS": "3"}, 1.0),
        ({"VIRTUOZZO_ACCOUNT_POLL_SECONDS": "2"}, 2.0),
    ],
)
async def test_the_worker_polls_a_simulator_as_often_as_one_environment(
    tmp_path: Path, given: dict[str, str], seconds: float
) -> None:
    settings = load_settings({"SLIPWAY_HOME": str(tmp_path)} | given)
    async with with_provider(settings, "127.0.0.1") as simulated:
        environment = worker_environment(simulated)
    seen = load_settings(environment)
    assert seen.virtuozzo_account_poll_seconds == seconds
    assert seen.virtuozzo_base_url == simulated.virtuozzo_base_url


async def test_a_provider_that_the_settings_name_is_polled_as_they_say(tmp_path: Path) -> None:
    named = {"SLIPWAY_HOME": str(tmp_path), "VIRTUOZZO_BASE_URL": "http://127.0.0.1:1"}
    async with with_provider(load_settings(named), "127.0.0.1") as settings:
        assert settings.virtuozzo_account_poll_seconds == 1.0
