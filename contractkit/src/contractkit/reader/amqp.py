"""Reads exchanges, queues and delivery modes from AMQP bindings (0.2.0, 0.3.0) and `x-` members."""

from typing import Literal

from contractkit.model.messaging import DeadLetter, DeliveryModes, Exchange, Queue
from contractkit.reader.fields import Fields

EXCHANGE_TYPES = ("direct", "topic", "fanout", "headers", "default")


def read_exchange(fields: Fields) -> Exchange:
    """Return an exchange; by default it is a durable `topic` exchange."""
    name = fields.text("name")
    kind = fields.text("type", "topic" if name else "default")
    if kind not in EXCHANGE_TYPES:
        raise fields.error(
            "type",
            f"{kind!r} is not a type of an exchange.",
            f"Write one of {', '.join(EXCHANGE_TYPES)}.",
        )
    return Exchange(
        name=name,
        type="direct" if kind == "default" else kind,
        durable=fields.flag("durable", default=True),
        auto_delete=fields.flag("autoDelete"),
        vhost=fields.text("vhost", "/"),
    )


def read_queue(fields: Fields, name: str = "", *, more: Fields | None = None) -> Queue:
    """Return a queue; by default it is durable. `more` are further arguments."""
    arguments = fields.object("arguments")
    return Queue(
        name=fields.text("name") or name,
        durable=fields.flag("durable", default=True),
        exclusive=fields.flag("exclusive"),
        auto_delete=fields.flag("autoDelete"),
        per_instance=fields.flag("perInstance"),
        vhost=fields.text("vhost", "/"),
        arguments={**(arguments.raw if arguments else {}), **(more.raw if more else {})},
    )


def read_channel_binding(
    fields: Fields, address: str | None
) -> tuple[Exchange | None, Queue | None]:
    """Return the exchange and the queue that a channel's binding and extensions name.

    The default exchange has no name and the names of queues as its keys, so it is a queue. An
    exchange that has a type only is returned without a name.
    """
    binding = fields.object("bindings", "amqp")
    extension = fields.object("x-exchange")
    if binding is None:
        return (None if extension is None else read_exchange(extension)), None
    kind = binding.text("is", "routingKey")
    if kind not in {"queue", "routingKey"}:
        raise binding.error("is", f"{kind!r} is neither.", "Write `queue` or `routingKey`.")
    written = extension or binding.object("exchange")
    exchange = None if written is None else read_exchange(written)
    default = exchange is not None and not exchange.name and exchange.type == "direct"
    if default:
        exchange = None
    queue: Queue | None = None
    if kind == "queue" or default:
        described = binding.object("queue") or binding
        queue = read_queue(described, address or "", more=fields.object("x-amqp-arguments"))
    return exchange, queue


def read_own_queue(channel: Fields) -> Queue | None:
    """Return the queue that a binding describes beside a routing key, as FastStream exports it.

    Only who receives has it.
    """
    binding = channel.object("bindings", "amqp")
    described = None if binding is None else binding.object("queue")
    if binding is None or described is None or binding.text("is", "routingKey") != "routingKey":
        return None
    return read_queue(described) if described.text("name") else None


def read_dead_letter(fields: Fields) -> DeadLetter | Literal[False] | None:
    """Return the `x-dead-letter` of a channel; False when it is `false`, None without."""
    if fields.raw.get("x-dead-letter") is False:
        return False
    extension = fields.object("x-dead-letter")
    if extension is None:
        return None
    exchange, queue = extension.object("exchange"), extension.object("queue")
    if exchange is None or queue is None:
        raise fields.error(
            "x-dead-letter", "It names no exchange or no queue.", "Write both, with their names."
        )
    return DeadLetter(read_exchange(exchange), read_queue(queue), extension.text("routingKey", "#"))


def read_modes(fields: Fields) -> DeliveryModes:
    """Return the delivery properties of an operation's AMQP binding."""
    binding = fields.object("bindings", "amqp")
    if binding is None:
        return DeliveryModes()
    return DeliveryModes(
        delivery_mode=_number(binding, "deliveryMode", range(1, 3)),
        mandatory=binding.flag("mandatory") if "mandatory" in binding.raw else None,
        ack=binding.flag("ack") if "ack" in binding.raw else None,
        priority=_number(binding, "priority", range(256)),
        expiration=_number(binding, "expiration", range(2**32)),
        cc=_keys(binding, "cc"),
        bcc=_keys(binding, "bcc"),
        unread=tuple(
            key
            for key in ("userId", "replyTo", "timestamp")
            if binding.raw.get(key) not in (None, False, "")
        ),
    )


def _keys(fields: Fields, key: str) -> tuple[str, ...]:
    """Return routing keys; FastStream writes a single one as text (AsyncAPI 2.6)."""
    value = fields.raw.get(key)
    return (value,) if isinstance(value, str) else fields.texts(key)


def _number(fields: Fields, key: str, allowed: range) -> int | None:
    value = fields.raw.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise fields.error(key, f"{value!r} is not an integer.", "Write a number.")
    if value not in allowed:
        mend = f"Write a number from {allowed.start} to {allowed.stop - 1}."
        raise fields.error(key, f"{value} is no {key} of AMQP.", mend)
    return value
