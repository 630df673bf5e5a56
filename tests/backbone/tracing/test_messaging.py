"""The attributes that sending and receiving a message have in common."""

from backbone.tracing.messaging import PROCESS, PUBLISH, messaging_attributes


def test_the_operation_and_the_place_are_told():
    assert messaging_attributes(PUBLISH, "jobs.direct", "jobs.env.create") == {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": "jobs.direct:jobs.env.create",
        "messaging.rabbitmq.destination.routing_key": "jobs.env.create",
    }
    assert messaging_attributes(PROCESS, "", "q")["messaging.operation.type"] == "process"
