"""`slipway relay`: what one process at a time does."""

import asyncio
from contextlib import aclosing

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from backbone.http.admin_port import admin_port
from backbone.memory import freeze_gc
from backbone.settings import Settings
from backbone.supervisor import Supervisor
from slipway.background_tasks import BackgroundTasks
from slipway.processes.begin import begin, with_event_keys
from slipway.until_signal import run_until_signal


def run_relay(settings: Settings) -> None:
    """Run the relay with its two neighbours, the reaper and the trimming of history."""
    begin("relay", settings)
    with_event_keys(settings)

    async def run(stop: asyncio.Event) -> int:
        await upgrade(settings.sql_url)
        engine = create_engine(settings.sql_url, application="slipway-relay")
        freeze_gc()
        try:
            tasks = BackgroundTasks(settings, engine)
            async with (
                aclosing(tasks),
                Supervisor(tasks.parts) as supervisor,
                admin_port(settings, tasks.pages(supervisor), engine=engine),
            ):
                await stop.wait()
        finally:
            await engine.dispose()
        return 0

    run_until_signal(run)
