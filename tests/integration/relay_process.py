"""A relay in a process of its own, to be killed and frozen."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from backbone.database.engine import create_engine
from backbone.relay.create import relay_parts
from backbone.settings import load_settings
from backbone.supervisor import Supervisor
from testing.launch import Running, launch


@asynccontextmanager
async def relay_process(
    database_url: str, amqp_url: str, settings: Mapping[str, str]
) -> AsyncIterator[Running]:
    """Run one while the block runs."""
    process = launch(__name__, [database_url, amqp_url], os.environ | settings, output=1)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def main(database_url: str, amqp_url: str) -> None:
    settings = load_settings(os.environ | {"DATABASE_URL": database_url})
    engine = create_engine(settings.sql_url)
    async with Supervisor(relay_parts(settings, engine, amqp_url)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
