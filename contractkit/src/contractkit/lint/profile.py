"""Profiles: which rules a project applies, the recommended ones or all, and which it ignores."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from contractkit.lint.violation import Violation


class Profile(StrEnum):
    """`recommended` has rules about errors, `strict` also about descriptions and examples."""

    RECOMMENDED = "recommended"
    STRICT = "strict"


EXPLAINING: Final = frozenset({"additional-properties", "description-missing", "example-missing"})
"""Rules of `strict` alone: documents that violate them are still correct."""


def chosen(
    violations: Iterable[Violation], profile: Profile, ignored: Iterable[str] = ()
) -> Iterator[Violation]:
    """Yield the violations of rules that are in the profile and not ignored."""
    without = set(ignored) | (EXPLAINING if profile is Profile.RECOMMENDED else set())
    yield from (violation for violation in violations if violation.rule not in without)
