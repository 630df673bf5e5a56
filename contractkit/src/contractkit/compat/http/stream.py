"""Server-sent event streams, compared frame by frame: E01 to E06, E08, E09.

A frame without an `event` is EventSource's default, `message`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.stream_rules import RULES
from contractkit.compat.schema.rules import RULES as SCHEMA_RULES
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.schema.shape import allowed
from contractkit.compat.schema.unions import UNIONS
from contractkit.compat.use import Use
from contractkit.documents import Documents, Node
from contractkit.keywords import holds_json
from contractkit.model.http import MediaType
from contractkit.model.schema import Schema, of

DEFAULT = "message"
_MEMBERS = frozenset({"event", "data", "id", "retry"})
_INTERVALS = ("x-heartbeat-seconds", "x-retry-milliseconds")


@dataclass(frozen=True, slots=True)
class Frame:
    """One kind of frame: its event name, its schema, and its properties by name."""

    name: str
    node: Node
    properties: dict[str, Node]
    required: frozenset[str]

    @property
    def json(self) -> bool:
        """Whether the data is described as JSON of a known shape."""
        data = self.properties.get("data")
        if data is None:
            return False
        shape = shape_of(data)
        body = {key: node.value for key, node in shape.keywords.items()}
        return holds_json(body) or body.get("type") == "object" or bool(shape.properties)


def item_of(media: MediaType) -> Schema | None:
    """Return a frame's schema: `itemSchema`, or a `schema` that describes it (OpenAPI 3.1)."""
    if media.item_schema is not None:
        return media.item_schema
    schema = media.schema
    if schema is None or isinstance(schema.raw, bool):
        return None
    return None if schema.raw.get("type") == "string" or not schema.raw else schema


def frames(documents: Documents, schema: Schema) -> dict[str, list[Frame]]:
    """Return the frames of a stream by event name; several of one name are alternatives."""
    node = of(documents, schema)
    if shape_of(node).value("type") == "array":
        node = shape_of(node).keywords.get("items", node)
    found: dict[str, list[Frame]] = {}
    for branch in branches(node):
        for frame in _frames_of(branch):
            found.setdefault(frame.name, []).append(frame)
    return found


def branches(node: Node) -> list[Node]:
    """Return the alternatives of a schema, nested unions flattened; itself when it is no union."""
    shape = shape_of(node)
    for keyword in UNIONS:
        union = shape.keywords.get(keyword)
        if union is not None and "event" not in shape.properties:
            return [inner for branch in union.elements() for inner in branches(branch)]
    return [node]


def _frames_of(node: Node) -> Iterator[Frame]:
    """Yield the frames that one schema describes: one per event name that it lists."""
    shape = shape_of(node)
    event = shape.properties.get("event")
    names = (allowed(shape_of(event)) if event is not None else None) or [DEFAULT]
    for name in names:
        own = node if len(names) == 1 else _pinned(node, str(name))
        yield Frame(str(name), own, dict(shape.properties), frozenset(shape.required))


def _pinned(node: Node, name: str) -> Node:
    """Return the frame of one event name, from a schema that lists several."""
    base, event = node.followed(), {"event": {"const": name}}
    value = {**base.value, "properties": {**base.value.get("properties", {}), **event}}
    return Node(base.documents, base.file, (*base.path, f"event {name}"), value)


def terminal(media: MediaType, known: dict[str, list[Frame]]) -> frozenset[str]:
    """Return the events that end the stream: `x-terminal-events`, else a frame named `end`."""
    declared = media.extensions.get("x-terminal-events")
    if isinstance(declared, list):
        return frozenset(str(name) for name in declared)
    return frozenset({"end"} & known.keys())


def compare_stream(collector: FindingCollector, old: MediaType, new: MediaType, use: Use) -> None:
    """Compare the frames of two streams: rules E01 to E06, E08 and E09."""
    plain = Use(use.operation, use.carrier)
    places = (old.location, new.location)
    for key in _INTERVALS:
        if old.extensions.get(key) != new.extensions.get(key):
            message = f"{key} {old.extensions.get(key)} became {new.extensions.get(key)}"
            collector.say(RULES["stream-interval-changed"], message, *places, plain)
    before, after = item_of(old), item_of(new)
    if before is None or after is None:
        if before is not None:
            message = "the stream's frames are no longer described"
            collector.say(RULES["stream-became-opaque"], message, *places, plain)
        elif after is not None:
            message = "the stream's frames are described"
            collector.say(RULES["stream-described"], message, *places, plain)
        return
    was = frames(collector.revisions[0], before)
    now = frames(collector.revisions[1], after)
    if _bare(was) and _bare(now):
        collector.schemas(before, after, use)
        return
    ends = terminal(old, was), terminal(new, now)
    for name in sorted(ends[0] - ends[1]):
        message = f"the frame {name} no longer ends the stream"
        collector.say(RULES["terminal-frame-removed"], message, *places, plain, token=name)
    for name in sorted(ends[1] - ends[0]):
        message = f"the frame {name} ends the stream"
        collector.say(RULES["terminal-frame-added"], message, *places, plain, token=name)
    _frames(collector, was, now, use)


