"""Exchanges, queues, arguments and dead letters of a channel or an operation: A20 to A25, A28."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from contractkit.compat.leftover import without_words
from contractkit.compat.messaging.revision import Sides
from contractkit.compat.schema.local import shown
from contractkit.compat.unclassified import EXTENSION, UNCLASSIFIED
from contractkit.compat.use import Use
from contractkit.location import Location
from contractkit.model.messaging import Channel, Exchange, Queue

Places = tuple[Location, Location]

EXCHANGE_FACTS = {
    "name": "exchange-changed",
    "type": "exchange-changed",
    "vhost": "exchange-changed",
    "durable": "declaration-changed",
    "auto_delete": "declaration-changed",
}
QUEUE_FACTS = {
    "name": "queue-renamed",
    "vhost": "queue-renamed",
    "durable": "declaration-changed",
    "exclusive": "declaration-changed",
    "auto_delete": "declaration-changed",
    "per_instance": "queue-renamed",
}
"""The rule for each member of the model. Arguments have a rule of their own."""

CHANNEL_BINDING = frozenset({"is", "exchange", "queue", "bindingVersion"})
_EXCHANGE = frozenset({"name", "type", "durable", "autoDelete", "vhost"})
_QUEUE = frozenset({"name", "durable", "exclusive", "autoDelete", "vhost"})


def compare_channel_topology(sides: Sides, old: Channel, new: Channel, uses: Sequence[Use]) -> None:
    """Compare the exchange, queue and dead letters of a channel."""
    places = sides.places(old.location, new.location, "bindings", "amqp")
    compare_bindings(sides, old, new, CHANNEL_BINDING, uses)
    nested = [_binding(sides, side, channel) for side, channel in enumerate((old, new))]
    _kind(sides, old, new, nested, places=places, uses=uses)
    for key, known in (("exchange", _EXCHANGE), ("queue", _QUEUE)):
        inner = [binding.get(key) or {} for binding in nested]
        _unknown(sides, inner, known, places=places, uses=uses, what=f"bindings.amqp.{key}")
    exchange_places = sides.places(old.location, new.location, *_exchange_keys(old, new))
    _compare(
        sides,
        "exchange",
        old.exchange,
        new.exchange,
        facts=EXCHANGE_FACTS,
        places=exchange_places,
        uses=uses,
    )
    compare_queues(sides, old.queue, new.queue, places, uses)
    if old.queue is None and new.queue is None:
        # Arguments without a queue are those of whoever declares one for the channel.
        both = [side.extensions.get("x-amqp-arguments") or {} for side in (old, new)]
        _arguments(sides, both, places, uses)
    _dead_letter(sides, old, new, uses)


def _exchange_keys(old: Channel, new: Channel) -> tuple[str, ...]:
    extended = "x-exchange" in old.extensions or "x-exchange" in new.extensions
    return ("x-exchange",) if extended else ("bindings", "amqp", "exchange")


def compare_queues(
    sides: Sides, old: Queue | None, new: Queue | None, places: Places, uses: Sequence[Use]
) -> None:
    """Compare queues and their arguments: rules A22 to A24."""
    _compare(sides, "queue", old, new, facts=QUEUE_FACTS, places=places, uses=uses)
    if old is not None and new is not None:
        _arguments(sides, (old.arguments, new.arguments), places, uses)


def _arguments(
    sides: Sides, both: Sequence[Mapping[str, Any]], places: Places, uses: Sequence[Use]
) -> None:
    before, after = both
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            was, now = (shown(side.get(key, "unset")) for side in (before, after))
            message = f"the queue argument {key} {was} became {now}"
            sides.say("queue-arguments-changed", message, places, *uses, token=key)


def _compare(
    sides: Sides,
    what: str,
    old: Exchange | Queue | None,
    new: Exchange | Queue | None,
    *,
    facts: dict[str, str],
    places: Places,
    uses: Sequence[Use],
) -> None:
    if old is None or new is None:
        if old is not new:
            rule = facts["name"]
            verb = "is gone" if old else "is new"
            sides.say(rule, f"the {what} {(old or new).name} {verb}", places, *uses)  # type: ignore[union-attr]  # one of both is there
        return
    for field in fields(old):
        was, now = getattr(old, field.name), getattr(new, field.name)
        if field.name in facts and was != now:
            message = f"the {what}'s {field.name} {shown(was)} became {shown(now)}"
            sides.say(facts[field.name], message, places, *uses, token=f"{what}.{field.name}")


def _binding(sides: Sides, side: int, channel: Channel) -> dict[str, Any]:
    node = sides.node(side, channel.location, "bindings", channel.bindings).dig("amqp")
    return dict(node.value) if node is not None else {}


def _kind(
    sides: Sides,
    old: Channel,
    new: Channel,
    nested: list[dict[str, Any]],
    *,
    places: Places,
    uses: Sequence[Use],
) -> None:
    was, now = (binding.get("is", "routingKey") for binding in nested)
    if was != now and nested[0] and nested[1]:
        message = f"{new.key}: {was} became {now}"
        sides.say("binding-kind-changed", message, places, *uses)
    first, second = (binding.get("bindingVersion") for binding in nested)
    if first != second:
        message = f"bindingVersion {first} became {second}"
        sides.say("binding-version-changed", message, places, *uses, token=old.key)


def _dead_letter(sides: Sides, old: Channel, new: Channel, uses: Sequence[Use]) -> None:
    places = sides.places(old.location, new.location, "x-dead-letter")
    before, after = old.dead_letter or None, new.dead_letter or None
    if before is None or after is None:
        if before is not None:
            sides.say("dead-letter-removed", f"{new.key}: no dead-letter queue", places, *uses)
        elif after is not None:
            sides.say("dead-letter-added", f"{new.key}: a dead-letter queue", places, *uses)
    elif before != after:
        message = f"{new.key}: the dead-letter exchange, queue or routing key changed"
        sides.say("dead-letter-changed", message, places, *uses)


def compare_bindings(
    sides: Sides, old: Any, new: Any, known: frozenset[str], uses: Sequence[Use]
) -> None:
    """Report changed bindings that no rule decides (G03): unknown members, and other protocols."""
    places = sides.places(old.location, new.location, "bindings")
    nodes = [
        sides.node(side, thing.location, "bindings", thing.bindings).followed().value or {}
        for side, thing in enumerate((old, new))
    ]
    inner = []
    for side, thing in enumerate((old, new)):
        amqp = sides.node(side, thing.location, "bindings", thing.bindings).dig("amqp")
        inner.append(amqp.value if amqp is not None else {})
    _unknown(sides, nodes, frozenset({"amqp"}), places=places, uses=uses, what="bindings")
    _unknown(sides, inner, known, places=places, uses=uses, what="bindings.amqp")


def _unknown(
    sides: Sides,
    both: Sequence[dict[str, Any]],
    known: frozenset[str],
    *,
    places: Places,
    uses: Sequence[Use],
    what: str,
) -> None:
    for key in sorted({*both[0], *both[1]} - known):
        if _told(both[0].get(key)) != _told(both[1].get(key)):
            rule = EXTENSION if key.startswith("x-") else UNCLASSIFIED
            decided = "" if rule is EXTENSION else "; no rule decides it"
            message = f"{what}.{key} was changed{decided}"
            sides.collector.say(rule, message, *places, *uses, token=f"{what}.{key}")


def _told(binding: Any) -> Any:
    """Return what a binding says, without words and without its version."""
    told = without_words(binding)
    return (
        {k: v for k, v in told.items() if k != "bindingVersion"} if isinstance(told, dict) else told
    )
