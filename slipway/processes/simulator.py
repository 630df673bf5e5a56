"""`slipway simulator`: the simulator of the provider's API alone."""

import asyncio

import uvicorn

from backbone.errors import SettingsError
from backbone.http.limits import http_limits
from backbone.http.listening import listen
from backbone.http.server import server_config
from backbone.http.serving import serving
from backbone.settings import Settings
from slipway.processes.begin import begin
from slipway.simulator import SimulatorConfig, create_simulator
from slipway.until_signal import run_until_signal


def run_simulator(
    settings: Settings, *, host: str, port: int, latency: float, control: bool
) -> None:
    """Run the provider's simulator; who may sign in is what the settings say."""
    begin("simulator", settings)
    if settings.virtuozzo_login is None or settings.virtuozzo_password is None:
        raise SettingsError(
            "VIRTUOZZO_LOGIN and VIRTUOZZO_PASSWORD are not set; the simulator lets in only "
            "whom they name, so give it the worker's"
        )
    app = create_simulator(
        SimulatorConfig(
            login=settings.virtuozzo_login,
            password=settings.virtuozzo_password.get_secret_value(),
            latency=latency,
        ),
        control=control,
    )

    async def run(stop: asyncio.Event) -> int:
        config = server_config(app, http_limits(settings))
        async with serving(uvicorn.Server(config), listen(host, port)):
            await stop.wait()
            app.state.simulator.close()
        return 0

    run_until_signal(run)
