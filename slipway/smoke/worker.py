"""The guide's check of the worker: a job's whole life, eagerly, at the simulator."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from backbone.settings import load_settings
from slipway.demo import Frame, new_shortdomain, order_and_follow, signed_in
from slipway.smoke.events import SmokeError
from slipway.stack import running_stack
from slipway.worker_process import WorkerProcess


async def worker_stub(tell: Callable[[str], None]) -> None:
    """Order and follow an environment without broker, worker process or provider.

    Raises SmokeError when the job does not complete.
    """
    with tempfile.TemporaryDirectory(prefix="slipway-smoke-") as home:
        settings = load_settings(
            {
                "SLIPWAY_HOME": str(Path(home)),
                "CELERY_TASK_ALWAYS_EAGER": "true",
                "VIRTUOZZO_POLL_SECONDS": "0.1",
                "VIRTUOZZO_ACCOUNT_POLL_SECONDS": "0.1",
                "LOG_LEVEL": "error",
            }
        )

        def report(frame: Frame) -> None:
            if "status" in frame.data and "message" in frame.data:
                tell(f"{frame.data['status']}: {frame.data['message']}")

        no_process = WorkerProcess()
        async with running_stack(
            settings, no_process, host="127.0.0.1", port=0, demo=True
        ) as stack:
            if stack.credentials is None:
                raise SmokeError("the stack has no demo user")
            async with signed_in(stack.base_url, stack.credentials) as client:
                status, _ = await order_and_follow(client, new_shortdomain(), report)
        if status != "completed":
            raise SmokeError(f"the job ended as {status}")
