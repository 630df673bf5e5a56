"""Starts `slipway up` and `slipway demo`: the worker's process first, then what they are made of.

Either imports for about a second, and with two processors that is one second instead of two.
"""

import asyncio

import typer

from backbone.settings import Settings
from slipway.until_signal import run_until_signal
from slipway.worker_process import WorkerProcess


def run_up(settings: Settings, *, host: str, port: int, demo: bool, simulator: bool) -> None:
    """Run everything until told to stop.

    Raises:
        ListenError: nobody can listen there.
        SettingsError: the settings do not fit together.
    """

    async def run(stop: asyncio.Event) -> int:
        async with WorkerProcess.beside(wanted=not settings.celery_task_always_eager) as worker:
            from slipway.composition import up  # noqa: PLC0415 - after the worker's process began

            return await up(
                settings, worker, stop, host=host, port=port, demo=demo, simulator=simulator
            )

    run_until_signal(run)


def run_demo(
    settings: Settings, *, host: str, port: int, once: bool, shortdomain: str | None
) -> int:
    """Run everything, do the main job, and stay up unless `once`; 0 if the job completed."""
    typer.secho("Starting Slipway …", dim=True)

    async def run(stop: asyncio.Event) -> int:
        async with WorkerProcess.beside(wanted=not settings.celery_task_always_eager) as worker:
            from slipway.composition import demo  # noqa: PLC0415 - after the worker's process began

            return await demo(
                settings, worker, stop, host=host, port=port, once=once, shortdomain=shortdomain
            )

    return run_until_signal(run)
