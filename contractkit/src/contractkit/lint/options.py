"""Reads `[tool.contractkit.lint]`; refuses unknown members."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contractkit.configuration import read_configuration
from contractkit.errors import UsageError
from contractkit.lint.profile import Profile
from contractkit.lint.violation import RULES

LINT_KEYS: Final = ("ignore", "profile")


@dataclass(frozen=True, slots=True)
class LintOptions:
    """The profile and the rules that are left out."""

    profile: Profile = Profile.RECOMMENDED
    ignored: frozenset[str] = frozenset()


def read_lint_options(
    start: Path, *, profile: Profile | None = None, ignored: Iterable[str] = ()
) -> LintOptions:
    """Return the options for a folder; the command line adds rules and overrides the profile."""
    table = read_configuration(start).part("lint")
    unknown = sorted(set(table) - set(LINT_KEYS))
    if unknown:
        raise UsageError(
            f"[tool.contractkit.lint] does not know {', '.join(unknown)}. "
            f"Known are {', '.join(LINT_KEYS)}."
        )
    written = table.get("profile", Profile.RECOMMENDED.value)
    if written not in list(Profile):
        raise UsageError(
            f"[tool.contractkit.lint] profile is one of {', '.join(Profile)}; not {written!r}."
        )
    names = table.get("ignore", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError('[tool.contractkit.lint] ignore is a list of rules, as ["sunset"].')
    rules = frozenset((*names, *ignored))
    nameless = sorted(rules - RULES.keys())
    if nameless:
        raise UsageError(
            f"There is no rule {', '.join(nameless)}; `contractkit lint --rules` lists them."
        )
    return LintOptions(profile or Profile(written), rules)
