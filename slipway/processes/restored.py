"""`slipway restored`: new epochs and ids that nobody knows, in a process that ends by itself."""

from backbone.database.availability import database_errors
from backbone.database.engine import create_engine, transaction
from backbone.events.restored import renew_epochs
from backbone.identifiers import leave_out_lost
from backbone.settings import Settings


async def run_restored(settings: Settings) -> int:
    """Renew the epochs of all event logs; give how many. Raises DatabaseUnavailable.

    The ids of what was lost are not given again.
    """
    engine = create_engine(settings.sql_url, application="slipway-restored")
    try:
        with database_errors():
            async with transaction(engine) as conn:
                await leave_out_lost(conn)
                return await renew_epochs(conn)
    finally:
        await engine.dispose()
