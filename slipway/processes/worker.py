"""`slipway worker`: a stock Celery worker for the job queues."""

import warnings

from backbone.settings import Settings
from slipway.processes.begin import with_named_broker
from slipway.worker_process import end_with_parent


def run_worker(settings: Settings, *, with_parent: bool) -> None:
    """Run a stock Celery worker, as `celery -A worker.main worker` would start it."""
    with_named_broker(settings)
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
            *(["--quiet"] if with_parent else []),
            "worker",
            "--pool=threads",
            f"--concurrency={settings.worker_concurrency}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
        ]
    )
