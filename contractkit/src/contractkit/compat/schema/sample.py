"""Sample values of a schema: plain ones, and boundary values.

Samples are guesses that the caller verifies. Their order is fixed, so that every run is the same.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from contractkit.compat.schema.pattern import matching
from contractkit.compat.schema.shape import TYPES, Shape, allowed, members, merge, types
from contractkit.documents import Documents, Node, Path
from contractkit.keywords import holds_json

DEPTH = 8
WIDTH = 48
LONGEST = 256
"""How deep values nest, how many are tried per schema, and how long arrays get."""
LONGEST_TEXT = 10_000
"""How long strings get; longer ones are left to inclusion, because many samples are kept."""
FEW = 12
"""How many samples of a part are used for samples of the whole."""
_KNOWN: WeakKeyDictionary[Documents, dict[tuple[str, Path, int], list[Any]]] = WeakKeyDictionary()
"""Samples of the parts of a revision, kept as long as its documents."""

FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "duration": "PT1H",
    "email": "a@example.net",
    "hostname": "example.net",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "json-pointer": "/a",
    "regex": "^a$",
    "time": "12:00:00Z",
    "uri": "https://example.net/a",
    "uri-reference": "/a",
    "uuid": "3f2a1c9e-8f4b-4c55-9d2a-0a1b2c3d4e5f",
}
_STRINGS = ("", "a", "ab", "0", "a b", "A-_.~", "%", "\\", "äöü", "x" * 40)
_NUMBERS = (0, 1, -1, 2, 3, 5, 7, 10, 0.5, 1.5, 2**31, -(2**31) - 1, 2**53)


def samples(node: Node, depth: int = 0) -> Iterator[Any]:
    """Yield guesses at values of a schema, the likeliest first."""
    yield from islice(_samples(node, depth), WIDTH)


def sample(node: Node, accepts: Callable[[Node, Any], bool], depth: int = 0) -> Any:
    """Return the first guess that the schema accepts, else the first guess, else None."""
    guesses = list(samples(node, depth))
    for guess in guesses:
        if accepts(node, guess):
            return guess
    return guesses[0] if guesses else None


def content_of(node: Node) -> Node:
    """Return the `contentSchema` of a string that contains JSON, else the schema itself."""
    followed = node
    for _ in range(DEPTH):
        content = followed.get("contentSchema")
        if content is not None and holds_json(followed.value):
            return content
        if followed.reference is None:
            return node
        followed = followed.target()
    return node


def shape_of(node: Node) -> Shape:
    """Return all members of a schema merged; where they disagree, the first one counts."""
    parts = members(node)
    merged = merge(node, parts)
    if merged is not None:
        return merged
    shape = Shape(node)
    for part in parts:
        for key, child in part.keywords.items():
            shape.keywords.setdefault(key, child)
        for name, child in (part.node.get("properties") or part.node).entries():
            if "properties" in part.keywords:
                shape.properties.setdefault(name, child)
        for entry in (part.node.get("required") or part.node).elements():
            shape.required.setdefault(str(entry.value), entry)
    return shape


def _samples(node: Node, depth: int) -> Iterator[Any]:
    node = content_of(node)
    if node.value is False or depth > DEPTH:
        return
    yield from _examples(node)
    shape = shape_of(node)
    values = allowed(shape)
    if values is not None:
        yield from values
    for keyword in ("oneOf", "anyOf"):
        for branch in (shape.keywords.get(keyword) or node).elements():
            for value in _few(branch, depth + 1)[:6]:
                yield _merged(shape, value, depth)
    names, nullable = types(shape)
    if names is None or not names <= TYPES:
        names = TYPES
    for name in sorted(names):
        yield from _GENERATORS[name](shape, depth)
    if nullable is not False:
        yield None


def _few(node: Node, depth: int) -> list[Any]:
    """Return the first samples of a part, made once however many ways lead to it."""
    known = _KNOWN.setdefault(node.documents, {})
    key = (*node.place, depth)
    found = known.get(key)
    if found is None:
        found = known[key] = list(islice(_samples(node, depth), FEW))
    return found


def _first(node: Node, depth: int, default: Any = None) -> Any:
    return next(iter(_few(node, depth)), default)


def _examples(node: Node) -> Iterator[Any]:
    if isinstance(node.value, dict):
        followed = node.followed() if len(node.value) == 1 else node
        examples = followed.get("examples")
        if examples is not None and isinstance(examples.value, list):
            yield from examples.value
        if "example" in followed.value:
            yield followed.value["example"]


def _merged(shape: Shape, value: Any, depth: int) -> Any:
    if isinstance(value, dict) and shape.properties:
        base: dict[str, Any] = next(iter(_objects(shape, depth)), {})
        return {**base, **value}
    return value


def _strings(shape: Shape, _depth: int) -> Iterator[Any]:
    shortest, longest = shape.value("minLength", 0), shape.value("maxLength", 256)
    pattern = shape.value("pattern")
    if isinstance(pattern, str):
        yield from matching(pattern, shortest, longest)
        return
    known = FORMATS.get(str(shape.value("format")))
    if known is not None:
        yield known
    for length in dict.fromkeys((shortest, longest, shortest + 1, longest - 1)):
        if length <= LONGEST_TEXT:
            yield "a" * max(length, 0)
    yield from (text for text in _STRINGS if shortest <= len(text) <= longest)


def _integers(shape: Shape, _depth: int) -> Iterator[Any]:
    for value in _numbers(shape, _depth):
        if isinstance(value, int) or float(value).is_integer():
            yield int(value)


def _numbers(shape: Shape, _depth: int) -> Iterator[Any]:
    step = shape.value("multipleOf")
    edges: list[Any] = []
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        edge = shape.value(keyword)
        if isinstance(edge, (int, float)) and not isinstance(edge, bool):
            edges += [edge, edge + 1, edge - 1]
            if step:
                edges += [edge // step * step, (edge // step + 1) * step]
    if step:
        yield from (step, 0, -step, 3 * step)
    yield from edges
    yield from _NUMBERS


def _booleans(_shape: Shape, _depth: int) -> Iterator[Any]:
    yield from (True, False)


def _arrays(shape: Shape, depth: int) -> Iterator[Any]:
    first = (shape.keywords.get("prefixItems") or shape.node).elements()
    prefix = [_first(node, depth + 1) for node in first if "prefixItems" in shape.keywords]
    wanted = shape.keywords.get("contains") or shape.keywords.get("items")
    items = _few(wanted, depth + 1) if wanted is not None else ["a", 1, None]
    least = shape.value(
        "minItems", shape.value("minContains", 0) if "contains" in shape.keywords else 0
    )
    most = min(shape.value("maxItems", least + 2), LONGEST)
    for length in dict.fromkeys((least, most, min(least + 1, most))):
        missing = max(length - len(prefix), 0)
        yield from ([*prefix[:length], *([item] * missing)] for item in items[:2])
        for start in range(min(len(items), 6)):
            run = [items[(start + index) % len(items)] for index in range(missing)]
            yield [*prefix[:length], *run]
    if items:
        yield [*prefix, *([items[0]] * max(2, least))]
    yield prefix


def _objects(shape: Shape, depth: int) -> Iterator[Any]:
    if depth > DEPTH:
        return
    values = {
        name: _first(child, depth + 1)
        for name, child in shape.properties.items()
        if depth < DEPTH - 1 or name in shape.required
    }
    needed = {name: values.get(name, "a") for name in shape.required}
    yield needed
    full = {**values, **needed}
    yield full
    rest = shape.keywords.get("additionalProperties")
    extra = "a"
    if rest is not None and isinstance(rest.value, dict):
        extra = _first(rest, depth + 1, "a")
    least, most = shape.value("minProperties", 0), shape.value("maxProperties", 3)
    for count in dict.fromkeys((least, most, 1)):
        grown = dict(needed)
        for index in range(min(max(count - len(needed), 0), 64)):
            grown[f"extra{index}"] = extra
        yield grown
    for name, value in values.items():
        yield {**needed, name: value}
        if name not in shape.required:
            yield {key: value for key, value in full.items() if key != name}


_GENERATORS: dict[str, Callable[[Shape, int], Iterator[Any]]] = {
    "array": _arrays,
    "boolean": _booleans,
    "integer": _integers,
    "number": _numbers,
    "object": _objects,
    "string": _strings,
}
