"""The `x-` arguments of a queue: read and checked at declaration, compared at redeclaration.

Refuses values that RabbitMQ refuses, with 406 PRECONDITION_FAILED and the argument's name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slipway.amqp.errors import PRECONDITION_FAILED, ChannelError

_COMPARED = (
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-delivery-limit",
    "x-expires",
    "x-max-length",
    "x-max-length-bytes",
    "x-message-ttl",
    "x-overflow",
    "x-queue-type",
    "x-single-active-consumer",
)
_NUMBERS = {
    "x-delivery-limit": 0,
    "x-expires": 1,
    "x-max-length": 0,
    "x-max-length-bytes": 0,
    "x-message-ttl": 0,
}
_OVERFLOWS = ("drop-head", "reject-publish", "reject-publish-dlx")
_TYPES = ("classic", "quorum")


@dataclass(frozen=True, slots=True)
class QueueArguments:
    """Times in milliseconds, lengths in messages or body bytes; None means not limited."""

    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None
    delivery_limit: int | None = None
    expires: int | None = None
    max_length: int | None = None
    max_bytes: int | None = None
    message_ttl: int | None = None
    overflow: str = "drop-head"
    single_active: bool = False
    quorum: bool = False

    @classmethod
    def parse(cls, queue: str, table: Mapping[str, Any]) -> "QueueArguments":
        """Read the arguments of the queue's declaration; raises ChannelError 406."""

        def invalid(name: str, why: str) -> ChannelError:
            return ChannelError(
                PRECONDITION_FAILED, f"invalid arg '{name}' for queue '{queue}': {why}"
            )

        def text(name: str, allowed: tuple[str, ...] | None = None) -> str | None:
            value = table.get(name)
            if value is not None and (
                not isinstance(value, str) or (allowed is not None and value not in allowed)
            ):
                raise invalid(name, f"expected {' | '.join(allowed) if allowed else 'a string'}")
            return value

        for name, least in _NUMBERS.items():
            value = table.get(name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int) or value < least
            ):
                raise invalid(name, f"expected an integer of at least {least}")
        exchange = text("x-dead-letter-exchange")
        routing_key = text("x-dead-letter-routing-key")
        if routing_key is not None and exchange is None:
            raise invalid("x-dead-letter-routing-key", "needs x-dead-letter-exchange")
        return cls(
            dead_letter_exchange=exchange,
            dead_letter_routing_key=routing_key,
            delivery_limit=table.get("x-delivery-limit"),
            expires=table.get("x-expires"),
            max_length=table.get("x-max-length"),
            max_bytes=table.get("x-max-length-bytes"),
            message_ttl=table.get("x-message-ttl"),
            overflow=text("x-overflow", _OVERFLOWS) or "drop-head",
            single_active=table.get("x-single-active-consumer") is True,
            quorum=text("x-queue-type", _TYPES) == "quorum",
        )


def compared(
    current: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    """Yield the arguments that a redeclaration must repeat: name, current value, wanted value."""
    for name in _COMPARED:
        default = "classic" if name == "x-queue-type" else None
        yield name, current.get(name, default), wanted.get(name, default)
