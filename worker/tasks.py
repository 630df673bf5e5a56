"""The handlers behind the generated Celery tasks: from a valid payload to an acknowledgement."""

from __future__ import annotations

import time
from typing import Any, Final

import structlog
from celery import Task
from celery.exceptions import Reject

from backbone.errors import DatabaseUnavailable
from backbone.jobs.claims import Wanted
from generated.messaging.contract import ContractError
from generated.models.job import (
    CreateEnvironmentJobPayload,
    DeleteEnvironmentJobPayload,
    JobKind,
)
from worker.loop_thread import LoopThread, LoopThreadClosedError
from worker.provisioning.delivery import Outcome
from worker.provisioning.process import JobProcess
from worker.spans import processing

PAUSE: Final = 2.0
"""Seconds before a message goes back to its queue because the database does not answer."""

JobTask = Task[Any, Any]

log = structlog.get_logger(__name__)


class JobTasks:
    """Implements WorkerHandlers. Returning means: acknowledge; the job is claimed, and goes on."""

    def __init__(
        self,
        loop_thread: LoopThread[JobProcess],
        *,
        pause: float = PAUSE,
    ) -> None:
        self._loop_thread = loop_thread
        self._pause = pause

    def receive_create_environment(
        self, payload: CreateEnvironmentJobPayload, task: Task[Any, Any]
    ) -> None:
        """Begin a creation. Raises ContractError when there is no such job."""
        kind = JobKind.environment_create
        wanted = Wanted(payload.job_id, payload.team_id, kind, payload.shortdomain, payload.user_id)
        self._deliver(wanted, task)

    def receive_delete_environment(
        self, payload: DeleteEnvironmentJobPayload, task: Task[Any, Any]
    ) -> None:
        """Begin a deletion. Raises ContractError when there is no such job."""
        kind = JobKind.environment_delete
        wanted = Wanted(payload.job_id, payload.team_id, kind, payload.env_name, payload.user_id)
        self._deliver(wanted, task)

    def _deliver(self, wanted: Wanted, task: JobTask) -> None:
        with processing(task):
            self._deliver_traced(wanted, task)

    def _deliver_traced(self, wanted: Wanted, task: JobTask) -> None:
        try:
            outcome = self._loop_thread.call(lambda process: process.runner.begin(wanted))
        except DatabaseUnavailable as error:
            log.warning("database_unavailable", job_id=wanted.job_id, task_id=task.request.id)
            # Not at once: a queue full of jobs would spin between broker and worker until then.
            time.sleep(self._pause)
            raise Reject(reason="the database does not answer", requeue=True) from error
        except LoopThreadClosedError as error:
            raise Reject(reason="the worker is shutting down", requeue=True) from error
        if outcome is Outcome.UNKNOWN:
            raise ContractError(
                rule="unknown_job",
                pointer="/job_id",
                detail="the team has no job of this id and kind",
            )
