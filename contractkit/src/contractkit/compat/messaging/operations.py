"""Operations of a messaging contract: A06 to A08, A16, A26, A29 and A30."""

from collections.abc import Sequence
from typing import Any

from contractkit.compat.lifecycle import removal
from contractkit.compat.messaging.messages import MessageSets, compare_messages
from contractkit.compat.messaging.revision import Sides, carrier_of, role_of
from contractkit.compat.messaging.servers import compare_credentials
from contractkit.compat.messaging.topology import compare_bindings, compare_queues
from contractkit.compat.pairing import paired
from contractkit.compat.schema.local import shown
from contractkit.compat.use import Use
from contractkit.documents import Node, at
from contractkit.model.messaging import MessagingOperation

OPERATION_BINDING = frozenset(
    {
        "ack",
        "bcc",
        "bindingVersion",
        "cc",
        "deliveryMode",
        "expiration",
        "mandatory",
        "priority",
        "replyTo",
        "timestamp",
        "userId",
    }
)
PERSISTENT = 2
"""AMQP's delivery-mode of persistent messages, which survive a restart of the broker."""

CELERY_TASK = ("x-celery-task", "x-celery-queue", "x-celery-serializer", "x-celery-protocol")
CELERY_EXECUTION = (
    "x-celery-acks-late",
    "x-celery-max-retries",
    "x-celery-retry",
    "x-celery-soft-time-limit",
    "x-celery-time-limit",
)
CELERY_SCHEMAS = {"x-celery-args": False, "x-celery-kwargs": False, "x-celery-result": True}
"""Schemas in extensions, and whether they travel opposite to the operation's action."""

_KNOWN = frozenset(
    {"action", "bindings", "channel", "messages", "reply", "security", "traits", "x-app", "x-queue"}
    | {*CELERY_TASK, *CELERY_EXECUTION, *CELERY_SCHEMAS}
)


def compare_operations(sides: Sides, channels: dict[str, str]) -> None:
    """Compare by key, then by action and channel. `channels` maps old channel keys to new ones."""
    found = paired(
        sides.old.operations,
        sides.new.operations,
        lambda a, b: a.operation_id == b.operation_id,
        lambda a, b: _signature(a, channels.get(a.channel.key)) == _signature(b, b.channel.key),
    )
    for before in found.gone:
        rule = f"messaging-operation-removed{removal(before, sides.calendar)}"
        message = f"the operation {before.operation_id} is gone"
        sides.say(rule, message, (before.location, None), _plain(before))
    for after in found.new:
        message = f"the operation {after.operation_id} is new"
        sides.say("messaging-operation-added", message, (None, after.location), _plain(after))
    for before, after in found.pairs:
        _pair(sides, before, after, channels)


def _security(operation: Node) -> list[Any]:
    """Return the security schemes of an operation, or of the first trait that has some."""
    traits = (operation.get("traits") or operation).elements()
    for owner in (operation, *(trait.followed() for trait in traits)):
        schemes = owner.get("security")
        if schemes is not None:
            return [scheme.followed().value for scheme in schemes.elements()]
    return []


def _signature(operation: MessagingOperation, channel: str | None) -> tuple[object, ...]:
    return operation.action, channel, operation.app, operation.celery_task


def _plain(operation: MessagingOperation) -> Use:
    return Use(operation.operation_id, "", None, operation.channel.key)


def _pair(
    sides: Sides, old: MessagingOperation, new: MessagingOperation, channels: dict[str, str]
) -> None:
    places, plain = (old.location, new.location), _plain(new)
    name = f"the operation {new.operation_id}"
    if old.operation_id != new.operation_id:
        message = f"the operation {old.operation_id} is called {new.operation_id}"
        sides.say("messaging-operation-renamed", message, places, plain)
    if old.action != new.action:
        message = f"{name}: {old.action} became {new.action}"
        sides.say("action-flipped", message, places, plain)
    moved = channels.get(old.channel.key) != new.channel.key
    if moved and old.channel.address != new.channel.address:
        message = f"{name}: {old.channel.address} became {new.channel.address}"
        sides.say("operation-retargeted", message, places, plain)
    use = Use(new.operation_id, carrier_of(new.channel), role_of(new), new.channel.key)
    tolerant = bool(old.channel.extensions.get("x-tolerant-consumers"))
    compare_messages(sides, MessageSets(old.messages, new.messages, use, places, tolerant))
    _reply(sides, old, new, use)
    _delivery(sides, old, new, plain)
    _celery(sides, old, new, use)
    queue_places = sides.places(*places, "x-queue")
    compare_queues(sides, old.queue, new.queue, queue_places, (plain,))
    sides.lifecycle(old, new, plain, name)
    nodes = [
        at(documents, location)
        for documents, location in zip(sides.collector.revisions, places, strict=True)
    ]
    before, after = map(_security, nodes)
    compare_credentials(sides, before, after, places, uses=(plain,), name=name)
    sides.leftovers(old, new, plain, name, known=_KNOWN)


