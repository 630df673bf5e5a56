"""What becomes of the message when a delivery ends, each way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from celery.exceptions import Reject
from opentelemetry.trace import SpanKind

from backbone.errors import DatabaseUnavailable
from backbone.jobs.claims import Wanted
from backbone.tracing.context import current_trace
from generated.messaging.contract import ContractError
from generated.models.job import (
    CreateEnvironmentJobPayload,
    DeleteEnvironmentJobPayload,
    JobKind,
)
from tests.tracing import recorded
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


class FakeLoopThread:
    def __init__(self, result: Outcome | Exception) -> None:
        self.result = result
        self.wanted: list[Wanted] = []

    def call(self, work: Any) -> Outcome:
        work(SimpleNamespace(runner=SimpleNamespace(begin=self.wanted.append)))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def tasks(result: Outcome | Exception) -> tuple[JobTasks, FakeLoopThread]:
    loop_thread: Any = FakeLoopThread(result)
    return JobTasks(loop_thread, pause=0), loop_thread


@pytest.mark.parametrize(
    "outcome", [Outcome.BEGUN, Outcome.WAITING, Outcome.LEFT, Outcome.LEASE_LOST]
)
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


PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def traced(**more: Any) -> Any:
    delivery = {"exchange": "jobs.direct", "routing_key": "jobs.env.create"}
    request = SimpleNamespace(id="job-42-1", delivery_info=delivery, **more)
    return SimpleNamespace(name="create", request=request)


@pytest.mark.parametrize("more", [{"traceparent": PARENT}, {"headers": {"traceparent": PARENT}}])
def test_a_task_goes_on_with_the_trace_of_its_message(more: dict[str, Any]) -> None:
    handlers, _ = tasks(Outcome.ENDED)
    with recorded("worker.spans") as exporter:
        handlers.receive_create_environment(ORDER, traced(**more))
    [span] = exporter.get_finished_spans()
    assert (span.name, span.kind) == ("process jobs.env.create", SpanKind.CONSUMER)
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]
    assert (span.attributes or {})["messaging.destination.name"] == "jobs.direct:jobs.env.create"
    assert span.status.is_unset


def test_a_task_that_could_not_begin_is_an_error_in_its_trace() -> None:
    handlers, _ = tasks(DatabaseUnavailable())
    with recorded("worker.spans") as exporter, pytest.raises(Reject):
        handlers.receive_create_environment(ORDER, traced())
    [span] = exporter.get_finished_spans()
    assert span.parent is None
    assert (span.attributes or {})["error.type"] == "Reject"


def test_a_worker_that_does_not_trace_passes_the_trace_on() -> None:
    seen = []

    class ObservingLoopThread(FakeLoopThread):
        def call(self, work: Any) -> Outcome:
            seen.append(current_trace())
            return super().call(work)

    handlers = JobTasks(ObservingLoopThread(Outcome.ENDED), pause=0)  # type: ignore[arg-type]
    handlers.receive_create_environment(ORDER, traced(traceparent=PARENT))
    handlers.receive_create_environment(ORDER, traced())
    assert seen == [PARENT, None]
