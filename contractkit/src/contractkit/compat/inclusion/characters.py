"""Sets of characters of a regular expression: classes and escapes of ECMA-262."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final
from unicodedata import category

_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_SPACE = frozenset(" \t\n\r\f\v\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | {
    chr(code) for code in range(0x2000, 0x200B)
}
_LONG: Final = {
    "Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll",
    "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M",
    "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N",
    "Decimal_Number": "Nd", "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P",
    "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps",
    "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf",
    "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc",
    "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs",
    "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc",
    "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
}  # fmt: skip
"""The general categories of Unicode (UAX #44) by their long names."""
EVERY: Final = frozenset(name for name in _LONG.values() if len(name) > 1 and name != "LC")


@dataclass(frozen=True, slots=True)
class Characters:
    """A set of characters: those of some general categories, but the other way for those listed."""

    listed: frozenset[str]
    categories: frozenset[str] = frozenset()

    def __contains__(self, character: str) -> bool:
        return (character in self.listed) is not self._of_category(character)

    def _of_category(self, character: str) -> bool:
        if not self.categories or len(self.categories) == len(EVERY):
            return bool(self.categories)
        return category(character) in self.categories

    def __or__(self, other: "Characters") -> "Characters":
        every = Characters(frozenset(), self.categories | other.categories)
        differing = (
            character
            for character in self.listed | other.listed
            if (character in self or character in other) is not (character in every)
        )
        return Characters(frozenset(differing), every.categories)

    @property
    def inverse(self) -> "Characters":
        """All other characters."""
        return Characters(self.listed, EVERY - self.categories)


ANY = Characters(frozenset(), EVERY)
LINE = Characters(frozenset("\n\r\u2028\u2029"), EVERY)
_SHORT = {
    "d": Characters(frozenset("0123456789")),
    "w": Characters(_WORD),
    "s": Characters(_SPACE),
}
CLASSES = _SHORT | {name.upper(): found.inverse for name, found in _SHORT.items()}


def property_class(written: str) -> Characters | None:
    r"""Return the class of `\p{written}`, or None for what is no general category."""
    name, equals, value = written.partition("=")
    if equals and name not in {"gc", "General_Category"}:
        return None
    text = value if equals else name
    short = _LONG.get(text, text)
    within = {"Lu", "Ll", "Lt"} if short == "LC" else {c for c in EVERY if c.startswith(short)}
    if short not in _LONG.values():
        return None
    return Characters(frozenset(), frozenset(within))


def examples(taken: frozenset[str], categories: frozenset[str]) -> list[str]:
    """Return one character of each category that is not taken, where there is one."""
    firsts = (
        next((character for character in _members()[name] if character not in taken), None)
        for name in sorted(categories)
    )
    return [character for character in firsts if character is not None]


@lru_cache(maxsize=1)
def _members() -> dict[str, list[str]]:
    """Return the characters of each category, of the planes that have assigned ones; no halves."""
    found: dict[str, list[str]] = {name: [] for name in EVERY}
    for code in chain(range(0xD800), range(0xE000, 0x20000)):
        found[category(chr(code))].append(chr(code))
    return found
