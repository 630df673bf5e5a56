"""Which rules a project asks for: the recommended ones, or all; and which it leaves out."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from contractkit.lint.finding import Finding


class Profile(StrEnum):
    """`recommended` asks for what breaks tools or people, `strict` also for what explains."""

    RECOMMENDED = "recommended"
    STRICT = "strict"


EXPLAINING: Final = frozenset({"additional-properties", "description-missing", "example-missing"})
"""Rules of `strict` alone: documents are right without what they ask for."""


def chosen(
    findings: Iterable[Finding], profile: Profile, ignored: Iterable[str] = ()
) -> Iterator[Finding]:
    """Yield the findings that the profile has and that nobody leaves out."""
    without = set(ignored) | (EXPLAINING if profile is Profile.RECOMMENDED else set())
    yield from (finding for finding in findings if finding.rule not in without)
