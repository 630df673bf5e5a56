"""`slipway restored`: new epochs for all event logs, in a process that ends by itself."""

from backbone.database.availability import database_errors
from backbone.database.engine import create_engine, transaction
from backbone.events.restored import renew_epochs
from backbone.settings import Settings


async def run_restored(settings: Settings) -> int:
    """Renew the epochs of all event logs; give how many. Raises DatabaseUnavailable."""
    engine = create_engine(settings.sql_url, application="slipway-restored")
    try:
        with database_errors():
            async with transaction(engine) as conn:
                return await renew_epochs(conn)
    finally:
        await engine.dispose()
