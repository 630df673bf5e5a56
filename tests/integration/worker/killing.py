"""The composition root of workers that die, or wait, at a step: `celery -A killing worker`.

KILL_AT names the step; the process dies there once, and KILL_ONCE is the file by which it knows.
HOLD_AT names the step at which deliveries wait until the file HOLD_UNTIL exists.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import structlog

from backbone.settings import load_settings
from backbone.telemetry import configure_logging
from worker.celery_app import create_celery_app
from worker.provisioning.checkpoints import Step

log = structlog.get_logger(__name__)


class DeadlyCheckpoints:
    async def reach(self, step: Step, job_id: int) -> None:
        log.info("step_reached", step=step.value, job_id=job_id)
        if step.value == os.environ.get("KILL_AT"):
            mark = Path(os.environ["KILL_ONCE"])
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if step.value == os.environ.get("HOLD_AT"):
            while not Path(os.environ["HOLD_UNTIL"]).exists():
                await asyncio.sleep(0.01)


settings = load_settings()
configure_logging("worker", level=settings.log_level, style=settings.log_format)
app = create_celery_app(settings, checkpoints=DeadlyCheckpoints())
