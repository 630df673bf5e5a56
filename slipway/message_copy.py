"""A received message as one to send: all its properties and the untouched body."""

from collections.abc import Mapping
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage


def copy_of(
    message: AbstractIncomingMessage, headers: Mapping[str, Any] | None = None
) -> aio_pika.Message:
    """Copy the message, with other headers if given.

    `user_id` is left out: a broker takes it from the user alone that is named there.
    """
    return aio_pika.Message(
        message.body,
        headers=dict(message.headers if headers is None else headers),
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        delivery_mode=message.delivery_mode,
        priority=message.priority,
        correlation_id=message.correlation_id,
        reply_to=message.reply_to,
        expiration=message.expiration,
        message_id=message.message_id,
        timestamp=message.timestamp,
        type=message.type,
        app_id=message.app_id,
    )
