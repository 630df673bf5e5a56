"""The written AsyncAPI document, the generated code and FastStream's export say the same."""

import re

import pytest
from faststream.rabbit import RabbitBroker
from faststream.specification import AsyncAPI
from pydantic import TypeAdapter

from agreement.canonical import canonical, differences
from agreement.exported import INSTANCE, LOSSES, Handlers, exports
from agreement.unsaid import UNSAID, without
from contractkit.validators import Validators
from generated.messaging import message as builders
from generated.messaging.gateway import build_gateway_subscriber
from generated.messaging.topology import DEFAULT_TOPOLOGY
from generated.models import event, job, message
from generated.tasks.worker import worker_queues

PARAMETER = re.compile(r"\{[^}]+\}")


def operations(contract, action, app=None):
    return [
        operation
        for operation in contract.messaging.operations
        if operation.action == action and app in (None, operation.app)
    ]


def binding_key(address):
    return PARAMETER.sub("*", address)


class TestExport:
    def test_every_receive_operation_has_its_subscriber(self, contract):
        written = {}
        for operation in operations(contract, "receive", "gateway"):
            exchange, queue = operation.channel.exchange, operation.queue
            written[binding_key(operation.channel.address)] = {
                "action": "receive",
                "exchange": (exchange.name, exchange.type, exchange.durable, exchange.auto_delete),
                "queue": {
                    "name": f"{queue.name}.{INSTANCE}",
                    "durable": queue.durable,
                    "exclusive": queue.exclusive,
                    "autoDelete": queue.auto_delete,
                    "vhost": queue.vhost,
                },
            }
        exported = {}
        for subscriber, export in exports():
            (channel,) = export["channels"].values()
            (operation,) = export["operations"].values()
            assert channel["bindings"]["amqp"]["is"] == "queue"
            assert operation["bindings"]["amqp"]["cc"] == [channel["address"]]
            exchange = subscriber.exchange
            exported[channel["address"]] = {
                "action": operation["action"],
                # Not in the export (see LOSSES): read off the object that declares it.
                "exchange": (
                    exchange.name, exchange.type.value, exchange.durable, exchange.auto_delete,
                ),
                "queue": channel["bindings"]["amqp"]["queue"],
            }  # fmt: skip
        assert differences(written, exported) == []

    def test_the_protocol_and_the_content_type(self, contract):
        (server,) = contract.messaging.servers
        for _, export in exports():
            assert export["defaultContentType"] == contract.messaging.default_content_type
            (exported,) = export["servers"].values()
            assert exported["protocol"] == server.protocol
            assert exported["protocolVersion"] == server.protocol_version

    @pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
    def test_a_known_loss_of_the_exporter_is_still_one(self, loss):
        """When FastStream learns to say it, this fails: take the loss off the list and compare."""
        for _, export in exports():
            assert loss.is_lost(export), f"no longer lost: {loss.reason}"

    def test_subscribers_of_one_queue_still_overwrite_each_other(self):
        """Why `exports` shows one subscriber at a time; when this fails, that is not needed."""
        broker = RabbitBroker("amqp://guest:guest@localhost:5672/")
        build_gateway_subscriber(broker, Handlers(), instance=INSTANCE)
        with pytest.warns(RuntimeWarning, match="same names"):
            AsyncAPI(broker, schema_version="3.0.0").to_specification()


class TestModels:
    def test_every_payload_has_the_model_that_the_contract_says(self, asyncapi):
        compared = set()
        for described in asyncapi["components"]["messages"].values():
            name = described["payload"]["schema"]["$ref"].rpartition("/")[2]
            self.assert_model(asyncapi, name, getattr(event, name, None) or getattr(job, name))
            compared.add(name)
        assert len(compared) == len(asyncapi["components"]["messages"])

    @pytest.mark.parametrize("name", ["EventHeaders", "CeleryHeaders"])
    def test_every_headers_model(self, asyncapi, name):
        self.assert_model(asyncapi, name, getattr(message, name))

    @staticmethod
    def assert_model(asyncapi, name, model):
        written = without(asyncapi["components"]["schemas"][name], UNSAID)
        derived = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
        definitions = {"components": {"schemas": derived.pop("$defs", {})}}
        known = _maps_closed(canonical(without(derived, UNSAID), definitions))
        assert differences(canonical(written, asyncapi), known) == [], name


