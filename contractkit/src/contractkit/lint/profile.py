"""Which rules a project asks for: the recommended ones, or all; and which it leaves out."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from contractkit.lint.violation import Violation


class Profile(StrEnum):
    """`recommended` asks for what breaks tools or people, `strict` also for what explains."""

    RECOMMENDED = "recommended"
    STRICT = "strict"


EXPLAINING: Final = frozenset({"additional-properties", "description-missing", "example-missing"})
"""Rules of `strict` alone: documents are right without what they ask for."""


def chosen(
    violations: Iterable[Violation], profile: Profile, ignored: Iterable[str] = ()
) -> Iterator[Violation]:
    """Yield the violations that the profile has and that nobody leaves out."""
    without = set(ignored) | (EXPLAINING if profile is Profile.RECOMMENDED else set())
    yield from (violation for violation in violations if violation.rule not in without)
