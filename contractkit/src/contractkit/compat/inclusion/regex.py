r"""Regular expressions of `pattern` as finite automata over all of Unicode.

Supported are anchors, classes, escapes, groups, alternatives and quantifiers of ECMA-262; for
anything else (look-around, back-references, `\b`) the answer is None, "cannot tell". `\p` is a
general category of Unicode, as with the flag `u` and as validators read it; other properties have
no automaton.
"""

import re
import sys
from functools import lru_cache

from jsonschema_rs import Draft202012Validator, ValidationError

from contractkit.compat.inclusion.automaton import Automaton, UnsupportedPatternError
from contractkit.compat.inclusion.characters import (
    ANY,
    CLASSES,
    LINE,
    Characters,
    property_class,
)

WIDEST = 5000
"""How many characters a range may name."""
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_PROPERTY = re.compile(r"\{([A-Za-z_]+(?:=[A-Za-z_]+)?)\}")
_QUANTIFIER = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_CODED = re.compile(
    r"c(?P<control>[A-Za-z])|x(?P<byte>[0-9A-Fa-f]{2})"
    r"|u(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})\\u(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})"
    r"|u(?P<unit>[0-9A-Fa-f]{4})|u\{(?P<point>[0-9A-Fa-f]+)\}"
)
"""Characters by their numbers; two halves of a surrogate pair are one character."""


