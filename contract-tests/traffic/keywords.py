"""Which keywords of a schema a value puts to work; each is named by its place in the files of the contract."""

from collections.abc import Iterator
from typing import Any

from contractkit.documents import Node

ASSERTIONS = frozenset(
    {"minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems",
     "propertyNames", "maxProperties", "required", "const"}
)  # fmt: skip
DEEPEST = 24


def every_keyword(node: Node, depth: int = 0) -> Iterator[str]:
    """Every keyword below a schema that a value can put to work."""
    node = node.followed()
    if not isinstance(node.value, dict) or depth > DEEPEST:
        return
    place = f"{node.file}#{node.pointer}"
    yield from (f"keyword {place}/{key}" for key in node.value if key in ASSERTIONS)
    for member in node.value.get("enum", ()):
        yield f"keyword {place}/enum/{member}"
    for name, child in _properties(node):
        yield f"property {place}/properties/{name}"
        if name not in node.value.get("required", ()):
            yield f"absent {place}/properties/{name}"
        yield from every_keyword(child, depth + 1)
    for key in ("items", "additionalProperties"):
        child = node.get(key)
        if child is not None and isinstance(child.value, dict):
            yield from every_keyword(child, depth + 1)
    for branch in _branches(node):
        yield from every_keyword(branch, depth + 1)


def exercised(node: Node, value: Any, depth: int = 0) -> Iterator[str]:
    """The keywords that a valid value puts to work."""
    node = node.followed()
    if not isinstance(node.value, dict) or depth > DEEPEST:
        return
    place = f"{node.file}#{node.pointer}"
    yield from (f"keyword {place}/{key}" for key in node.value if key in ASSERTIONS)
    if "enum" in node.value:
        yield f"keyword {place}/enum/{value}"
    if isinstance(value, dict):
        yield from _members(node, value, place, depth)
    items = node.get("items")
    if isinstance(value, list) and items is not None:
        for item in value:
            yield from exercised(items, item, depth + 1)
    for branch in _branches(node):
        if _fits(branch.followed(), value):
            yield from exercised(branch, value, depth + 1)


def _members(node: Node, value: dict[str, Any], place: str, depth: int) -> Iterator[str]:
    named = dict(_properties(node))
    for name, child in named.items():
        if name in value:
            yield f"property {place}/properties/{name}"
            yield from exercised(child, value[name], depth + 1)
        elif name not in node.value.get("required", ()):
            yield f"absent {place}/properties/{name}"
    extra = node.get("additionalProperties")
    if extra is not None and isinstance(extra.value, dict):
        for name in value.keys() - named.keys():
            yield from exercised(extra, value[name], depth + 1)


def _properties(node: Node) -> Iterator[tuple[str, Node]]:
    properties = node.get("properties")
    if properties is not None:
        yield from properties.entries()


def _branches(node: Node) -> Iterator[Node]:
    for key in ("oneOf", "anyOf"):
        branches = node.get(key)
        if branches is not None:
            yield from branches.elements()


def _fits(branch: Node, value: Any) -> bool:
    """Whether the branch is the one of a discriminated or nullable union that the value took."""
    if branch.value.get("type") == "null":
        return value is None
    if not isinstance(value, dict):
        return value is not None
    return all(
        child.followed().value.get("const", value.get(name)) == value.get(name)
        for name, child in _properties(branch)
    )
