"""`slipway gateway`: the event gateway alone, in one or several processes."""

import anyio

from backbone.settings import Settings
from gateway.workers import run_workers
from slipway.processes.begin import begin, with_event_keys
from slipway.processes.migrate import refuse_unfit_schema


def run_gateway(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Run the event gateway, in one or several processes that share the port."""
    begin("gateway", settings)
    with_event_keys(settings)
    anyio.run(refuse_unfit_schema, settings)
    run_workers(settings, host=host, port=port, workers=workers)
