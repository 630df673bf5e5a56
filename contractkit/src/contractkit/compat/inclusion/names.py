"""Sets of property names that `properties`, `patternProperties` and their like cover."""

from dataclasses import dataclass

from contractkit.compat.inclusion.regex import matches


@dataclass(frozen=True, slots=True)
class Names:
    """Names that match `pattern` (None: all), but none of `without` and no pattern of `outside`."""

    pattern: str | None = None
    without: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return (
            name not in self.without
            and (self.pattern is None or matches(self.pattern, name))
            and not any(matches(pattern, name) for pattern in self.outside)
        )

    @property
    def patterns(self) -> frozenset[str]:
        """All patterns that the set refers to."""
        return self.outside | ({self.pattern} if self.pattern is not None else set())


@dataclass(frozen=True, slots=True)
class Covered:
    """The properties or items that applicators evaluated, for the `unevaluated…` keywords."""

    names: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    everything: bool = False

    def __or__(self, other: "Covered") -> "Covered":
        return Covered(
            self.names | other.names,
            self.patterns | other.patterns,
            self.everything or other.everything,
        )

    @property
    def rest(self) -> Names | None:
        """The names that are left, or None when none are."""
        return None if self.everything else Names(None, self.names, self.patterns)