def _bare(known: dict[str, list[Frame]]) -> bool:
    """Return whether the schema describes only the data, not event names, ids or retries."""
    described = (frame for same_name in known.values() for frame in same_name)
    return not any(_MEMBERS & frame.properties.keys() for frame in described)


def _frames(
    collector: FindingCollector, was: dict[str, list[Frame]], now: dict[str, list[Frame]], use: Use
) -> None:
    """Pair frames of a name by their data, then those that became default, then what is left."""
    left = {name: list(frames) for name, frames in was.items()}
    right = {name: list(frames) for name, frames in now.items()}
    for name, before in left.items():
        _match(collector, before, right.get(name, []), use)
    _defaults(collector, left, right, use)
    for name in was | now:
        gone, fresh = left.get(name, []), right.get(name, [])
        if len(gone) == len(fresh) == 1:
            _pair(collector, gone.pop(), fresh.pop(), use)
        _unpaired(collector, gone, fresh, use, known=name in was)


def _match(collector: FindingCollector, left: list[Frame], right: list[Frame], use: Use) -> None:
    for before in list(left):
        after = next((frame for frame in right if _same_data(collector, before, frame)), None)
        if after is not None:
            left.remove(before)
            right.remove(after)
            _pair(collector, before, after, use)


def _defaults(
    collector: FindingCollector,
    left: dict[str, list[Frame]],
    right: dict[str, list[Frame]],
    use: Use,
) -> None:
    plain = Use(use.operation, use.carrier)
    for name, gone in left.items():
        for frame in list(gone) if name not in right else ():
            fresh = right.get(DEFAULT, [])
            moved = next((other for other in fresh if _same_data(collector, frame, other)), None)
            if moved is None:
                continue
            gone.remove(frame)
            fresh.remove(moved)
            message = f"the frame {name} arrives as {DEFAULT}"
            places = frame.node.location, moved.node.location
            collector.say(RULES["frame-became-default"], message, *places, plain)


def _unpaired(
    collector: FindingCollector, gone: list[Frame], fresh: list[Frame], use: Use, *, known: bool
) -> None:
    plain = Use(use.operation, use.carrier)
    for frame in gone:
        message = f"the frame {frame.name} is gone"
        place = frame.node.location
        collector.say(RULES["frame-removed"], message, place, None, plain, token=frame.name)
    for frame in fresh:
        place = frame.node.location
        if known:
            message = f"the frame {frame.name} may carry other data"
            collector.say(SCHEMA_RULES["branch-added"], message, None, place, use, token=frame.name)
        else:
            message = f"the frame {frame.name} is new"
            collector.say(RULES["frame-added"], message, None, place, plain, token=frame.name)


def _same_data(collector: FindingCollector, old: Frame, new: Frame) -> bool:
    before, after = old.properties.get("data"), new.properties.get("data")
    if before is None and after is None:
        return collector.comparison.same(old.node, new.node)
    return before is not None and after is not None and collector.comparison.same(before, after)


def _pair(collector: FindingCollector, old: Frame, new: Frame, use: Use) -> None:
    plain = Use(use.operation, use.carrier)
    places = (old.node.location, new.node.location)
    if old.json and not new.json:
        message = f"the data of {old.name} is no longer JSON of a known shape"
        collector.say(RULES["frame-data-opaque"], message, *places, plain)
    if "id" in old.properties and "id" not in new.properties:
        message = f"the frame {old.name} has no id"
        collector.say(RULES["frame-id-removed"], message, *places, plain)
    elif "id" in new.properties and "id" not in old.properties:
        message = f"the frame {old.name} has an id"
        collector.say(RULES["frame-id-added"], message, *places, plain)
    before, after = _retry(old), _retry(new)
    if before != after:
        message = f"the retry of {old.name} {before} became {after}"
        collector.say(RULES["stream-interval-changed"], message, *places, plain)
    collector.nodes(old.node, new.node, use)


def _retry(frame: Frame) -> object:
    retry = frame.properties.get("retry")
    shape = shape_of(retry) if retry is not None else None
    return shape.value("const") if shape is not None else None
