"""Channels, their addresses and parameters: A01 to A05."""

from collections.abc import Sequence

from contractkit.compat.lifecycle import removal
from contractkit.compat.messaging.messages import MessageSets, compare_messages
from contractkit.compat.messaging.revision import Sides, carrier_of, role_of
from contractkit.compat.messaging.servers import same_server
from contractkit.compat.messaging.topology import compare_channel_topology
from contractkit.compat.pairing import Pairing, paired
from contractkit.compat.rule import Role
from contractkit.compat.use import Use
from contractkit.documents import Node, at
from contractkit.model.messaging import AddressParameter, Channel, MessagingContract
from contractkit.model.schema import Schema
from contractkit.paths import parameters as names_in
from contractkit.paths import positional

_KNOWN = frozenset(
    {
        "$ref",
        "address",
        "bindings",
        "messages",
        "parameters",
        "servers",
        "x-amqp-arguments",
        "x-dead-letter",
        "x-exchange",
        "x-tolerant-consumers",
    }
)


def compare_channels(sides: Sides) -> dict[str, str]:
    """Compare channels by address, then by key. Return the new key per old key of those kept."""
    found = paired(
        sides.old.channels, sides.new.channels, _same, _same_fixed, _same_address, _same_key
    )
    pairs = [*found.pairs, *_merged(sides, found)]
    kept = {before.key for before, _ in pairs}
    for before in found.gone:
        if before.key in kept:
            continue
        rule = f"channel-removed{removal(before, sides.calendar)}"
        message = f"the channel {before.key} ({before.address}) is gone"
        sides.say(rule, message, (before.location, None), *sides.uses(before, sides.old))
    for after in found.new:
        message = f"the channel {after.key} ({after.address}) is new"
        uses = sides.uses(after, sides.new)
        sides.say("channel-added", message, (None, after.location), *uses)
    for before, after in pairs:
        _pair(sides, before, after)
    return {before.key: after.key for before, after in pairs}


def _merged(sides: Sides, found: Pairing[Channel]) -> list[tuple[Channel, Channel]]:
    """Return channels that are gone beside another one of their address, which has what was there.

    Only where operations use them: what these send and receive is compared.
    """
    merged = []
    for before in found.gone:
        others = [after for _, after in found.pairs if _same_address(before, after)]
        if others and _used(before, sides.old):
            merged.append((before, others[0]))
    return merged


def _same(old: Channel, new: Channel) -> bool:
    return _same_key(old, new) and (_same_fixed(old, new) or _same_address(old, new))


def _same_key(old: Channel, new: Channel) -> bool:
    return old.key == new.key


def _same_address(old: Channel, new: Channel) -> bool:
    return old.address is not None and positional(old.address) == positional(new.address or "")


def _same_fixed(old: Channel, new: Channel) -> bool:
    return old.address is not None and positional(_fixed(old)) == positional(_fixed(new))


def _fixed(channel: Channel) -> str:
    """Return the address with parameters of one value as that value."""
    address = channel.address or ""
    for parameter in channel.parameters:
        if len(parameter.enum) == 1:
            address = address.replace(f"{{{parameter.name}}}", parameter.enum[0])
    return address


def _pair(sides: Sides, old: Channel, new: Channel) -> None:
    places, uses = (old.location, new.location), sides.uses(new, sides.new)
    name = f"the channel {new.key}"
    if old.key != new.key:
        message = f"the channel {old.key} is called {new.key}"
        sides.say("channel-key-renamed", message, places, *uses)
    if old.address != new.address:
        _address(sides, old, new, uses)
    _parameters(sides, old, new)
    use = uses[0] if uses else Use("", channel=new.key)
    sides.lifecycle(old, new, use, name)
    compare_channel_topology(sides, old, new, uses)
    if not (_used(old, sides.old) or _used(new, sides.new)):
        # The document does not say who sends or receives: anybody may do either.
        for role in Role:
            anybody = Use("", carrier_of(new), role, new.key)
            compare_messages(sides, MessageSets(old.messages, new.messages, anybody, places))
    known = {server.name: same_server(sides, server) for server in sides.new.servers}
    left = set(old.servers) - {known.get(name, name) for name in new.servers}
    if left:
        gone = ", ".join(sorted(left))
        message = f"{name} is no longer on {gone}"
        sides.say("broker-removed", message, places, *uses)
    sides.leftovers(old, new, use, name, known=_KNOWN)


