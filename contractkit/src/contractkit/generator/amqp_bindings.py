"""What AMQP bindings say that has no code: refused, or told where the rest works."""

from contractkit.errors import UnsupportedError
from contractkit.generator.broker_objects import BrokerObjects
from contractkit.generator.omissions import Omissions
from contractkit.model.messaging import MessagingOperation


def tell_unbound(
    operation: MessagingOperation, objects: BrokerObjects, omissions: Omissions
) -> None:
    """Say that a queue stays without a binding, as nothing describes the exchange that it names."""
    exchange = objects.undescribed_exchange(operation.channel)
    if operation.action == "receive" and exchange is not None:
        error = UnsupportedError(
            operation.channel.location,
            f"The channel's key names the exchange {exchange!r}, and nothing says its type.",
            "Write `x-exchange` with name and type into the channel.",
        )
        omissions.add(f"the binding of the queue of {operation.operation_id}", error)


def refuse_bindings(operation: MessagingOperation) -> None:
    """Raise UnsupportedError for what an operation's binding says and no code does."""
    variable = "{" if operation.action == "receive" else "{*#"
    for key in (*operation.modes.cc, *operation.modes.bcc):
        if set(key) & set(variable):
            raise UnsupportedError(
                operation.location,
                f"The routing key {key!r} of {operation.operation_id} is no fixed one.",
                "Write keys without parameters; a key to send to has neither `*` nor `#`.",
            )
    if operation.modes.unread and operation.action == "send":
        names = ", ".join(operation.modes.unread)
        raise UnsupportedError(
            operation.location,
            f"The AMQP binding of {operation.operation_id} says {names}, which has no code.",
            "Set these properties where you publish, and leave them out of the binding.",
        )
