"""How values are written in XML (OpenAPI, XML Object): names, namespaces, attributes, wrappers."""

from collections.abc import Iterator
from typing import Any

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.media import media_range
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.use import Use
from contractkit.documents import Node
from contractkit.model.http import MediaType
from contractkit.model.schema import of

_UNIONS = ("oneOf", "anyOf")
Pair = tuple[Node, Node]


def compare_xml(collector: FindingCollector, old: MediaType, new: MediaType, use: Use) -> None:
    """Compare the XML of what both schemas describe; other media types have none."""
    if not (_is_xml(old) and _is_xml(new)) or old.schema is None or new.schema is None:
        return
    seen: set[Any] = set()
    roots = of(collector.revisions[0], old.schema), of(collector.revisions[1], new.schema)
    pending: list[tuple[Pair, tuple[str, str]]] = [
        (roots, (_component(roots[0]), _component(roots[1])))
    ]
    while pending:
        pair, names = pending.pop()
        key = (pair[0].place, pair[1].place, names)
        if key in seen:
            continue
        seen.add(key)
        was, now = (_written(node, name) for node, name in zip(pair, names, strict=True))
        if was and now and was != now:
            message = f"{was} became {now} in XML"
            collector.say(RULES["xml-changed"], message, pair[0].location, pair[1].location, use)
        pending += _below(pair, names)


def _is_xml(media: MediaType) -> bool:
    return media_range(media.name).subtype.rpartition("+")[2] == "xml"


def _component(node: Node) -> str:
    """Return the name of a root element that its schema does not give: that of the component."""
    return node.target().name if node.reference is not None else ""


def _below(pair: Pair, names: tuple[str, str]) -> Iterator[tuple[Pair, tuple[str, str]]]:
    """Yield the parts that both schemas have, with the names that they have by default."""
    before, after = (shape_of(node) for node in pair)
    for name in sorted(before.properties.keys() & after.properties.keys()):
        yield (before.properties[name], after.properties[name]), (name, name)
    items = before.keywords.get("items"), after.keywords.get("items")
    if items[0] is not None and items[1] is not None:
        yield (items[0], items[1]), names
    for union in _UNIONS:
        parts = [shape.keywords.get(union) for shape in (before, after)]
        branches = [part.elements() for part in parts if part is not None]
        if len(branches) == len(parts):
            yield from (
                (both, (names[0] or _component(both[0]), names[1] or _component(both[1])))
                for both in zip(*branches, strict=False)
            )


def _written(node: Node, name: str) -> str:
    """Return how a value looks in XML, without what is in it; nothing for a root without a name."""
    xml = _xml(node)
    if not (xml.get("name") or name):
        return ""
    if shape_of(node).value("type") == "array" and not xml.get("wrapped"):
        return "a list without a wrapper"
    space = f"{{{xml['namespace']}}}" if xml.get("namespace") else ""
    label = f"{space}{xml.get('name') or name}"
    if xml.get("attribute") or xml.get("nodeType") == "attribute":
        return f"the attribute {label}"
    return (
        f"the element {label}" if xml.get("nodeType", "element") == "element" else xml["nodeType"]
    )


def _xml(node: Node) -> dict[str, Any]:
    """Return the XML Object of a schema, the outermost one along its references."""
    seen = set()
    while node.place not in seen:
        seen.add(node.place)
        own = node.get("xml")
        if own is not None and isinstance(own.value, dict):
            return own.value
        node = node.target()
    return {}
