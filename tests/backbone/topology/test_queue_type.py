"""Quorum queues are a setting; a classic queue is declared as it always was."""

from backbone.settings import load_settings
from generated.messaging.topology import Topology


def test_classic_queues_say_nothing_of_their_type() -> None:
    assert load_settings({}).topology().queues == Topology.default().queues


def test_quorum_queues_are_those_that_are_durable_and_shared() -> None:
    settings = load_settings({"RABBITMQ_QUEUE_TYPE": "quorum", "RABBITMQ_DELIVERY_LIMIT": "7"})
    topology = settings.topology()
    for name in ("jobs.env.create", "jobs.env.delete", "jobs.dead", "events.dead"):
        arguments = topology.queue(name).arguments
        assert (arguments["x-queue-type"], arguments["x-delivery-limit"]) == ("quorum", 7)
    assert "x-queue-type" not in topology.queue("events.sse").arguments
    create = topology.queue("jobs.env.create").arguments
    assert create["x-dead-letter-exchange"] == "jobs.dead"


def test_every_queue_of_the_contract_can_have_another_name() -> None:
    names = {
        "RABBITMQ_JOBS_QUEUE": "jobs.env.create",
        "RABBITMQ_JOBS_DELETE_QUEUE": "jobs.env.delete",
        "RABBITMQ_JOBS_DEAD_QUEUE": "jobs.dead",
        "RABBITMQ_EVENTS_DEAD_QUEUE": "events.dead",
        "RABBITMQ_EVENTS_QUEUE": "events.sse",
    }
    topology = load_settings({name: name.lower() for name in names}).topology()
    assert names.keys() == {queue.name.upper() for queue in topology.queues.values()}
    for setting, queue in names.items():
        assert topology.queue(queue).name == setting.lower()
