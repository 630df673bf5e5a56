"""`slipway worker`: a stock Celery worker for the job queues."""

import importlib
import os
import sys
import warnings

import anyio

from backbone.settings import Settings, load_settings
from slipway.parent import end_with_parent, environment_of_parent
from slipway.processes.begin import with_named_broker
from slipway.processes.migrate import refuse_unfit_schema

_PARTS = ("worker.celery_app", "celery.bin.worker", "celery.apps.worker", "kombu.transport.pyamqp")
"""What a worker imports at its start whatever its settings are."""


def run_worker_of_stack() -> None:
    """Import what a worker is made of, then wait for the settings of the stack and work."""
    for part in _PARTS:
        importlib.import_module(part)
    environment = environment_of_parent()
    if environment is None:
        return
    os.environ.clear()
    os.environ.update(environment)
    run_worker(load_settings(), with_parent=True)


def run_worker(settings: Settings, *, with_parent: bool) -> None:
    """Run a stock Celery worker, as `celery -A worker.main worker` would start it."""
    with_named_broker(settings)
    if not with_parent:
        # Beside a stack it starts before the stack has migrated.
        anyio.run(refuse_unfit_schema, settings)
    # Reads the settings and sets up the log at import, as Celery's own command needs it.
    from worker.main import app  # noqa: PLC0415 - only when the settings are as they should be

    if with_parent:
        end_with_parent()
        # The stack tells what is worth telling; the warning is for those who start workers alone.
        warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    app.is_worker = True
    # Now and not with the first job, so that what is wrong is told at the start.
    app.loop_thread.start()
    app.worker_main(
        [
            # The banner is for people, not for who reads lines.
            *(["--quiet"] if with_parent or not sys.stdout.isatty() else []),
            "worker",
            "--pool=threads",
            f"--concurrency={settings.worker_concurrency}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
        ]
    )
