"""Puts members into objects of YAML and JSON texts, in the style that the text has there."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from contractkit.errors import SpecError
from contractkit.source import parse

_UNREAD: Final = object()


@dataclass(frozen=True, slots=True)
class Insertion:
    """A member for the object whose key (or which itself) begins at a line and column."""

    file: str
    line: int
    column: int
    key: str
    value: Any


def inserted(name: str, text: str, insertions: Sequence[Insertion]) -> tuple[str, int]:
    """Return the text with what could be inserted, and how much that was.

    The result is read again after each insertion; one that does not read as meant is left out.
    """
    value, count = _value(name, text), 0
    for insertion in sorted(insertions, key=lambda one: (-one.line, -one.column)):
        changed = _insert(name, text, insertion)
        if changed is None:
            continue
        after = _value(name, changed)
        if _grew(value, after):
            text, value, count = changed, after, count + 1
    return text, count


def _value(name: str, text: str) -> Any:
    """Return what a text says; `_UNREAD` when it does not read."""
    try:
        return parse(name, text.encode()).value
    except SpecError:
        return _UNREAD


def _grew(before: Any, after: Any) -> bool:
    """Return whether a text still reads, says something else than before, and has lost nothing."""
    if before is _UNREAD or after is _UNREAD:
        return False
    return bool(after != before) and not _lost(before, after)


def _lost(before: Any, after: Any) -> bool:
    """Return whether anything that was there is gone or is another."""
    if isinstance(before, dict) and isinstance(after, dict):
        return any(key not in after or _lost(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) != len(after) or any(map(_lost, before, after))
    return bool(before != after)


def _insert(name: str, text: str, insertion: Insertion) -> str | None:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    place = (insertion.line - 1, insertion.column - 1)
    node = next((value for start, value in _objects(root) if start == place), None)
    if node is None:
        return None
    if node.flow_style:
        return _into_flow(text, node, insertion, quoted=name.endswith(".json"))
    return _into_block(text, node, insertion)


def _objects(root: Any) -> Iterator[tuple[tuple[int, int], yaml.MappingNode]]:
    """Yield every object with the place that violations name: its key's, else its own."""
    pending = [((root.start_mark.line, root.start_mark.column), root)]
    seen: set[int] = set()
    while pending:
        place, node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield place, node
            for key, value in node.value:
                pending.append(((key.start_mark.line, key.start_mark.column), value))
        elif isinstance(node, yaml.SequenceNode):
            pending += [((i.start_mark.line, i.start_mark.column), i) for i in node.value]


def _into_flow(text: str, node: Any, insertion: Insertion, *, quoted: bool) -> str:
    """Insert behind the opening brace, on a line of its own where the others have one."""
    start = node.start_mark.index + 1
    key = json.dumps(insertion.key) if quoted else insertion.key
    member = f"{key}: {json.dumps(insertion.value, ensure_ascii=False)}"
    if not node.value:
        return f"{text[:start]}{member}{text[start:]}"
    first = node.value[0][0].start_mark
    if first.line != node.start_mark.line:
        return f"{text[:start]}\n{' ' * first.column}{member},{text[start:]}"
    return f"{text[:start]}{member}, {text[start:]}"


def _into_block(text: str, node: Any, insertion: Insertion) -> str | None:
    """Insert before the second member, so that `type` and `name` stay where they are."""
    if not node.value:
        return None
    key = node.value[min(1, len(node.value) - 1)][0].start_mark
    indent = " " * key.column
    member = f"{insertion.key}: {json.dumps(insertion.value, ensure_ascii=False)}\n{indent}"
    return f"{text[: key.index]}{member}{text[key.index :]}"
