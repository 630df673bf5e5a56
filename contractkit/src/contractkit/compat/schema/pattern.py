"""Regular expressions plain enough to reason about: strings that match, proofs of inclusion.

Understood are anchors, classes, escapes, groups, alternatives and quantifiers of ASCII patterns;
of anything else it says None, which means "cannot tell", never "no".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

_PRINTABLE = frozenset(map(chr, range(32, 127)))
_ALL = frozenset(map(chr, range(128))) | {"\u00a0", "é", "中"}
"""ASCII, and three that stand for all the rest, so that negated classes prove nothing wrong."""

_DIGITS = frozenset("0123456789")
_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_SPACE = frozenset(" \t\n\r\f\v\u00a0")
_CLASSES = {
    "d": _DIGITS,
    "D": _ALL - _DIGITS,
    "w": _WORD,
    "W": _ALL - _WORD,
    "s": _SPACE,
    "S": _ALL - _SPACE,
}
_UNBOUNDED = 1 << 30
_QUANTIFIER = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")


class _TooRichError(ValueError):
    """The pattern uses something that this file does not reason about."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Characters, or a group of alternatives, repeated `least` to `most` times."""

    characters: frozenset[str]
    choices: tuple[tuple["Atom", ...], ...]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: alternatives of sequences of atoms, and whether both ends are anchored."""

    choices: tuple[tuple[Atom, ...], ...]
    anchored: bool


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise _TooRichError
        self.at += 1
        return character

    def choices(self) -> tuple[tuple[Atom, ...], ...]:
        found = [self.sequence()]
        while self.peek() == "|":
            self.take()
            found.append(self.sequence())
        return tuple(found)

    def sequence(self) -> tuple[Atom, ...]:
        atoms: list[Atom] = []
        while self.peek() not in {"", "|", ")"}:
            atoms.append(self.atom())
        return tuple(atoms)

    def atom(self) -> Atom:
        character = self.take()
        characters: frozenset[str] = frozenset()
        choices: tuple[tuple[Atom, ...], ...] = ()
        if character == "(":
            if self.peek() == "?":
                self.take()
                if self.take() != ":":
                    raise _TooRichError
            choices = self.choices()
            if self.take() != ")":
                raise _TooRichError
        elif character == "[":
            characters = self.character_class()
        elif character == ".":
            characters = _ALL - {"\n"}
        elif character == "\\":
            characters = self.escape()
        elif character in "^$*+?{":
            raise _TooRichError
        else:
            characters = frozenset(character)
        least, most = self.quantifier()
        return Atom(characters, choices, least, most)

    def escape(self) -> frozenset[str]:
        character = self.take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character.isalnum():
            raise _TooRichError
        return frozenset(character)

    def character_class(self) -> frozenset[str]:
        negated = self.peek() == "^"
        if negated:
            self.take()
        found: set[str] = set()
        first = True
        while first or self.peek() != "]":
            first = False
            character = self.take()
            members = self.escape() if character == "\\" else frozenset(character)
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.take()
                end = self.take()
                end = next(iter(self.escape())) if end == "\\" else end
                members = frozenset(map(chr, range(ord(next(iter(members))), ord(end) + 1)))
            found |= members
        self.take()
        return _ALL - found if negated else frozenset(found)

    def quantifier(self) -> tuple[int, int]:
        character = self.peek()
        bounds = {"*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED), "?": (0, 1)}.get(character)
        if bounds:
            self.take()
        elif match := _QUANTIFIER.match(self.text, self.at):
            self.at = match.end()
            least = int(match[1])
            most = int(match[3]) if match[3] else _UNBOUNDED if match[2] else least
            bounds = (least, most)
        else:
            return 1, 1
        if self.peek() in {"?", "+"}:
            raise _TooRichError
        return bounds


def parse(pattern: str) -> Pattern | None:
    """The parsed pattern, or None when it is too rich for this file."""
    anchored = pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")
    body = pattern.removeprefix("^")
    body = body[:-1] if body.endswith("$") and not body.endswith("\\$") else body
    reader = _Reader(body)
    try:
        choices = reader.choices()
    except _TooRichError:
        return None
    if reader.at != len(body) or (len(choices) > 1 and body != pattern):
        return None
    return Pattern(choices, anchored)


def includes(wide: str, narrow: str) -> bool | None:
    """Whether every string that `narrow` matches is matched by `wide`; None when unproven."""
    if wide == narrow:
        return True
    outer, inner = parse(wide), parse(narrow)
    if not outer or not inner or not (outer.anchored and inner.anchored):
        return None
    return True if _includes(outer.choices, inner.choices) else None


def _includes(outer: tuple[tuple[Atom, ...], ...], inner: tuple[tuple[Atom, ...], ...]) -> bool:
    return all(any(_covers(wide, narrow) for wide in outer) for narrow in inner)


def _covers(wide: tuple[Atom, ...], narrow: tuple[Atom, ...]) -> bool:
    if len(wide) == 1 and not wide[0].choices and all(not atom.choices for atom in narrow):
        characters = frozenset[str]().union(*(atom.characters for atom in narrow))
        least, most = sum(a.least for a in narrow), sum(a.most for a in narrow)
        return characters <= wide[0].characters and wide[0].least <= least and most <= wide[0].most
    return len(wide) == len(narrow) and all(
        outer.least <= inner.least
        and inner.most <= outer.most
        and inner.characters <= outer.characters
        and bool(outer.choices) == bool(inner.choices)
        and _includes(outer.choices, inner.choices)
        for outer, inner in zip(wide, narrow, strict=True)
    )


def matching(pattern: str, shortest: int = 0, longest: int = 256, limit: int = 12) -> list[str]:
    """Up to `limit` strings of allowed length that match, short ones first, then long ones."""
    parsed = parse(pattern)
    if parsed is None:
        return []
    found: dict[str, None] = {}
    for stretch in (0, 1, 2, shortest, longest, longest - 1, longest // 2):
        for sequence in parsed.choices:
            for text in islice(_strings(sequence, max(stretch, 0)), 8):
                fitted = text if len(text) <= longest else ""
                if len(fitted) >= shortest and re.search(pattern, fitted):
                    found[fitted] = None
    return list(found)[:limit]


def _strings(sequence: tuple[Atom, ...], stretch: int) -> Iterator[str]:
    """Strings of a sequence in which the last stretchable atom makes up the length `stretch`."""
    parts = [[_once(atom, variant) * atom.least for variant in (0, -1)] for atom in sequence]
    if sequence and stretch:
        index = max(range(len(sequence)), key=lambda at: (sequence[at].most, at))
        atom = sequence[index]
        rest = sum(len(options[0]) for at, options in enumerate(parts) if at != index)
        unit = max(len(_once(atom, 0)), 1)
        times = min(max((stretch - rest) // unit, atom.least), atom.most)
        parts[index] = [_once(atom, variant) * times for variant in (0, -1)]
    for combination in product(*parts):
        yield "".join(combination)


def _once(atom: Atom, variant: int) -> str:
    if atom.choices:
        chosen = atom.choices[variant]
        return "".join(_once(inner, variant) * inner.least for inner in chosen)
    likely = sorted(atom.characters & _PRINTABLE - {" "}) or sorted(atom.characters)
    return likely[variant] if likely else ""
