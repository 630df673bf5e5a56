"""What becomes of the message when a delivery ends, each way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from celery.exceptions import Reject

from backbone.errors import DatabaseUnavailable
from backbone.jobs.claims import Wanted
from generated.messaging.contract import ContractError
from generated.models.job import (
    CreateEnvironmentJobPayload,
    DeleteEnvironmentJobPayload,
    JobKind,
)
from worker.loop_thread import LoopThreadClosedError
from worker.provisioning.delivery import Outcome
from worker.tasks import JobTasks

TASK: Any = SimpleNamespace(request=SimpleNamespace(id="job-42-1"))
ORDER = CreateEnvironmentJobPayload.model_validate(
    {"job_id": 42, "team_id": 7, "user_id": 3, "shortdomain": "shop-42"}
    | {"nodes": [{"node_type": "nginxphp"}]}
)
DELETION = DeleteEnvironmentJobPayload(
    job_id=50, team_id=7, user_id=3, environment_id=12, env_name="shop-42"
)


class FakePortal:
    def __init__(self, result: Outcome | Exception) -> None:
        self.result = result
        self.wanted: list[Wanted] = []

    def call(self, work: Any) -> Outcome:
        work(SimpleNamespace(hands=SimpleNamespace(begin=self.wanted.append)))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def tasks(result: Outcome | Exception) -> tuple[JobTasks, FakePortal]:
    loop_thread: Any = FakePortal(result)
    return JobTasks(loop_thread, pause=0), loop_thread


@pytest.mark.parametrize("outcome", [Outcome.BEGUN, Outcome.WAITING, Outcome.LEFT])
def test_returning_acknowledges(outcome: Outcome) -> None:
    handlers, loop_thread = tasks(outcome)
    handlers.receive_create_environment(ORDER, TASK)
    handlers.receive_delete_environment(DELETION, TASK)
    assert loop_thread.wanted == [
        Wanted(42, 7, JobKind.environment_create, "shop-42", 3),
        Wanted(50, 7, JobKind.environment_delete, "shop-42", 3),
    ]


def test_a_job_that_does_not_exist_breaks_the_contract() -> None:
    handlers, _ = tasks(Outcome.UNKNOWN)
    with pytest.raises(ContractError) as caught:
        handlers.receive_create_environment(ORDER, TASK)
    assert (caught.value.rule, caught.value.pointer) == ("unknown_job", "/job_id")


@pytest.mark.parametrize("error", [DatabaseUnavailable(), LoopThreadClosedError("closing")])
def test_what_could_not_begin_goes_back_to_the_queue(error: Exception) -> None:
    handlers, _ = tasks(error)
    with pytest.raises(Reject) as caught:
        handlers.receive_create_environment(ORDER, TASK)
    assert caught.value.requeue is True
