"""Strings that satisfy what is demanded of them, found in the product of automata."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from contractkit.compat.inclusion.answer import EMPTY, UNKNOWN, Answer, Found
from contractkit.compat.inclusion.automaton import Automaton
from contractkit.compat.inclusion.regex import automaton, has_format, matches

BUDGET = 5_000
"""How many states of a product are visited before the answer is unknown."""
LONGEST = 2**25
"""How long a string may get; longer ones are unknown. Documents limit texts to some megabytes."""
_LIKED = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@ "

FORMATS = {
    "date": ("2026-01-31", "1999-12-01"),
    "date-time": ("2026-01-31T12:00:00Z", "1999-12-01T00:00:00.5+02:00"),
    "duration": ("PT1H", "P1D"),
    "email": ("a@example.net", "b@example.org"),
    "hostname": ("example.net", "a"),
    "idn-email": ("a@example.net", "b@example.org"),
    "idn-hostname": ("example.net", "a"),
    "ipv4": ("192.0.2.1", "198.51.100.7"),
    "ipv6": ("2001:db8::1", "::1"),
    "iri": ("https://example.net/a", "urn:a:b"),
    "iri-reference": ("/a", "b", ""),
    "json-pointer": ("/a", ""),
    "regex": ("^a$", "b", ""),
    "relative-json-pointer": ("0/a", "1"),
    "time": ("12:00:00Z", "01:02:03+01:00"),
    "uri": ("https://example.net/a", "urn:a:b"),
    "uri-reference": ("/a", "b", ""),
    "uri-template": ("/{a}", "b", ""),
    "uuid": ("3f2a1c9e-8f4b-4c55-9d2a-0a1b2c3d4e5f", "00000000-0000-4000-8000-000000000001"),
}
"""Formats that validators decide, with values of each. All others validate nothing."""
OUTLINES = {
    "date": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    "date-time": (
        r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]"
        r"\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"
    ),
    "duration": "^P[0-9.,YMWDTHS]+$",
    "email": r"^[\s\S]+@[\s\S]+$",
    "idn-email": r"^[\s\S]+@[\s\S]+$",
    "ipv4": r"^\d{1,3}(\.\d{1,3}){3}$",
    "ipv6": "^[0-9A-Fa-f:.]{2,45}$",
    "json-pointer": r"^(/[\s\S]*)?$",
    "time": r"^\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:[\s\S]*$",
    "uuid": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
}
"""Patterns that every text of a format matches, to hold it against lengths and patterns."""
_EXACT = frozenset({"uuid"})
"""Formats whose outline no other text matches."""
_PLAIN = ("a", "", "ab", "abc", "0", "A", "a b", "%", "ä", "a-b", "1.5", "A1", "_", "/", "\n")


@dataclass(slots=True)
class Demands:
    """What is demanded of a string: lengths, patterns and formats, and what it must not be."""

    least: int = 0
    most: int | None = None
    patterns: list[str] = field(default_factory=list)
    not_patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    not_formats: list[str] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)

    def allow(self, text: str) -> bool:
        """Whether a text fulfils them."""
        return (
            self.least <= len(text)
            and (self.most is None or len(text) <= self.most)
            and text not in self.excluded
            and all(matches(pattern, text) for pattern in self.patterns)
            and not any(matches(pattern, text) for pattern in self.not_patterns)
            and all(has_format(name, text) for name in self.formats)
            and not any(has_format(name, text) for name in self.not_formats)
        )


def find(demands: Demands) -> Answer:
    """Return a string, or that there is none, or that it is unknown."""
    if demands.most is not None and demands.most < demands.least:
        return EMPTY
    if set(demands.formats) & set(demands.not_formats):
        return EMPTY
    if demands.least > LONGEST:
        return UNKNOWN
    for text in _guesses(demands):
        if demands.allow(text):
            return Found(text)
    found = _search(demands)
    if isinstance(found, Found) and not demands.allow(found.value):
        return UNKNOWN
    return found


def _guesses(demands: Demands) -> Iterator[str]:
    known = [FORMATS.get(name, ()) for name in (*demands.formats, *demands.not_formats)]
    yield from chain(*known, ("a", "ab", "0") if demands.patterns else _PLAIN)
    if demands.patterns:
        return
    lengths = {demands.least, demands.least + 1, demands.most or 0}
    for length in sorted(length for length in lengths if length <= LONGEST):
        # One after the other, because they may be megabytes.
        yield from (filler * length for filler in " 0ab")


def _search(demands: Demands) -> Answer:
    """Return a search through the product of the automata, the shortest text first."""
    outlines = [OUTLINES[name] for name in demands.formats if name in OUTLINES]
    outside = [OUTLINES[name] for name in demands.not_formats if name in _EXACT]
    wanted = [automaton(pattern) for pattern in (*demands.patterns, *outlines)]
    unwanted = [automaton(pattern) for pattern in (*demands.not_patterns, *outside)]
    unsure = bool(demands.formats or demands.not_formats)
    positive = [made for made in wanted if made is not None]
    negative = [made for made in unwanted if made is not None]
    unsure = unsure or len(positive) < len(wanted) or len(negative) < len(unwanted)
    product = _Product(positive, negative, demands)
    found = product.search()
    if isinstance(found, Found) and unsure:
        return found if demands.allow(found.value) else UNKNOWN
    return found


class _Product:
    def __init__(
        self, wanted: list[Automaton], unwanted: list[Automaton], demands: Demands
    ) -> None:
        self.wanted, self.unwanted, self.demands = wanted, unwanted, demands
        self.letters = _letters([*wanted, *unwanted], demands.excluded)

    def search(self) -> Answer:
        demands = self.demands
        all_of = [*self.wanted, *self.unwanted]
        begin = tuple(made.first() for made in all_of)
        pending = deque([(begin, "", frozenset(demands.excluded))])
        seen = {(begin, 0, frozenset(demands.excluded))}
        while pending:
            states, text, excluded = pending.popleft()
            if len(text) >= demands.least and text not in excluded and self._accepts(states, text):
                return Found(text)
            if demands.most is not None and len(text) >= demands.most:
                continue
            for letter in self.letters:
                moved = tuple(
                    made.after(state, letter) for made, state in zip(all_of, states, strict=True)
                )
                if self._dead(moved):
                    continue
                longer = text + letter
                left = frozenset(word for word in excluded if word.startswith(longer))
                key = (moved, min(len(longer), demands.least), left)
                if key not in seen:
                    seen.add(key)
                    pending.append((moved, longer, left))
            if len(seen) > BUDGET:
                return UNKNOWN
        return EMPTY

    def _dead(self, states: tuple[frozenset[int], ...]) -> bool:
        """Whether no longer text helps: a wanted match is lost, or an unwanted one complete."""
        count = len(self.wanted)
        return not all(states[:count]) or any(1 in state for state in states[count:])

    def _accepts(self, states: tuple[frozenset[int], ...], text: str) -> bool:
        count = len(self.wanted)
        empty = not text
        return all(
            made.accepts(state, empty=empty)
            for made, state in zip(self.wanted, states[:count], strict=True)
        ) and not any(
            made.accepts(state, empty=empty)
            for made, state in zip(self.unwanted, states[count:], strict=True)
        )


def _letters(automata: list[Automaton], excluded: set[str]) -> list[str]:
    """One character for each class that the automata tell apart, and one for all the rest."""
    sets = list({characters for made in automata for characters in made.sets})
    named = set().union(*(characters.listed for characters in sets)) | set("".join(excluded))
    other = next(
        letter for letter in chain(_LIKED, map(chr, range(0xC0, 0x10000))) if letter not in named
    )
    ranks = {letter: rank for rank, letter in enumerate(_LIKED)}
    found: dict[tuple[bool, ...], str] = {}
    classes: list[str] = []
    words = set("".join(excluded))
    for letter in sorted(named | {other}, key=lambda c: (ranks.get(c, len(ranks)), c)):
        signature = tuple(letter in characters for characters in sets)
        if letter in words:
            classes.append(letter)
        elif signature not in found:
            found[signature] = letter
            classes.append(letter)
    return classes
