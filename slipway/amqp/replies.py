"""Direct reply-to: answers go straight to the requester's channel, without a queue.

The pseudo-queue `amq.rabbitmq.reply-to` is consumed without acknowledgement; a request's
`reply-to` property is rewritten to an address that only this broker can have handed out.
"""

import secrets
from typing import Final, Protocol

from slipway.amqp import properties, wire
from slipway.amqp.errors import PRECONDITION_FAILED, ChannelError
from slipway.amqp.message import Message

PSEUDO_QUEUE: Final = "amq.rabbitmq.reply-to"
_PREFIX = PSEUDO_QUEUE + "."


class Requester(Protocol):
    """A channel that waits for replies."""

    reply_address: str | None

    def deliver_reply(self, message: Message) -> bool:
        """Send a reply to the client; False if it does not read."""


def is_reply_address(name: str) -> bool:
    """Return whether a queue name is the pseudo-queue or an address under it."""
    return name == PSEUDO_QUEUE or name.startswith(_PREFIX)


class Replies:
    """The reply addresses of all channels of a broker."""

    def __init__(self) -> None:
        self._requesters: dict[str, Requester] = {}

    def open(self, requester: Requester) -> None:
        """Give a channel its address; a channel can have only one (406)."""
        if requester.reply_address is not None:
            raise ChannelError(PRECONDITION_FAILED, "reply consumer already set")
        requester.reply_address = _PREFIX + secrets.token_urlsafe(24)
        self._requesters[requester.reply_address] = requester

    def close(self, requester: Requester) -> None:
        """Take the address away."""
        if requester.reply_address is not None:
            self._requesters.pop(requester.reply_address, None)
            requester.reply_address = None

    def knows(self, address: str) -> bool:
        """Return whether someone waits at this address (the bare pseudo-queue always exists)."""
        return address == PSEUDO_QUEUE or address in self._requesters

    def deliver(self, message: Message) -> bool:
        """Hand a reply over; False if nobody waits at its routing key."""
        requester = self._requesters.get(message.routing_key)
        return requester is not None and requester.deliver_reply(message)

    @staticmethod
    def addressed(message: Message, requester: Requester) -> Message:
        """Return the request with the requester's address in `reply-to`, not the pseudo-queue."""
        if message.text(properties.REPLY_TO) != PSEUDO_QUEUE:
            return message
        if requester.reply_address is None:
            raise ChannelError(PRECONDITION_FAILED, "fast reply consumer does not exist")
        address = wire.short_string(requester.reply_address)
        header = message.header[:12] + properties.replace(
            message.header[12:], {properties.REPLY_TO: address}
        )
        return Message(message.exchange, message.routing_key, header, message.body)
