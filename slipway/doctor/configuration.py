"""What the settings themselves tell, and the provider that they name."""

from urllib.parse import urlsplit

import httpx

from backbone.errors import SettingsError
from backbone.secret_keys import load_cipher
from backbone.settings import Settings
from slipway.doctor.finding import Finding, failed, ok, skipped, warning
from slipway.embedded import names_provider

SECONDS = 5.0


def keys(settings: Settings, *, together: bool) -> list[Finding]:
    """Look whether secrets can be read, and whether several machines would sign alike.

    `together`: all processes run as one `slipway up`, which has one key.
    """
    found = []
    try:
        load_cipher(settings)
        found.append(ok("keys", "secrets can be read"))
    except SettingsError as error:
        mend = "`slipway admin key generate` makes one; give the same to every process"
        found.append(failed("keys", str(error), mend))
    if settings.rabbitmq_url is not None and not settings.event_keys and not together:
        told = "SLIPWAY_EVENT_KEYS is not set: events of a relay on another machine are not known"
        mend = "make a key with `slipway admin key generate`, give it to relays and gateways"
        found.append(warning("event keys", told, mend))
    return found


async def provider(settings: Settings, *, simulated: bool) -> list[Finding]:
    """Look whether the provider answers at all; it is not signed in there.

    `simulated`: the running `slipway up` was told to build at a simulator.
    """
    if simulated:
        return [skipped("provider", "the running `slipway up` builds at a simulator")]
    if not names_provider(settings):
        told = "VIRTUOZZO_BASE_URL is not set: `slipway up` builds at a simulator"
        if settings.rabbitmq_url is not None and settings.database_url is not None:
            return [failed("provider", told, "name it, or say --simulator")]
        return [skipped("provider", told)]
    if settings.virtuozzo_login is None or settings.virtuozzo_password is None:
        told = "VIRTUOZZO_LOGIN and VIRTUOZZO_PASSWORD are not set"
        mend = "set them, or give each team its own account: `slipway admin team set-provider`"
        return [warning("provider", told, mend)]
    host = urlsplit(settings.virtuozzo_base_url).netloc
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            await client.get(settings.virtuozzo_base_url)
    except httpx.HTTPError as error:
        told = f"{host} does not answer ({type(error).__name__})"
        return [failed("provider", told, "look at VIRTUOZZO_BASE_URL, name service and firewall")]
    return [ok("provider", f"{host} answers")]
