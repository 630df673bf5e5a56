"""The messages of a channel that an operation leaves alone, and how they are told."""

from collections.abc import Sequence
from dataclasses import dataclass

from contractkit.generator.messaging_headers import constant_of
from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.messaging import MessagingOperation


@dataclass(frozen=True, slots=True)
class OtherMessages:
    """Their types, and the property with the constants that tell them where no type does."""

    names: Sequence[str]
    tag: str | None
    values: Sequence[str]


def other_messages(operation: MessagingOperation, modules: SchemaModules) -> OtherMessages:
    """Return how the channel's messages look that the operation does not take."""
    messages = operation.channel.messages
    others = [message for message in messages if message not in operation.messages]
    known = [message.payload for message in messages if message.payload]
    tag = modules.common_tag(known) if others and len(known) > 1 else None
    values = [
        str(constant_of(message.payload, tag, modules))
        for message in others
        if message.payload and tag
    ]
    own = {message.type for message in operation.messages}
    names = dict.fromkeys(message.type for message in others if message.type not in own)
    return OtherMessages(list(names), tag, values)
