"""Inserts members into objects of YAML and JSON files, in the style of the surrounding text."""

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
    """A member to insert into an object; the object's key, or itself, begins at line and column."""

    file: str
    line: int
    column: int
    key: str
    value: Any


def inserted(name: str, text: str, insertions: Sequence[Insertion]) -> tuple[str, int]:
    """Return the text with the insertions that were possible, and their number.

    The text is parsed again after each insertion; one without the intended result is left out.
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
    """Return the value of a text; `_UNREAD` when it can't be parsed."""
    try:
        return parse(name, text.encode()).value
    except SpecError:
        return _UNREAD


def _grew(before: Any, after: Any) -> bool:
    """Return whether a text can still be parsed, has a new value, and has lost nothing."""
    if before is _UNREAD or after is _UNREAD:
        return False
    return bool(after != before) and not _lost(before, after)


def _lost(before: Any, after: Any) -> bool:
    """Return whether anything was removed or changed."""
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
    """Yield every object with the position that violations have: its key's, else its own."""
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
    """Insert after the opening brace, on a separate line if the other members are."""
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
    """Insert before the second member, so that `type` or `name` stays the first."""
    if not node.value:
        return None
    key = node.value[min(1, len(node.value) - 1)][0].start_mark
    indent = " " * key.column
    member = f"{insertion.key}: {json.dumps(insertion.value, ensure_ascii=False)}\n{indent}"
    return f"{text[: key.index]}{member}{text[key.index :]}"