class TestBuilders:
    """What is sent, message by message: the examples of the contract go through the builders."""

    def test_every_send_operation(self, contract):
        validators = Validators(contract.documents)
        sent = 0
        for operation in operations(contract, "send"):
            for described in operation.messages:
                for example in described.examples:
                    outgoing = self.build(operation, described, example.payload)
                    assert outgoing.exchange == operation.channel.exchange.name
                    assert outgoing.routing_key == self.address(operation, example.payload)
                    assert outgoing.delivery_mode == operation.modes.delivery_mode
                    assert outgoing.mandatory == operation.modes.mandatory
                    assert outgoing.content_type == described.content_type
                    assert outgoing.type == described.name
                    assert validators.errors(described.headers.location, outgoing.headers) == []
                    if operation.celery_task is not None:
                        assert outgoing.headers["task"] == operation.celery_task
                        assert outgoing.correlation_id == outgoing.headers["id"]
                    sent += 1
        assert sent >= len(operations(contract, "send"))

    @staticmethod
    def build(operation, described, payload):
        name = described.payload.reference.rpartition("/")[2]
        model = getattr(event, name, None) or getattr(job, name)
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation.operation_id).lower()
        arguments = {"task_id": "t-1"} if operation.celery_task else {}
        return getattr(builders, snake)(model.model_validate(payload), **arguments)

    @staticmethod
    def address(operation, payload):
        address = operation.channel.address
        for parameter in operation.channel.parameters:
            member = parameter.source.rpartition("/")[2]
            address = address.replace("{" + parameter.name + "}", str(payload[member]))
        return address


class TestTopology:
    def test_the_generated_topology_is_the_contract_s(self, contract):
        exchanges, queues, bindings = topology(contract)
        assert {
            name: (one.type, one.durable, one.auto_delete)
            for name, one in DEFAULT_TOPOLOGY.exchanges.items()
        } == exchanges
        assert {
            name: (one.durable, one.exclusive, one.auto_delete, dict(one.arguments))
            for name, one in DEFAULT_TOPOLOGY.queues.items()
        } == queues
        assert {
            (one.exchange, one.queue, one.routing_key) for one in DEFAULT_TOPOLOGY.bindings
        } == bindings

    def test_celery_s_queues_are_the_contract_s(self, contract):
        _, queues, bindings = topology(contract)
        made = worker_queues()
        assert {
            queue.name: (queue.durable, queue.exclusive, queue.auto_delete, queue.queue_arguments)
            for queue in made
        } == {
            operation.channel.queue.name: queues[operation.channel.queue.name]
            for operation in operations(contract, "receive", "worker")
        }
        assert {(queue.exchange.name, queue.name, queue.routing_key) for queue in made} <= bindings


def topology(contract):
    """Exchanges, queues and bindings as the document describes them."""
    exchanges, queues, bindings = {}, {}, set()
    for operation in operations(contract, "receive"):
        channel = operation.channel
        exchange, queue = channel.exchange, operation.queue or channel.queue
        exchanges[exchange.name] = (exchange.type, exchange.durable, exchange.auto_delete)
        queues[queue.name] = (
            queue.durable, queue.exclusive, queue.auto_delete, dict(queue.arguments),
        )  # fmt: skip
        bindings.add((exchange.name, queue.name, binding_key(channel.address)))
        dead = channel.dead_letter
        exchanges[dead.exchange.name] = (
            dead.exchange.type, dead.exchange.durable, dead.exchange.auto_delete,
        )  # fmt: skip
        queues[dead.queue.name] = (dead.queue.durable, False, False, dict(dead.queue.arguments))
        bindings.add((dead.exchange.name, dead.queue.name, dead.routing_key))
    return exchanges, queues, bindings


def _maps_closed(schema):
    """pydantic writes names of a map as patternProperties (see `derived.LOSSES`)."""
    if isinstance(schema, list):
        return [_maps_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _maps_closed(value) for key, value in schema.items()}
    if "patternProperties" in schema and "additionalProperties" not in schema:
        ((pattern, member),) = schema.pop("patternProperties").items()
        schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": member}
    return schema
