"""Sets of characters of a regular expression: classes and escapes of ECMA-262."""

from dataclasses import dataclass

_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_SPACE = frozenset(" \t\n\r\f\v\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | {
    chr(code) for code in range(0x2000, 0x200B)
}


@dataclass(frozen=True, slots=True)
class Characters:
    """A set of characters: those listed, or all but those."""

    listed: frozenset[str]
    negated: bool = False

    def __contains__(self, character: str) -> bool:
        return (character in self.listed) is not self.negated

    def __or__(self, other: "Characters") -> "Characters":
        if not self.negated and not other.negated:
            return Characters(self.listed | other.listed)
        if self.negated and other.negated:
            return Characters(self.listed & other.listed, negated=True)
        wide, narrow = (self, other) if self.negated else (other, self)
        return Characters(wide.listed - narrow.listed, negated=True)

    @property
    def inverse(self) -> "Characters":
        """All other characters."""
        return Characters(self.listed, not self.negated)


ANY = Characters(frozenset(), negated=True)
LINE = Characters(frozenset("\n\r\u2028\u2029"), negated=True)
_SHORT = {
    "d": Characters(frozenset("0123456789")),
    "w": Characters(_WORD),
    "s": Characters(_SPACE),
}
CLASSES = _SHORT | {name.upper(): found.inverse for name, found in _SHORT.items()}
