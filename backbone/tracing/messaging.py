"""The attributes that every span of a message has, whether it is sent or received.

https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq
"""

from typing import Final

from opentelemetry.util.types import AttributeValue

PUBLISH: Final = ("publish", "send")
PROCESS: Final = ("process", "process")
"""Operations: the name that we give one, and its type in the conventions."""


def messaging_attributes(
    operation: tuple[str, str], exchange: str, routing_key: str
) -> dict[str, AttributeValue]:
    """Return what tells of an operation on a message and where the message goes, or came to."""
    name, kind = operation
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": name,
        "messaging.operation.type": kind,
        "messaging.destination.name": f"{exchange}:{routing_key}",
        "messaging.rabbitmq.destination.routing_key": routing_key,
    }
