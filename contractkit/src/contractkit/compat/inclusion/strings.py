"""Strings that satisfy constraints, found in the product of automata."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from contractkit.compat.inclusion.answer import EMPTY, UNKNOWN, Answer, Found
from contractkit.compat.inclusion.automaton import Automaton
from contractkit.compat.inclusion.characters import EVERY, examples
from contractkit.compat.inclusion.regex import automaton, has_format, matches

BUDGET = 5_000
"""How many states of a product are visited before the answer is unknown."""
LONGEST = 2**25
"""How long a string may get; longer ones are unknown. Documents limit them to some megabytes."""
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
"""Formats that validators check, with values of each. All others are ignored."""
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
"""Patterns that every string of a format matches, to combine it with lengths and patterns."""
_WITHIN = {
    "email": {"idn-email"},
    "hostname": {"idn-hostname"},
    "iri": {"iri-reference"},
    "uri": {"iri", "uri-reference", "iri-reference"},
    "uri-reference": {"iri-reference"},
}
"""Formats of which every string has other formats as well (RFC 3986, 3987, 5890, 6531)."""
_EXACT = frozenset({"uuid"})
"""Formats whose pattern no other string matches."""
_PLAIN = ("a", "", "ab", "abc", "0", "A", "a b", "%", "ä", "a-b", "1.5", "A1", "_", "/", "\n")


@dataclass(slots=True)
class Constraints:
    """The constraints on a string: lengths, patterns and formats, required and excluded."""

    least: int = 0
    most: int | None = None
    patterns: list[str] = field(default_factory=list)
    not_patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    not_formats: list[str] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)

    def allow(self, text: str) -> bool:
        """Return whether a string satisfies the constraints."""
        return (
            self.least <= len(text)
            and (self.most is None or len(text) <= self.most)
            and text not in self.excluded
            and all(matches(pattern, text) for pattern in self.patterns)
            and not any(matches(pattern, text) for pattern in self.not_patterns)
            and all(has_format(name, text) for name in self.formats)
            and not any(has_format(name, text) for name in self.not_formats)
        )


def find(constraints: Constraints) -> Answer:
    """Return a string that satisfies the constraints, that there is none, or that it is unknown."""
    if constraints.most is not None and constraints.most < constraints.least:
        return EMPTY
    implied = set[str]().union(*(_WITHIN.get(name, ()) for name in constraints.formats))
    if (implied | {*constraints.formats}) & {*constraints.not_formats}:
        return EMPTY
    if constraints.least > LONGEST:
        return UNKNOWN
    for text in _guesses(constraints):
        if constraints.allow(text):
            return Found(text)
    found = _search(constraints)
    if isinstance(found, Found) and not constraints.allow(found.value):
        return UNKNOWN
    return found


def _guesses(constraints: Constraints) -> Iterator[str]:
    known = [FORMATS.get(name, ()) for name in (*constraints.formats, *constraints.not_formats)]
    yield from chain(*known, ("a", "ab", "0") if constraints.patterns else _PLAIN)
    if constraints.patterns:
        return
    lengths = {constraints.least, constraints.least + 1, constraints.most or 0}
    for length in sorted(length for length in lengths if length <= LONGEST):
        # One by one, because they may be megabytes.
        yield from (filler * length for filler in " 0ab")


def _search(constraints: Constraints) -> Answer:
    """Search the product of the automata, the shortest string first."""
    outlines = [OUTLINES[name] for name in constraints.formats if name in OUTLINES]
    outside = [OUTLINES[name] for name in constraints.not_formats if name in _EXACT]
    wanted = [automaton(pattern) for pattern in (*constraints.patterns, *outlines)]
    unwanted = [automaton(pattern) for pattern in (*constraints.not_patterns, *outside)]
    unsure = bool(constraints.formats or constraints.not_formats)
    positive = [made for made in wanted if made is not None]
    negative = [made for made in unwanted if made is not None]
    unsure = unsure or len(positive) < len(wanted) or len(negative) < len(unwanted)
    product = _Product(positive, negative, constraints)
    found = product.search()
    if isinstance(found, Found) and unsure:
        return found if constraints.allow(found.value) else UNKNOWN
    return found


class _Product:
    def __init__(
        self, wanted: list[Automaton], unwanted: list[Automaton], constraints: Constraints
    ) -> None:
        self.wanted, self.unwanted, self.constraints = wanted, unwanted, constraints
        self.letters = _letters([*wanted, *unwanted], constraints.excluded)

    def search(self) -> Answer:
        constraints = self.constraints
        all_of = [*self.wanted, *self.unwanted]
        begin = tuple(made.first() for made in all_of)
        pending = deque([(begin, "", frozenset(constraints.excluded))])
        seen = {(begin, 0, frozenset(constraints.excluded))}
        while pending:
            states, text, excluded = pending.popleft()
            if (
                len(text) >= constraints.least
                and text not in excluded
                and self._accepts(states, text)
            ):
                return Found(text)
            if constraints.most is not None and len(text) >= constraints.most:
                continue
            for letter in self.letters:
                moved = tuple(
                    made.after(state, letter) for made, state in zip(all_of, states, strict=True)
                )
                if self._dead(moved):
                    continue
                longer = text + letter
                left = frozenset(word for word in excluded if word.startswith(longer))
                key = (moved, min(len(longer), constraints.least), left)
                if key not in seen:
                    seen.add(key)
                    pending.append((moved, longer, left))
            if len(seen) > BUDGET:
                return UNKNOWN
        return EMPTY

    def _dead(self, states: tuple[frozenset[int], ...]) -> bool:
        """Return whether no longer string can satisfy the patterns."""
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
    """Return one character per class that the automata distinguish, and one for all others."""
    sets = list({characters for made in automata for characters in made.sets})
    named = frozenset().union(*(characters.listed for characters in sets), "".join(excluded))
    other = next(
        letter for letter in chain(_LIKED, map(chr, range(0xC0, 0x10000))) if letter not in named
    )
    told = any(characters.categories not in (frozenset(), EVERY) for characters in sets)
    others = {other, *(examples(named, EVERY) if told else ())}
    ranks = {letter: rank for rank, letter in enumerate(_LIKED)}
    found: dict[tuple[bool, ...], str] = {}
    classes: list[str] = []
    words = set("".join(excluded))
    for letter in sorted(named | others, key=lambda c: (ranks.get(c, len(ranks)), c)):
        signature = tuple(letter in characters for characters in sets)
        if letter in words:
            classes.append(letter)
        elif signature not in found:
            found[signature] = letter
            classes.append(letter)
    return classes
