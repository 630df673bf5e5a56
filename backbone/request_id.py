"""The id of the request that work began with, from the edge through messages to who does it."""

from collections.abc import Mapping
from typing import Any

import structlog

from generated.messaging.message import OutgoingMessage

HEADER = "x-request-id"
_FIELD = "request_id"


def with_request_id(message: OutgoingMessage) -> OutgoingMessage:
    """Have a message carry the id of the request that is being worked on, if there is one."""
    if (request_id := structlog.contextvars.get_contextvars().get(_FIELD)) is not None:
        message.headers[HEADER] = request_id
    return message


def request_fields(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return what of a received message's headers belongs into each log line of its work."""
    request_id = headers.get(HEADER)
    return {_FIELD: request_id} if isinstance(request_id, str) else {}
