"""`slipway service`: the HTTP service alone."""

import asyncio
from functools import partial

import uvicorn

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from backbone.http.admin_port import admin_port
from backbone.http.limits import http_limits
from backbone.http.listening import listen
from backbone.http.server import server_config
from backbone.http.serving import serving
from backbone.memory import freeze_gc
from backbone.settings import Settings
from service.app import create_service
from slipway.dead_letter_store import dead_letters
from slipway.documentation import mount_documentation
from slipway.processes.begin import begin
from slipway.until_signal import run_until_signal


def run_service(settings: Settings, *, host: str, port: int) -> None:
    """Run the HTTP service. It needs no broker: the relay publishes what it writes."""
    begin("service", settings)

    async def run(stop: asyncio.Event) -> int:
        listener = listen(host, port)
        await upgrade(settings.sql_url)
        engine = create_engine(
            settings.sql_url, pool_size=settings.database_pool_size, application="slipway-service"
        )
        app = create_service(
            settings,
            engine,
            mount_documentation=partial(mount_documentation, try_it=settings.docs_try_it),
            dead_letters=dead_letters(settings),
        )
        freeze_gc()
        config = server_config(app, http_limits(settings), lifespan="on")
        try:
            async with (
                serving(uvicorn.Server(config), listener),
                admin_port(settings, app.state.admin_pages, engine=engine),
            ):
                await stop.wait()
        finally:
            await engine.dispose()
        return 0

    run_until_signal(run)