class _Reader:
    """Parses a pattern and builds its automaton on the way."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.made = Automaton()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise UnsupportedPatternError
        self.at += 1
        return character

    def build(self) -> Automaton:
        start, accept = self.made.state(), self.made.state()
        self.made.steps[start].append((ANY, start))
        self.made.steps[accept].append((ANY, accept))
        first, last = self.choices()
        if self.at != len(self.text):
            raise UnsupportedPatternError
        self.made.free[start].append(first)
        self.made.free[last].append(accept)
        return self.made

    def choices(self) -> tuple[int, int]:
        first, last = self.made.state(), self.made.state()
        while True:
            begin, end = self.sequence()
            self.made.free[first].append(begin)
            self.made.free[end].append(last)
            if self.peek() != "|":
                return first, last
            self.take()

    def sequence(self) -> tuple[int, int]:
        first = last = self.made.state()
        while self.peek() not in {"", "|", ")"}:
            begin, end = self.repeated()
            self.made.free[last].append(begin)
            last = end
        return first, last

    def repeated(self) -> tuple[int, int]:
        start = self.at
        begin, end = self.atom()
        least, most = self.quantifier()
        if (least, most) == (1, 1):
            return begin, end
        first = last = self.made.state()
        copies = max(least, most or least, 1)
        resume = self.at
        for index in range(copies):
            if index:
                self.at = start
                begin, end = self.atom()
            self.made.free[last].append(begin)
            after = self.made.state()
            self.made.free[end].append(after)
            if index >= least:
                self.made.free[last].append(after)
            if most is None and index == copies - 1:
                self.made.free[after].append(begin)
            last = after
        self.at = resume
        if most == 0:
            empty = self.made.state()
            return empty, empty
        return first, last

    def quantifier(self) -> tuple[int, int | None]:
        character = self.peek()
        bounds: tuple[int, int | None] | None = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(
            character
        )
        if bounds:
            self.take()
        elif match := _QUANTIFIER.match(self.text, self.at):
            self.at = match.end()
            least = int(match[1])
            bounds = (least, int(match[3]) if match[3] else None if match[2] else least)
            if bounds[1] is not None and bounds[1] < least:
                raise UnsupportedPatternError
        else:
            return 1, 1
        if self.peek() == "?":
            self.take()  # Lazy quantifiers match the same strings.
        if self.peek() in {"*", "+", "{"}:
            raise UnsupportedPatternError
        return bounds

    def atom(self) -> tuple[int, int]:
        character = self.take()
        if character == "(":
            self.group()
            inside = self.choices()
            if self.take() != ")":
                raise UnsupportedPatternError
            return inside
        first, last = self.made.state(), self.made.state()
        if character in "^$":
            edges = self.made.begin if character == "^" else self.made.end
            edges[first].append(last)
            return first, last
        self.made.steps[first].append((self.characters(character), last))
        return first, last

    def group(self) -> None:
        if self.peek() != "?":
            return
        self.take()
        if self.peek() == ":":
            self.take()
        elif name := re.compile(r"P?<[A-Za-z_$][\w$]*>").match(self.text, self.at):
            self.at = name.end()
        else:
            raise UnsupportedPatternError

    def characters(self, character: str) -> Characters:
        if character == "[":
            return self.character_class()
        if character == ".":
            return LINE
        if character == "\\":
            return self.escape()
        if character in "*+?{)":
            raise UnsupportedPatternError
        return Characters(frozenset(character))

    def escape(self) -> Characters:
        character = self.take()
        if character in CLASSES:
            return CLASSES[character]
        if character in "pP":
            return self.property(negated=character == "P")
        if character in _CONTROL and not (character == "0" and self.peek().isdecimal()):
            return Characters(frozenset(_CONTROL[character]))
        if coded := _CODED.match(self.text, self.at - 1):
            self.at = coded.end()
            return Characters(frozenset(_coded(coded)))
        if character.isalnum():
            raise UnsupportedPatternError
        return Characters(frozenset(character))

    def property(self, *, negated: bool) -> Characters:
        written = _PROPERTY.match(self.text, self.at)
        found = None if written is None else property_class(written[1])
        if written is None or found is None:
            raise UnsupportedPatternError
        self.at = written.end()
        return found.inverse if negated else found

    def character_class(self) -> Characters:
        negated = self.peek() == "^"
        if negated:
            self.take()
        found = Characters(frozenset())
        while self.peek() != "]":
            member = self.member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.take()
                member = _range(member, self.member())
            found |= member
        self.take()
        return found.inverse if negated else found

    def member(self) -> Characters:
        character = self.take()
        if character == "[":
            # A bracket in ECMA-262; Python may read a nested set in a future version.
            raise UnsupportedPatternError
        if character == "\\" and self.peek() == "b":
            raise UnsupportedPatternError
        return self.escape() if character == "\\" else Characters(frozenset(character))


def _coded(written: re.Match[str]) -> str:
    """Return the character that an escape names by its number."""
    if written["control"]:
        return chr(ord(written["control"]) % 32)
    if written["high"]:
        high, low = int(written["high"], 16) - 0xD800, int(written["low"], 16) - 0xDC00
        return chr(0x10000 + high * 0x400 + low)
    number = int(written["byte"] or written["unit"] or written["point"], 16)
    if number > sys.maxunicode:
        raise UnsupportedPatternError
    return chr(number)


def _range(first: Characters, last: Characters) -> Characters:
    if first.categories or last.categories or len(first.listed) != 1 or len(last.listed) != 1:
        raise UnsupportedPatternError
    begin, end = ord(next(iter(first.listed))), ord(next(iter(last.listed)))
    if end < begin or end - begin > WIDEST:
        raise UnsupportedPatternError
    return Characters(frozenset(map(chr, range(begin, end + 1))))


@lru_cache(maxsize=4096)
def automaton(pattern: str) -> Automaton | None:
    """Return the automaton of a pattern, or None when it is not supported or too large."""
    try:
        return _Reader(pattern).build()
    except (UnsupportedPatternError, RecursionError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def _matcher(keyword: str, value: str) -> Draft202012Validator | None:
    try:
        return Draft202012Validator({keyword: value}, validate_formats=True)
    except (ValidationError, ValueError):
        return None


def matches(pattern: str, text: str) -> bool:
    """Return whether a string matches, as validators say; nothing matches a malformed pattern.

    What the first validator cannot read, but ECMA-262 can, as `[^]`, is asked of the automaton.
    """
    matcher = _matcher("pattern", pattern)
    if matcher is not None:
        return bool(matcher.is_valid(text))
    made = automaton(pattern)
    return made is not None and made.matches(text)


def has_format(name: str, text: str) -> bool:
    """Return whether a string has a format, as validators say."""
    matcher = _matcher("format", name)
    return matcher is None or bool(matcher.is_valid(text))
