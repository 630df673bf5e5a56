"""All checks, in the order in which one explains the next."""

from backbone.database.engine import create_engine
from backbone.settings import Settings
from slipway.demo import Credentials
from slipway.doctor.configuration import keys, provider
from slipway.doctor.finding import Finding, skipped
from slipway.doctor.origin import origin
from slipway.doctor.services import broker, cache, database, installation


async def examine(
    settings: Settings, *, amqp_url: str | None, base_url: str | None, who: Credentials | None
) -> list[Finding]:
    """Look at everything that the settings name.

    `amqp_url` and `base_url` may be those of a running `slipway up`; `who` signs in to try a
    stream.
    """
    found = [*keys(settings), *await provider(settings), *await cache(settings)]
    engine = create_engine(settings.sql_url, pool_size=1, application="slipway-doctor")
    try:
        found += await database(engine, settings)
        if amqp_url is None:
            found.append(skipped("broker", "RABBITMQ_URL is not set, and no `slipway up` runs"))
        else:
            found += await broker(amqp_url, settings)
            if not any(each.check in {"database", "schema"} and each.mend for each in found):
                found += await installation(engine, amqp_url, settings)
    finally:
        await engine.dispose()
    if base_url is None:
        found.append(skipped("origin", "no `slipway up` runs here; name it with --base-url"))
    else:
        found += await origin(base_url, who)
    return found
