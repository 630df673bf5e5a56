"""Response headers: H12."""

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.http.serialization import explodes_alike
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.media import media_range
from contractkit.compat.rule import Role, Rule
from contractkit.compat.use import Use
from contractkit.documents import Node, at
from contractkit.location import Location
from contractkit.model.http import Header, Response
from contractkit.model.schema import Schema

_KNOWN = frozenset({"required", "schema", "content", "style", "explode"})
_IGNORED = "content-type"
"""OpenAPI ignores a response header of this name."""


def compare_headers(collector: FindingCollector, old: Response, new: Response, use: Use) -> None:
    """Compare the headers of a response, whose names have no case."""
    before, after = (
        {name: header for header in side.headers if (name := header.name.lower()) != _IGNORED}
        for side in (old, new)
    )
    plain = Use(use.operation, use.carrier)
    for name, header in before.items():
        other = after.get(name)
        if other is not None:
            _header(collector, header, other, use)
            continue
        required = "" if header.required else "optional-"
        message = f"{old.status}: the header {header.name} is gone"
        rule = _rule(use, f"{required}response-header-removed", demanded=False)
        collector.say(rule, message, header.location, new.location, plain)
    for name, header in after.items():
        if name not in before:
            message = f"{new.status}: the header {header.name} is new"
            rule = _rule(use, "response-header-added", demanded=header.required)
            collector.say(rule, message, old.location, header.location, plain)


def _rule(use: Use, name: str, *, demanded: bool) -> Rule:
    """Return the rule for a header; of an answer to our request, we read it."""
    if use.role is Role.IN:
        return RULES["answer-header-demanded" if demanded else "answer-header-unread"]
    return RULES[name]


def _header(collector: FindingCollector, old: Header, new: Header, use: Use) -> None:
    plain = Use(use.operation, use.carrier)
    places = (old.location, new.location)
    if old.required != new.required:
        word = "required" if new.required else "optional"
        message = f"the header {new.name} became {word}"
        rule = _rule(use, f"response-header-became-{word}", demanded=new.required)
        collector.say(rule, message, *places, plain)
    nodes = [
        at(documents, header.location)
        for documents, header in zip(collector.revisions, (old, new), strict=True)
    ]
    _values(collector, nodes, new.name, places, use)
    sides = (nodes[0].value, old.location), (nodes[1].value, new.location)
    what = f"header {new.name}"
    check_leftovers(collector, *sides, known=_KNOWN, use=plain, what=what)


def _values(
    collector: FindingCollector,
    nodes: list[Node],
    name: str,
    places: tuple[Location, Location],
    use: Use,
) -> None:
    """Compare how the values are written, and their schemas."""
    described = [_described(node) for node in nodes]
    alike = any(explodes_alike(schema, "simple") for _, schema in described)
    before, after = (
        media or ("text" if alike or not node.value.get("explode") else "exploded text")
        for node, (media, _) in zip(nodes, described, strict=True)
    )
    if before != after:
        message = f"the header {name} is written as {after} instead of {before}"
        rule = RULES["response-header-serialization-changed"]
        collector.say(rule, message, *places, Use(use.operation, use.carrier))
    first, second = (Schema(schema.value, schema.location) for _, schema in described)
    if any(media for media, _ in described):
        collector.schemas(first, second, use)
    else:
        collector.texts(first, second, use, several=False)


def _described(node: Node) -> tuple[str, Node]:
    """Return the media type of a header's `content`, empty without one, and its schema."""
    content = node.get("content")
    for media, described in content.entries() if content is not None else ():
        spelling = media_range(media).spelling
        return spelling, described.followed().get("schema") or _anything(described)
    return "", node.get("schema") or _anything(node)


def _anything(node: Node) -> Node:
    return Node(node.documents, node.file, node.path, True)
