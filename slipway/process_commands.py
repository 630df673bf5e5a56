"""The commands that run one process alone; each imports what it needs when it runs."""

from typing import Annotated

import typer

from slipway.options import Host, Port, WithParent


def service(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the HTTP service alone."""
    from backbone.settings import load_settings
    from slipway.processes.service import run_service

    run_service(load_settings(), host=host, port=port)


def gateway(
    host: Host = "127.0.0.1",
    port: Port = 8001,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that share the port, each with its own queue.")
    ] = 1,
) -> None:
    """Run the event gateway alone."""
    from backbone.settings import load_settings
    from slipway.processes.gateway import run_gateway

    run_gateway(load_settings(), host=host, port=port, workers=workers)


def relay() -> None:
    """Run the relay, the reaper and the trimming of history; one of several is active."""
    from backbone.settings import load_settings
    from slipway.processes.relay import run_relay

    run_relay(load_settings())


def worker(
    *,
    with_parent: WithParent = False,
) -> None:
    """Run a Celery worker for the job queues."""
    from backbone.settings import load_settings
    from slipway.processes.worker import run_worker, run_worker_of_stack

    if with_parent:
        run_worker_of_stack()
    else:
        run_worker(load_settings(), with_parent=False)


def simulator(
    host: Host = "127.0.0.1",
    port: Port = 8090,
    latency: Annotated[float, typer.Option(min=0, help="Seconds that each call takes.")] = 0.0,
    *,
    control: Annotated[
        bool | None,
        typer.Option(
            help="Serve the API that scripts and resets it, to everybody who reaches the port; "
            "by default on loopback addresses only."
        ),
    ] = None,
) -> None:
    """Run the simulator of the provider's API alone."""
    from backbone.settings import load_settings
    from slipway.processes.simulator import run_simulator

    own = host in {"127.0.0.1", "::1", "localhost"} if control is None else control
    run_simulator(load_settings(), host=host, port=port, latency=latency, control=own)