def _reply(sides: Sides, old: MessagingOperation, new: MessagingOperation, use: Use) -> None:
    before, after = old.reply, new.reply
    plain = _plain(new)
    if before is None or after is None:
        places = sides.places(old.location, new.location, "reply")
        if before is not None:
            sides.say("reply-removed", f"{new.operation_id} has no reply", places, plain)
        elif after is not None:
            sides.say("reply-added", f"{new.operation_id} has a reply", places, plain)
        return
    both = (before.location, after.location)
    addresses = [reply.channel.address if reply.channel else None for reply in (before, after)]
    if addresses[0] != addresses[1] or before.address != after.address:
        was = addresses[0] or before.address
        now = addresses[1] or after.address
        message = f"the reply to {new.operation_id} goes to {now} instead of {was}"
        sides.say("reply-moved", message, both, plain)
    role = use.role.reverse if use.role else None
    reply_use = Use(use.operation, "reply", role, use.channel)
    compare_messages(sides, MessageSets(before.messages, after.messages, reply_use, both))


def _delivery(sides: Sides, old: MessagingOperation, new: MessagingOperation, use: Use) -> None:
    """Compare the AMQP delivery properties: rules A26 and A28."""
    compare_bindings(sides, old, new, OPERATION_BINDING, (use,))
    places = sides.places(old.location, new.location, "bindings", "amqp")
    both: list[dict[str, Any]] = []
    for side, operation in enumerate((old, new)):
        node = sides.node(side, operation.location, "bindings", operation.bindings).dig("amqp")
        both.append(node.value if node is not None else {})
    for key in sorted(OPERATION_BINDING):
        was, now = both[0].get(key), both[1].get(key)
        if _unordered(was) != _unordered(now):
            message = f"{new.operation_id}: {key} {shown(was)} became {shown(now)}"
            sides.say(_delivery_rule(key, was, now), message, places, use, token=key)


def _unordered(value: Any) -> Any:
    """Return a value for comparison; copies go to the same keys in any order."""
    return sorted(map(str, value)) if isinstance(value, list) else value


def _delivery_rule(key: str, was: Any, now: Any) -> str:
    lowered = now is not None and (was is None or (key == "expiration" and now < was))
    rules = {
        "deliveryMode": ("delivery-made-transient", "delivery-made-persistent")[now == PERSISTENT],
        "ack": "acknowledgement-added" if now else "acknowledgement-dropped",
        "mandatory": "mandatory-added" if now else "mandatory-dropped",
        "expiration": "expiration-lowered" if lowered else "expiration-raised",
        "bindingVersion": "binding-version-changed",
        "priority": "delivery-order-changed",
        "timestamp": "delivery-order-changed",
    }
    return rules.get(key, "delivery-routing-changed")


def _celery(sides: Sides, old: MessagingOperation, new: MessagingOperation, use: Use) -> None:
    """Compare the Celery members: rules A29 and A30."""
    before, after, plain = old.extensions, new.extensions, _plain(new)
    groups: Sequence[tuple[Sequence[str], str]] = (
        (CELERY_TASK, "celery-task-changed"),
        (CELERY_EXECUTION, "celery-execution-changed"),
    )
    for keys, rule in groups:
        for key in keys:
            if before.get(key) != after.get(key):
                places = sides.places(old.location, new.location, key)
                was, now = shown(before.get(key, "unset")), shown(after.get(key, "unset"))
                message = f"{new.operation_id}: {key} {was} became {now}"
                sides.say(rule, message, places, plain, token=key)
    for key, reversed_role in CELERY_SCHEMAS.items():
        if key in before or key in after:
            nodes = [
                sides.node(side, operation.location, key, operation.extensions.get(key, True))
                for side, operation in enumerate((old, new))
            ]
            role = use.role.reverse if reversed_role and use.role else use.role
            schema_use = Use(use.operation, "job", role, use.channel)
            sides.collector.nodes(nodes[0], nodes[1], schema_use)