def _used(channel: Channel, contract: MessagingContract) -> bool:
    """Return whether an operation sends to, receives from or replies on the channel."""
    replies = (operation.reply for operation in contract.operations if operation.reply)
    used = [operation.channel for operation in contract.operations]
    used += [reply.channel for reply in replies if reply.channel is not None]
    return channel.key in {one.key for one in used}


def _address(sides: Sides, old: Channel, new: Channel, uses: Sequence[Use]) -> None:
    places = sides.places(old.location, new.location, "address")
    before, after = old.address or "", new.address or ""
    message = f"the address {before} became {after}"
    names = names_in(before), names_in(after)
    if _same_fixed(old, new) and not _same_address(old, new):
        rule = "address-token-fixed"
    elif positional(before) == positional(after):
        shuffled = sorted(names[0]) == sorted(names[1])
        rule = "address-tokens-changed" if shuffled else "address-token-renamed"
    else:
        kinds = [
            ["{}" if token.startswith("{") else "a" for token in address.split(".")]
            for address in (before, after)
        ]
        moved = sorted(before.split(".")) == sorted(after.split("."))
        rule = "address-changed" if kinds[0] == kinds[1] and not moved else "address-tokens-changed"
    sides.say(rule, message, places, *uses)


def _parameters(sides: Sides, old: Channel, new: Channel) -> None:
    """Compare the parameters: rule A05, by position in the address where names differ."""
    before = {parameter.name: parameter for parameter in old.parameters}
    after = {parameter.name: parameter for parameter in new.parameters}
    order = names_in(old.address or ""), names_in(new.address or "")
    renamed = dict(zip(*order, strict=False)) if len(order[0]) == len(order[1]) else {}
    for name, parameter in before.items():
        other = after.get(name) or after.get(renamed.get(name, name))
        if other is not None:
            _parameter(sides, parameter, other, new)


def _parameter(
    sides: Sides, old: AddressParameter, new: AddressParameter, channel: Channel
) -> None:
    places = (old.location, new.location)
    plain = sides.uses(channel, sides.new)
    directed = tuple(
        Use(operation.operation_id, "", role_of(operation), channel.key)
        for operation in sides.new.operations
        if operation.channel.key == channel.key
    )
    if old.source != new.source:
        message = f"the parameter {new.name} is read from {new.source} instead of {old.source}"
        sides.say("address-parameter-relocated", message, places, *plain)
    if old.default != new.default:
        message = f"the default of {new.name} {old.default} became {new.default}"
        sides.say("address-default-changed", message, places, *plain)
    _schema(sides, old, new, directed)
    if not old.enum or not new.enum:
        if old.enum != new.enum:
            limited = "values became limited" if new.enum else "values are no longer limited"
            rule = "address-value-removed" if new.enum else "address-value-added"
            sides.say(rule, f"{new.name}: {limited}", places, *directed)
        return
    for value in sorted(set(old.enum) - set(new.enum)):
        message = f"the value {value} of {new.name} is gone"
        sides.say("address-value-removed", message, places, *directed, token=value)
    for value in sorted(set(new.enum) - set(old.enum)):
        message = f"the value {value} of {new.name} is new"
        sides.say("address-value-added", message, places, *directed, token=value)


def _schema(
    sides: Sides, old: AddressParameter, new: AddressParameter, uses: Sequence[Use]
) -> None:
    """Compare the schemas that parameters have in AsyncAPI 2.x, apart from their enumerations."""
    nodes = [
        at(documents, parameter.location)
        for documents, parameter in zip(sides.collector.revisions, (old, new), strict=True)
    ]
    if any(node.get("schema") is None for node in nodes):
        return
    first, second = (_without_values(node.get("schema") or node) for node in nodes)
    for use in uses:
        sides.collector.texts(first, second, use, several=False)


def _without_values(node: Node) -> Schema:
    schema = node.followed()
    rest = {k: v for k, v in schema.value.items() if k not in {"enum", "const", "default"}}
    return Schema(rest, schema.location)
