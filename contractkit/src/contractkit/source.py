"""One YAML or JSON file as plain data, with the line and column of every JSON pointer.

Scalars follow the YAML 1.2 core schema, so dates and `on` stay text; duplicate keys are refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from contractkit import json_source
from contractkit.errors import MOST_DIGITS, MOST_LEVELS, SpecError, too_deep, too_long
from contractkit.location import Location, as_written, escape

Positions: TypeAlias = dict[str, tuple[int, int]]

_STRING = "tag:yaml.org,2002:str"
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), float("inf")),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
}


class _Loader(yaml.CSafeLoader):
    """Composes nodes without tags for plain scalars, whose types are resolved here."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (the name PyYAML looks for)


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file: `value` is JSON data, `positions` maps JSON pointers to (line, column).

    After a conversion, `aliases` maps the pointer of a moved member to where it was written, with
    parents as they were written.
    """

    file: str
    value: Any
    positions: Positions
    aliases: dict[str, str] = field(default_factory=dict)

    def locate(self, pointer: str) -> Location:
        """Return the location of `pointer`; of its nearest parent when it does not exist."""
        pointer = as_written(pointer)
        written = self._written(pointer) if self.aliases else pointer
        while written and written not in self.positions:
            written = written.rpartition("/")[0]
        line, column = self.positions.get(written, (1, 1))
        return Location(self.file, line, column, pointer)

    def _written(self, pointer: str) -> str:
        """Return the pointer in the file of what is at `pointer` in the converted data."""
        written = ""
        for token in pointer.split("/")[1:]:
            below = f"{written}/{token}"
            written = self.aliases.get(below, below)
        return written


Loader: TypeAlias = Callable[[str, str], Source | None]
"""Takes a file and a path in it; returns the file at that path, or None."""


def parse(file: str, content: bytes) -> Source:
    """Parse YAML or, by the file name's suffix, JSON. Raises SpecError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Location(file, before.count(b"\n") + 1, 1, "")
        raise SpecError(place, "The file is not UTF-8.", "Save it as UTF-8.") from error
    if file.endswith(".json"):
        value, positions = json_source.scan(file, text)
        return Source(file, value, positions)
    positions = {}
    try:
        _refuse_deep_nesting(file, text)
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Location(file, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, "")
        if "nesting depth" in str(error.problem):  # libyaml since PyYAML 6.0.4 has a limit of 1000
            raise too_deep(place) from error
        problem = f"The file is not YAML: {error.problem}."
        raise SpecError(place, problem, "Mend the syntax here or just above.") from error
    except yaml.reader.ReaderError as error:
        place = Location(file, text[: error.position].count("\n") + 1, 1, "")
        raise SpecError(place, f"The file is not YAML: {error.reason}.", "Remove it.") from error
    if root is None:
        raise SpecError(Location(file, 1, 1, ""), "The file is empty.", "Write the document.")
    most = max(len(text), _REPEATED)
    return Source(file, _Composer(file, positions, most).value(root, ""), positions)


_REPEATED = 100_000
"""How many values anchors may make of a file that is shorter; one without them has no more values
than characters."""

_MANY = 5_000
"""From how many levels on the parser may overflow the stack of the process."""
_INDENTED = re.compile(rf"^[ ?-]{{{_MANY}}}", re.MULTILINE)


def _refuse_deep_nesting(file: str, text: str) -> None:
    """Raise SpecError for nesting so deep that parsing it would overflow the stack.

    Only a text with as many brackets, or with as deep an indentation, is searched.
    """
    if text.count("[") + text.count("{") < _MANY and not _INDENTED.search(text):
        return
    level = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            mark = event.start_mark
            if level > _MANY and mark is not None:
                raise too_deep(Location(file, mark.line + 1, mark.column + 1, ""))
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1


class _Composer:
    """Turns YAML nodes into data and records where each value begins."""

    def __init__(self, file: str, positions: Positions, most: int) -> None:
        self._file = file
        self._positions = positions
        self._left = most
        self._open: set[int] = set()

    def value(self, node: yaml.Node, pointer: str) -> Any:
        """Return the data of a node, whose place is `pointer`."""
        mark = node.start_mark
        self._positions.setdefault(pointer, (mark.line + 1, mark.column + 1))
        self._left -= 1
        if self._left < 0:
            raise self._error(
                node,
                pointer,
                "The file repeats anchors so often that it has too many values.",
                "Use a $ref instead.",
            )
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, pointer)
        if id(node) in self._open:
            raise self._error(node, pointer, "An anchor contains itself.", "Use a $ref instead.")
        if len(self._open) == MOST_LEVELS:
            place = Location(self._file, mark.line + 1, mark.column + 1, pointer)
            raise too_deep(place)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, f"{pointer}/{i}") for i, item in enumerate(node.value)]
            return self._mapping(node, pointer)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.Node, pointer: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(
                    key_node, pointer, "A key is not a scalar.", "Use text keys, as JSON has them."
                )
            key = key_node.value
            if key == "<<" and not key_node.style:
                bases = value_node.value if value_node.id == "sequence" else [value_node]
                for base in bases:
                    for name, value in self.value(base, pointer).items():
                        merged.setdefault(name, value)
                continue
            below = f"{pointer}/{escape(key)}"
            if key in found:
                raise self._error(
                    key_node, below, f"The key {key!r} appears twice.", "Keep one of them."
                )
            self._positions[below] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            found[key] = self.value(value_node, below)
        return merged | found

    def _scalar(self, node: yaml.ScalarNode, pointer: str) -> Any:
        text: str = node.value
        if node.style or node.tag not in {_STRING, "tag:yaml.org,2002:null"}:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if len(text) > MOST_DIGITS and (_INTEGER.fullmatch(text) or _BASED.fullmatch(text)):
            mark = node.start_mark
            raise too_long(Location(self._file, mark.line + 1, mark.column + 1, pointer))
        if _INTEGER.fullmatch(text):
            return int(text)
        if _BASED.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
        return text

    def _error(self, node: yaml.Node, pointer: str, problem: str, mend: str) -> SpecError:
        mark = node.start_mark
        return SpecError(
            Location(self._file, mark.line + 1, mark.column + 1, pointer), problem, mend
        )
