"""What FastStream exports of the gateway's subscribers, and what it is known to lose, loss by loss.

Each loss is a question to the export; one that is answered otherwise fails its test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faststream.rabbit import RabbitBroker
from faststream.specification import AsyncAPI

from generated.messaging.gateway import build_gateway_subscriber

INSTANCE = "agreement"
Export = dict[str, Any]


class Handlers:
    """Takes everything; only the subscribers around it matter."""

    async def receive_job_status(self, payload, delivery):
        return None

    async def receive_auth_event(self, payload, delivery):
        return None


class OneSubscriber(RabbitBroker):
    """Shows the exporter only one of its subscribers, because those of one queue share a title."""

    shown: Any = None

    @property
    def subscribers(self) -> list[Any]:
        return [self.shown]


def exports(build=build_gateway_subscriber) -> list[tuple[Any, Export]]:
    """Each subscriber that `build` makes, with an AsyncAPI document of it alone."""
    found = []
    broker = OneSubscriber("amqp://guest:guest@localhost:5672/")
    for subscriber in build(broker, Handlers(), instance=INSTANCE):
        broker.shown = subscriber
        found.append((subscriber, _document(broker)))
    return found


def _document(broker: RabbitBroker) -> Export:
    return AsyncAPI(broker, schema_version="3.0.0").to_specification().to_jsonable()


@dataclass(frozen=True, slots=True)
class ExportLoss:
    """Something that the export does not tell; `is_lost` looks at one export."""

    name: str
    reason: str
    is_lost: Callable[[Export], bool]


def _channel(export: Export) -> dict[str, Any]:
    (channel,) = export["channels"].values()
    return channel


def _operation(export: Export) -> dict[str, Any]:
    (operation,) = export["operations"].values()
    return operation


LOSSES = (
    ExportLoss(
        "payload",
        "the handler takes the raw message, so that each is parsed once, by the contract",
        lambda export: list(export["components"]["schemas"]) == ["EmptyPayload"],
    ),
    ExportLoss(
        "exchange",
        "the binding of a subscriber says `is: queue` and nothing of its exchange",
        lambda export: "exchange" not in _channel(export)["bindings"]["amqp"],
    ),
    ExportLoss(
        "parameters",
        "addresses are binding keys; the parameters behind `*` are not exported",
        lambda export: not _channel(export).get("parameters"),
    ),
    ExportLoss(
        "acknowledgement",
        "ACK_FIRST lets the broker forget on delivery, which the export calls `ack: true`",
        lambda export: _operation(export)["bindings"]["amqp"]["ack"] is True,
    ),
    ExportLoss(
        "operation-ids",
        "the title of the subscriber stands where the contract has an operation id",
        lambda export: next(iter(export["operations"])).endswith("Subscribe"),
    ),
    ExportLoss(
        "headers",
        "headers models are not exported",
        lambda export: all(
            "headers" not in message for message in export["components"]["messages"].values()
        ),
    ),
)
