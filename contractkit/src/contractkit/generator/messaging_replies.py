"""Which replies have code: where they are sent, and that they can be what they have to be."""

from contractkit.errors import UnsupportedError
from contractkit.generator.broker_objects import BrokerObjects
from contractkit.generator.message_types import header_types, require_types
from contractkit.generator.messaging_headers import carries_version
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.messaging import MessagingOperation, Reply
from contractkit.naming import snake

_VERSION = {"x-contract-version": ""}


def require_reply(
    operation: MessagingOperation, reply: Reply, modules: SchemaModules, objects: BrokerObjects
) -> None:
    """Raise UnsupportedError for a reply that has no code."""
    require_types(operation, reply.messages, modules)
    header_types(reply.messages, modules)
    if reply.address is not None:
        _require_reply_to(operation, reply.address, reply)
    elif operation.action == "send":
        raise UnsupportedError(
            reply.location,
            f"{operation.operation_id} waits for an answer on a channel shared with others.",
            "Give the reply an address (`$message.header#/replyTo`), or receive the answers "
            "with an operation of their own.",
        )
    elif reply.channel is not None and set(objects.routing_key(reply.channel)) & set("{*#"):
        raise UnsupportedError(
            reply.location,
            f"{operation.operation_id} answers to an address that is known only at run time.",
            "Give the reply an address (`$message.header#/replyTo`), or its channel one without "
            "parameters.",
        )
    if operation.action == "receive":
        _require_plain_headers(operation, reply, modules)


def tell_correlation(operation: MessagingOperation, omissions: Omissions) -> None:
    """Tell of a correlation id that is elsewhere than in AMQP's property, by which answers match.

    What is in a payload is the business of the handler that answers.
    """
    if operation.reply is None:
        return
    for message in (*operation.messages, *operation.reply.messages):
        place = message.correlation_id or ""
        in_payload = place.startswith("$message.payload") and operation.action == "receive"
        if place and not in_payload and snake(place.rpartition("/")[2]) != "correlation_id":
            omissions.add(
                f"the correlation id of {operation.operation_id}",
                UnsupportedError(
                    message.location,
                    f"{message.name!r} has its correlation id at {place}; answers are matched by "
                    "AMQP's property correlation-id alone.",
                    "Write `$message.header#/correlationId`, which stands for the property.",
                ),
            )


def _require_reply_to(operation: MessagingOperation, address: str, reply: Reply) -> None:
    name = address.rpartition("/")[2]
    if not address.startswith("$message.header#") or snake(name) != "reply_to":
        raise UnsupportedError(
            reply.location,
            f"The reply address {address!r} of {operation.operation_id} is not AMQP's reply-to.",
            "Write `$message.header#/replyTo`, which stands for the property reply-to.",
        )


def _require_plain_headers(
    operation: MessagingOperation, reply: Reply, modules: SchemaModules
) -> None:
    """Raise UnsupportedError when an answer needs headers: only the version is sent with it."""
    for message in reply.messages:
        if message.headers is None:
            continue
        sent = _VERSION if carries_version(message.headers, modules) else {}
        if not modules.passes(sent, message.headers.location):
            raise UnsupportedError(
                message.location,
                f"The answer {message.name!r} of {operation.operation_id} needs headers.",
                "Require none of its headers: answers are sent with the contract's version alone.",
            )
