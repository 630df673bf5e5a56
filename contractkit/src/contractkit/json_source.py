"""Parses JSON with the position of every pointer; refuses what RFC 8259 does not allow."""

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented, in typeshed absent
from typing import Any

from contractkit.errors import MOST_DIGITS, MOST_LEVELS, SpecError, too_deep, too_long
from contractkit.location import Location, escape

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\n\r]*")
_ATOM = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")


def scan(file: str, text: str) -> tuple[Any, dict[str, tuple[int, int]]]:
    """Return the value and, per JSON pointer, its (line, column). Raises SpecError."""
    return _Scanner(file, text).scan()


class _Scanner:
    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._line = 0
        self._level = 0
        self.positions: dict[str, tuple[int, int]] = {}

    def scan(self) -> tuple[Any, dict[str, tuple[int, int]]]:
        value, at = self._value(self._skip(0), "")
        if self._skip(at) != len(self._text):
            raise self._error(self._skip(at), "There is text behind the value.")
        return value, self.positions

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _place(self, at: int) -> tuple[int, int]:
        while self._line + 1 < len(self._lines) and self._lines[self._line + 1] <= at:
            self._line += 1
        line = self._line
        while self._lines[line] > at:
            line -= 1
        return line + 1, at - self._lines[line] + 1

    def _error(self, at: int, problem: str, mend: str = "Mend the JSON here.") -> SpecError:
        return SpecError(Location(self._file, *self._place(at), ""), problem, mend)

    def _value(self, at: int, pointer: str) -> tuple[Any, int]:
        self.positions.setdefault(pointer, self._place(at))
        character = self._text[at : at + 1]
        if character in {"{", "["}:
            if self._level == MOST_LEVELS:
                raise too_deep(Location(self._file, *self._place(at), pointer))
            self._level += 1
            read = self._members if character == "{" else self._items
            found = read(at, pointer)
            self._level -= 1
            return found
        if character == '"':
            return self._string(at)
        match = _ATOM.match(self._text, at)
        if match is None:
            raise self._error(at, "A JSON value is missing.")
        if match.end() - at > MOST_DIGITS:
            raise too_long(Location(self._file, *self._place(at), pointer))
        return json.loads(match.group()), match.end()

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self._text, at + 1, True)
        except json.JSONDecodeError as error:
            raise self._error(at, f"{error.msg}.") from error
        if _SURROGATE.search(text):
            raise self._error(
                at,
                "A text has half of a surrogate pair, which is no character.",
                "Write both halves, as in \\ud83d\\ude00, or the character itself.",
            )
        return text, end

    def _members(self, at: int, pointer: str) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self._skip(at + 1)
        while self._text[at : at + 1] != "}":
            if found:
                at = self._expect(",", at)
            if self._text[at : at + 1] != '"':
                raise self._error(at, "A key in double quotes is missing.")
            start = at
            key, at = self._string(at)
            below = f"{pointer}/{escape(key)}"
            if key in found:
                raise self._error(start, f"The key {key!r} appears twice.", "Keep one of them.")
            self.positions[below] = self._place(start)
            found[key], at = self._value(self._expect(":", self._skip(at)), below)
            at = self._skip(at)
        return found, at + 1

    def _items(self, at: int, pointer: str) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self._skip(at + 1)
        while self._text[at : at + 1] != "]":
            if found:
                at = self._expect(",", at)
            value, at = self._value(at, f"{pointer}/{len(found)}")
            found.append(value)
            at = self._skip(at)
        return found, at + 1

    def _expect(self, character: str, at: int) -> int:
        if self._text[at : at + 1] != character:
            raise self._error(at, f"A {character!r} is missing.")
        return self._skip(at + 1)
