"""`slipway gateway`: the event gateway alone, in one or several processes."""

from backbone.settings import Settings
from gateway.workers import run_workers
from slipway.processes.begin import begin, with_event_keys


def run_gateway(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Run the event gateway, in one or several processes that share the port."""
    begin("gateway", settings)
    run_workers(with_event_keys(settings), host=host, port=port, workers=workers)
