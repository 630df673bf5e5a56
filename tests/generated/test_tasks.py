"""The generated Celery tasks: queues, validation before the handler, dead letters."""

import json
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.exceptions import Ignore, Reject

from generated.messaging.contract import ContractError
from generated.messaging.topology import Topology
from generated.tasks import runtime as dead_letter_module
from generated.tasks import worker
from generated.tasks.worker import register_worker_tasks, worker_queues

ORDER = {
    "job_id": 42,
    "team_id": 7,
    "user_id": 3,
    "shortdomain": "shop-42",
    "nodes": [{"node_type": "n"}],
}
TASK = "domains.environments.create_environment"


class Handlers:
    def __init__(self, error=None):
        self.received = []
        self.error = error

    def receive_create_environment(self, payload, task):
        self.received.append(payload)
        if self.error:
            raise self.error

    def receive_delete_environment(self, payload, task):
        raise NotImplementedError


@pytest.fixture
def app():
    app = Celery("test", broker="memory://", set_as_current=False)
    yield app
    app.close()


def run(app, **kwargs):
    task = app.tasks[TASK]
    task.push_request(
        id="job-42-1",
        task=TASK,
        lang="py",
        delivery_info={"exchange": "", "routing_key": "jobs.env.create"},
        is_eager=False,
    )
    try:
        return task.run(**kwargs)
    finally:
        task.pop_request()


def test_both_tasks_are_registered_late_acknowledging(app):
    register_worker_tasks(app, Handlers())
    task = app.tasks[TASK]
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert "domains.environments.delete_environment" in app.tasks


def test_the_contract_lists_its_tasks(app):
    register_worker_tasks(app, Handlers())
    assert set(app.tasks) >= worker.WORKER_TASKS
    assert TASK in worker.WORKER_TASKS


def test_queues_follow_the_topology():
    topology = Topology.default().replace(queues={"jobs.env.create": "mine"})
    create, delete = worker_queues(topology)
    assert (create.name, create.exchange.name, create.exchange.type) == (
        "mine",
        "jobs.direct",
        "direct",
    )
    assert create.routing_key == "jobs.env.create"
    assert create.queue_arguments["x-dead-letter-exchange"] == "jobs.dead"
    assert delete.name == "jobs.env.delete"


def test_a_good_order_reaches_the_handler_typed(app):
    handlers = Handlers()
    register_worker_tasks(app, handlers)
    run(app, payload=ORDER)
    assert handlers.received[0].shortdomain == "shop-42"


@pytest.fixture
def dead_lettered(monkeypatch):
    found = []
    monkeypatch.setattr(
        dead_letter_module, "dead_letter", lambda app, **given: found.append(SimpleNamespace(**given))
    )
    return found


@pytest.mark.parametrize(
    ("kwargs", "rule"),
    [
        ({"payload": {**ORDER, "more": 1}}, "extra_forbidden"),
        ({"payload": {}}, "missing"),
        ({}, "arguments"),
        ({"payload": ORDER, "more": 1}, "arguments"),
    ],
)
def test_a_bad_order_is_put_aside_before_the_handler(app, dead_lettered, kwargs, rule):
    handlers = Handlers()
    register_worker_tasks(app, handlers)
    with pytest.raises(Ignore):
        run(app, **kwargs)
    assert handlers.received == []
    (dead,) = dead_lettered
    assert dead.error.rule == rule
    assert json.loads(dead.body)[1] == kwargs
    assert (dead.dead_exchange, dead.dead_queue, dead.queue) == (
        "jobs.dead",
        "jobs.dead",
        "jobs.env.create",
    )
    assert dead.headers["id"] == "job-42-1"


def test_an_order_that_the_handler_refuses_is_put_aside(app, dead_lettered):
    register_worker_tasks(app, Handlers(ContractError("unknown_job", "/job_id", "No such job")))
    with pytest.raises(Ignore):
        run(app, payload=ORDER)
    assert dead_lettered[0].error.rule == "unknown_job"


def test_other_errors_are_the_workers_own(app, dead_lettered):
    register_worker_tasks(app, Handlers(KeyError("x")))
    with pytest.raises(KeyError):
        run(app, payload=ORDER)
    assert dead_lettered == []


def test_an_order_that_cant_be_put_aside_stays_in_its_queue(app, monkeypatch):
    def fail(app, **given):
        raise OSError("no broker")

    monkeypatch.setattr(dead_letter_module, "dead_letter", fail)
    register_worker_tasks(app, Handlers())
    with pytest.raises(Reject) as caught:
        run(app, payload={})
    assert caught.value.requeue


def test_the_dead_letter_is_published_with_its_reason(app):
    error = ContractError("missing", "/job_id", "Field required")
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        dead_letter_module.dead_letter(
            app, body=b"[]", error=error, exchange="jobs.direct", routing_key="jobs.env.create",
            queue="jobs.env.create", topology=Topology.default(), dead_exchange="jobs.dead",
            dead_queue="jobs.dead", headers={"id": "job-42-1"}, properties={"correlation_id": "c"},
        )  # fmt: skip
        message = channel.basic_get("jobs.dead", no_ack=True)
    assert json.loads(message.headers["x-contract-error"]) == {
        "rule": "missing", "pointer": "/job_id", "detail": "Field required",
    }  # fmt: skip
    assert message.headers["x-original-queue"] == "jobs.env.create"
    assert message.headers["id"] == "job-42-1"
