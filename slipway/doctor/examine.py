"""All checks, in the order in which one explains the next."""

from backbone.database.engine import create_engine
from backbone.settings import Settings
from slipway.demo import Credentials
from slipway.doctor.configuration import keys, provider
from slipway.doctor.finding import Finding, skipped
from slipway.doctor.origin import origin
from slipway.doctor.services import broker, cache, database, installation
from slipway.run_file import Run


async def examine(
    settings: Settings,
    run: Run | None = None,
    *,
    base_url: str | None = None,
    who: Credentials | None = None,
) -> list[Finding]:
    """Look at everything that the settings name, or that a running `slipway up` made up.

    `who` signs in at `base_url` to try a stream.
    """
    amqp_url = settings.amqp_url or (run.amqp_url if run else None)
    found = [
        *keys(settings, together=run is not None),
        *await provider(settings, simulated=run is not None and run.simulator_url is not None),
        *await cache(settings),
    ]
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
