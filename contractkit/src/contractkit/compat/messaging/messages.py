"""The messages of an operation: A02, A09 to A15, A27 and A31 to A33."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contractkit.compat.lifecycle import removal
from contractkit.compat.media import is_json_schema, media_range, schema_language
from contractkit.compat.messaging.draft_7 import upgrade_draft_7
from contractkit.compat.messaging.revision import Sides
from contractkit.compat.messaging.topology import compare_bindings
from contractkit.compat.pairing import Pairing, paired
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.schema.unions import tags
from contractkit.compat.unclassified import UNCLASSIFIED
from contractkit.compat.use import Use
from contractkit.documents import Documents
from contractkit.location import Location
from contractkit.model.messaging import Message
from contractkit.model.schema import Schema, of

_MAJOR = re.compile(r"^(?P<base>.+?)[._-]?[vV](?P<major>\d+)$")
SIZE_LIMIT = "x-max-bytes"
MESSAGE_BINDING = frozenset({"contentEncoding", "messageType", "bindingVersion"})
_KNOWN = frozenset(
    {
        "$ref",
        "bindings",
        "contentType",
        "correlationId",
        "headers",
        "name",
        "payload",
        "traits",
        SIZE_LIMIT,
    }
)


@dataclass(frozen=True, slots=True)
class MessageSets:
    """The messages of an operation or a reply in OLD and NEW, and where they are used."""

    old: Sequence[Message]
    new: Sequence[Message]
    use: Use
    places: tuple[Location, Location]
    tolerant: bool = False


def compare_messages(sides: Sides, sets: MessageSets) -> None:
    """Compare messages by key, then by name, then by payload."""
    _upgrade(sides, sets)
    found = paired(
        sets.old,
        sets.new,
        lambda a, b: a.key == b.key,
        lambda a, b: a.name == b.name,
        lambda a, b: _same_payload(sides, a, b),
    )
    found = _renamed(found)
    for before in found.gone:
        _removed(sides, before, sets)
    for after in found.new:
        _added(sides, after, sets)
    for before, after in found.pairs:
        _pair(sides, before, after, sets.use)


def _renamed(found: Pairing[Message]) -> Pairing[Message]:
    """Pair the last two messages as well if only their keys differ, which do not travel."""
    if len(found.gone) != 1 or len(found.new) != 1:
        return found
    before, after = found.gone[0], found.new[0]
    keys = before.name == before.key and after.name == after.key
    if not keys or successor(before.key, (after.key,)):
        return found
    return Pairing([*found.pairs, (before, after)], [], [])


def _upgrade(sides: Sides, sets: MessageSets) -> None:
    """Read schemas of draft 7, AsyncAPI's default, as those of 2020-12."""
    for documents, messages in zip(sides.collector.revisions, (sets.old, sets.new), strict=True):
        for message in messages:
            for part in ("payload", "headers"):
                schema, language = getattr(message, part), getattr(message, f"{part}_format")
                if schema is not None and schema_language(language)[1] == "draft-07":
                    upgrade_draft_7(documents, schema)


def _same_payload(sides: Sides, old: Message, new: Message) -> bool:
    if old.payload is None or new.payload is None:
        return False
    before = of(sides.collector.revisions[0], old.payload)
    after = of(sides.collector.revisions[1], new.payload)
    return sides.collector.comparison.same(before, after)


def _removed(sides: Sides, message: Message, sets: MessageSets) -> None:
    places = (message.location, sets.places[1])
    if successor(message.key, (m.key for m in sets.new)):
        ending = removal(message, sides.calendar)
        when = "after" if ending == "-after-sunset" else "before"
        text = f"the message {message.key} was replaced by its next major version"
        sides.say(f"message-replaced-{when}-sunset", text, places, sets.use)
        return
    text = f"the message {message.key} is gone"
    sides.say("message-removed", text, places, sets.use, token=message.key)


def _added(sides: Sides, message: Message, sets: MessageSets) -> None:
    places = (sets.places[0], message.location)
    text = f"the message {message.key} is new"
    stays = {m.key for m in sets.old} & {m.key for m in sets.new}
    if any(successor(key, (message.key,)) for key in stays):
        sides.say("major-message-added", text, places, sets.use)
    elif sets.tolerant:
        sides.say("message-added-tolerated", text, places, sets.use, token=message.key)
    else:
        sides.say("message-added", text, places, sets.use, token=message.key)


def successor(key: str, others: Iterable[str]) -> bool:
    """Return whether one of the others is the next major version of a message: `x.v2` after `x`."""
    match = _MAJOR.match(key)
    base, major = (match["base"], int(match["major"])) if match else (key, 1)
    for other in others:
        found = _MAJOR.match(other)
        if found and found["base"] == base and int(found["major"]) == major + 1:
            return True
    return False


