"""Dead letters: the copy of a dropped message, with the `x-death` history that RabbitMQ writes."""

import time
from datetime import UTC, datetime
from typing import Any

from slipway.amqp import properties
from slipway.amqp.message import Message

_DEATH = "x-death"


def letter(
    message: Message, queue: str, reason: str, exchange: str, routing_key: str | None
) -> Message:
    """Return the message to publish to the dead-letter exchange.

    `reason` is rejected, expired, maxlen or delivery_limit. The newest death stands first; a death
    in the same queue for the same reason raises its `count` (kept as a signed 64-bit integer).
    The `expiration` property is removed so that the copy does not expire again, and kept in the
    history as `original-expiration`.
    """
    headers = message.headers()
    deaths = _deaths(headers)
    own = next((d for d in deaths if (d.get("queue"), d.get("reason")) == (queue, reason)), None)
    if own is None:
        own = {
            "reason": reason,
            "queue": queue,
            "time": datetime.fromtimestamp(int(time.time()), UTC),
            "exchange": message.exchange,
            "routing-keys": [message.routing_key],
            "count": 0,
        }
        expiration = message.text(properties.EXPIRATION)
        if expiration is not None:
            own["original-expiration"] = expiration
        deaths.insert(0, own)
    else:
        deaths.remove(own)
        deaths.insert(0, own)
    count = own.get("count")  # a client may have sent anything under this name
    own["count"] = (count if isinstance(count, int) else 0) + 1
    changes: dict[str, Any] = {_DEATH: deaths}
    if _DEATH not in headers:
        changes |= {
            "x-first-death-reason": reason,
            "x-first-death-queue": queue,
            "x-first-death-exchange": message.exchange,
        }
    raw = message.header[12:]
    table = properties.patched_headers(raw, changes)
    header = message.header[:12] + properties.replace(
        raw, {properties.HEADERS: table, properties.EXPIRATION: None}
    )
    key = message.routing_key if routing_key is None else routing_key
    return Message(exchange, key, header, message.body)


def goes_in_circles(dead: Message, queue: str) -> bool:
    """Return whether this letter was in that queue before and no consumer rejected it since.

    Such a message would circulate for ever without anyone having seen it; it is dropped.
    """
    for death in _deaths(dead.headers()):
        if death.get("reason") == "rejected":
            return False
        if death.get("queue") == queue:
            return True
    return False


def _deaths(headers: dict[str, Any]) -> list[dict[str, Any]]:
    found = headers.get(_DEATH)
    return (
        [dict(death) for death in found if isinstance(death, dict)]
        if isinstance(found, list)
        else []
    )
