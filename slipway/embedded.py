"""The stand-ins that `slipway up` starts for what the settings do not name."""

import asyncio
import secrets
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from functools import partial

import aio_pika
import uvicorn
from aio_pika.exceptions import AMQPError
from pydantic import SecretStr

from backbone.errors import SettingsError
from backbone.http.limits import http_limits
from backbone.http.listening import address, listen
from backbone.http.server import server_config
from backbone.http.serving import serving
from backbone.settings import Settings
from backbone.supervisor import Part, progress
from slipway.amqp import Broker
from slipway.simulator import SimulatorConfig, create_simulator

BROKER_USER = "slipway"
JOURNAL = "broker.db"
SIMULATOR_STATE = "simulator.json"
WATCH_SECONDS = 0.5
CONNECT_SECONDS = 5.0


@asynccontextmanager
async def with_broker(
    settings: Settings, parts: MutableMapping[str, Part]
) -> AsyncIterator[Settings]:
    """Yield the settings with a broker: the one that they name, or an embedded one with a journal.

    Of an embedded one `parts` gets the watch that tells readiness when it keeps no messages. Eager
    jobs need none.

    Raises:
        JournalError: the journal's file cannot be used.
    """
    if settings.rabbitmq_url is not None or settings.celery_task_always_eager:
        yield settings
        return
    broker = Broker(
        user=BROKER_USER,
        password=secrets.token_urlsafe(24),
        journal=settings.slipway_home / JOURNAL,
    )
    async with broker:
        parts["broker_journal"] = partial(_watch, broker)
        yield settings.model_copy(update={"rabbitmq_url": SecretStr(broker.url)})


def names_provider(settings: Settings) -> bool:
    """Return whether the settings name a provider; the default is nobody's."""
    return "virtuozzo_base_url" in settings.model_fields_set


def refuse_silent_simulator(settings: Settings) -> None:
    """Raise SettingsError where a simulator would "complete" orders that are meant."""
    if settings.rabbitmq_url and settings.database_url and not names_provider(settings):
        raise SettingsError(
            "VIRTUOZZO_BASE_URL is not set, while RABBITMQ_URL and DATABASE_URL are: orders would "
            "seem to complete and nothing would be built; name the provider, or say --simulator"
        )


async def refuse_absent_broker(settings: Settings) -> None:
    """Raise SettingsError where the broker that the settings name does not let anybody in.

    For who wants one order done now: a stack that stays up waits for its broker instead.
    """
    if settings.rabbitmq_url is None or settings.celery_task_always_eager:
        return
    try:
        url = settings.rabbitmq_url.get_secret_value()
        await (await aio_pika.connect(url, timeout=CONNECT_SECONDS)).close()
    except (AMQPError, OSError) as error:
        raise SettingsError(
            f"the broker that RABBITMQ_URL names does not answer ({type(error).__name__}); start "
            "it or correct the variable (`slipway demo` uses an embedded broker without it)"
        ) from error


async def _watch(broker: Broker) -> None:
    """End with what keeps the broker from keeping messages; its supervisor looks again."""
    while True:
        broker.check()
        progress()
        await asyncio.sleep(WATCH_SECONDS)


@asynccontextmanager
async def with_provider(settings: Settings, host: str) -> AsyncIterator[Settings]:
    """Yield the settings with a provider: the one that they name, or a simulator of it.

    A simulator is nobody's load, so its only account is polled as often as an environment may be,
    unless the settings say how often.
    """
    if names_provider(settings):
        yield settings
        return
    login = "slipway@simulator.test"
    password = SecretStr(secrets.token_urlsafe(24))
    application = create_simulator(
        SimulatorConfig(
            login=login,
            password=password.get_secret_value(),
            state_path=settings.slipway_home / SIMULATOR_STATE,
        )
    )
    listener = listen(host, 0)
    config = server_config(application, http_limits(settings), timeout_graceful_shutdown=1)
    async with serving(uvicorn.Server(config), listener):
        try:
            yield settings.model_copy(
                update={
                    "virtuozzo_base_url": address(listener),
                    "virtuozzo_login": login,
                    "virtuozzo_password": password,
                    "virtuozzo_account_poll_seconds": _account_poll_seconds(settings),
                }
            )
        finally:
            # Scripted calls hang for as long as their clients wait.
            with suppress(AttributeError):
                application.state.simulator.close()


def _account_poll_seconds(settings: Settings) -> float:
    said = settings.virtuozzo_account_poll_seconds
    if "virtuozzo_account_poll_seconds" in settings.model_fields_set:
        return said
    return min(said, settings.virtuozzo_poll_seconds)