def _pair(sides: Sides, old: Message, new: Message, use: Use) -> None:
    places = (old.location, new.location)
    plain = Use(use.operation, use.carrier, None, use.channel)
    name = f"the message {new.key}"
    if old.key != new.key:
        message = f"the message {old.key} is called {new.key}"
        sides.say("message-key-renamed", message, places, plain)
    _discriminator(sides, old, new, plain)
    if media_range(old.content_type) != media_range(new.content_type):
        message = f"{name}: {old.content_type} became {new.content_type}"
        sides.say("content-type-changed", message, places, plain)
    for part in ("payload", "headers"):
        before, after = getattr(old, f"{part}_format"), getattr(new, f"{part}_format")
        first, second = getattr(old, part), getattr(new, part)
        if schema_language(before) != schema_language(after):
            message = f"{name}: the format of {part} {before} became {after}"
            sides.say("schema-format-changed", message, places, plain, token=part)
        if is_json_schema(before) and is_json_schema(after):
            if part == "headers":
                first, second = _objects(sides, (first, second), places)
            _schemas(sides, first, second, places, use)
        elif first and second and first.raw != second.raw:
            message = f"{name}: {part} changed; no rule decides about {after}"
            sides.collector.say(UNCLASSIFIED, message, *places, plain, token=part)
    _correlation(sides, old, new, plain)
    _bindings(sides, old, new, plain)
    _size_limit(sides, old, new, use)
    sides.lifecycle(old, new, plain, name)
    sides.leftovers(old, new, plain, name, known=_KNOWN)


def _schemas(
    sides: Sides,
    old: Schema | None,
    new: Schema | None,
    places: tuple[Location, Location],
    use: Use,
) -> None:
    if old is not None or new is not None:
        before = old or Schema(True, places[0])
        sides.collector.schemas(before, new or Schema(True, places[1]), use)


def _objects(
    sides: Sides, headers: tuple[Schema | None, Schema | None], places: tuple[Location, Location]
) -> tuple[Schema | None, Schema | None]:
    """Return schemas of headers as schemas of objects, which headers are without saying so."""
    if headers == (None, None):
        return headers
    first, second = (
        _object(documents, schema or Schema(True, place))
        for documents, schema, place in zip(sides.collector.revisions, headers, places, strict=True)
    )
    return first, second


def _object(documents: Documents, schema: Schema) -> Schema:
    if schema.raw is False or "type" in shape_of(of(documents, schema)).keywords:
        return schema
    written = schema.raw if isinstance(schema.raw, dict) else {}
    return Schema({"type": "object", **written}, schema.location.rewritten("headers"))


def _discriminator(sides: Sides, old: Message, new: Message, use: Use) -> None:
    """Compare what identifies a message: rule A11. A name that repeats the key does not count.

    AMQP's property `type` is the binding's `messageType`, which is compared with the binding.
    """
    places = (old.location, new.location)
    declared = old.name != old.key or new.name != new.key
    if old.name != new.name and declared and old.type == old.name and new.type == new.name:
        message = f"the message's name {old.name} became {new.name}"
        sides.say("wire-discriminator-changed", message, places, use)
    if old.payload is None or new.payload is None:
        return
    before = tags(of(sides.collector.revisions[0], old.payload))
    after = tags(of(sides.collector.revisions[1], new.payload))
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            message = f"{new.key} is known by {name}={after[name]} instead of {before[name]}"
            sides.say("wire-discriminator-changed", message, places, use, token=name)


def _size_limit(sides: Sides, old: Message, new: Message, use: Use) -> None:
    """Compare the maximum length of a body in bytes: rule A33. No limit allows any length."""
    said = (message.extensions.get(SIZE_LIMIT) for message in (old, new))
    was, now = (limit if isinstance(limit, int) else None for limit in said)
    if was == now:
        return
    lowered = now is not None and (was is None or now < was)
    rule = "size-limit-set" if was is None else f"size-limit-{'lowered' if lowered else 'raised'}"
    message = f"the message {new.key}: {SIZE_LIMIT} {was} became {now}"
    sides.say(rule, message, (old.location, new.location), use)


def _correlation(sides: Sides, old: Message, new: Message, use: Use) -> None:
    places = sides.places(old.location, new.location, "correlationId")
    before, after = old.correlation_id, new.correlation_id
    if before == after:
        return
    rule = "correlation-changed"
    if before is None or after is None:
        rule = "correlation-added" if before is None else "correlation-removed"
    message = f"{new.key}: the correlation id {before or 'unset'} became {after or 'unset'}"
    sides.say(rule, message, places, use)


def _bindings(sides: Sides, old: Message, new: Message, use: Use) -> None:
    places = sides.places(old.location, new.location, "bindings", "amqp")
    compare_bindings(sides, old, new, MESSAGE_BINDING, (use,))
    both = []
    for side, message in enumerate((old, new)):
        node = sides.node(side, message.location, "bindings", message.bindings).dig("amqp")
        both.append(node.value if node is not None else {})
    for key in sorted(MESSAGE_BINDING):
        was, now = both[0].get(key), both[1].get(key)
        if key == "messageType" and old.type == new.type:
            continue
        if was != now and not (key == "contentEncoding" and _is_plain(was) and _is_plain(now)):
            version = key == "bindingVersion"
            rule = "binding-version-changed" if version else "message-binding-changed"
            text = f"{new.key}: {key} {was} became {now}"
            sides.say(rule, text, places, use, token=key)


def _is_plain(encoding: object) -> bool:
    """Return whether a content encoding changes no byte: JSON is UTF-8 anyway."""
    return str(encoding or "utf-8").lower() in {"utf-8", "utf8"}
