"""Builds the index by which partitions are read, while relays are at work; others need none."""

import asyncio

import structlog
from sqlalchemy.exc import DBAPIError

from backbone.database.concurrent_indexes import build
from backbone.database.engine import create_engine
from backbone.relay.partition import INDEXES
from backbone.supervisor import progress

AGAIN_SECONDS = 60.0

log = structlog.get_logger(__name__)


class PartitionIndex:
    """Until it is there, each reading of a partition passes the messages of the others, too."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def run(self) -> None:
        """Build it if it is missing, and wait until cancelled. Raises DatabaseUnavailable."""
        while not await self.built():  # noqa: ASYNC110 - no event tells of a right that is given
            await asyncio.sleep(AGAIN_SECONDS)
        progress()
        await asyncio.Event().wait()

    async def built(self) -> bool:
        """Build it; False when the database refuses, as to a user who may not."""
        # It waits for the transactions at hand, such as a backup's, however long they take.
        engine = create_engine(
            self._url, pool_size=1, application="slipway-relay-index", unbounded=True
        )
        try:
            await build(engine, INDEXES)
        except DBAPIError as error:
            log.warning("relay_index_not_built", error=type(error.orig).__name__)
            return False
        finally:
            await engine.dispose()
        return True
