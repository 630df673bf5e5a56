"""The version policy (H17): a break raises the major version, any change raises the version."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contractkit.compat.anchor import Anchor
from contractkit.compat.finding import Finding
from contractkit.compat.http.rules import RULES
from contractkit.compat.rule import Category, Severity
from contractkit.location import Location

_SEMANTIC = re.compile(r"^v?(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?(?:\+.*)?$")

Precedence = tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]

_SILENT = frozenset({"documentation-changed", "extension-changed", "binding-version-changed"})
_ADVICE = (
    "it follows from other findings: waive them, or raise the version; it needs no waiver itself"
)


@dataclass(frozen=True, slots=True)
class Release:
    """The `info.version` of a document and where the document stands."""

    document: str
    version: str
    location: Location


def numbers(version: str) -> tuple[int, int, int] | None:
    """Return major, minor and patch of a semantic version, or None."""
    match = _SEMANTIC.match(version.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def precedence(version: str) -> Precedence | None:
    """Return what orders semantic versions (SemVer 2.0, §11), or None for something else.

    A pre-release is lower than its release; numbers of pre-releases are lower than words.
    """
    final = numbers(version)
    match = _SEMANTIC.match(version.strip())
    if final is None or match is None:
        return None
    words = match[4].split(".") if match[4] is not None else []
    ordered = ((not word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in words)
    return final, not words, tuple(ordered)


def raised_major(old: str, new: str) -> bool:
    """Return whether the version allows breaks. Below 1.0.0 the minor version counts as major."""
    before, after = numbers(old), numbers(new)
    if before is None or after is None:
        return False
    return after[0] > before[0] or (before[0] == after[0] == 0 and after[1] > before[1])


def same_major(old: str, new: str) -> bool:
    """Return whether NEW must stay compatible with OLD; below 1.0.0 minor versions are major."""
    before, after = numbers(old), numbers(new)
    if before is None or after is None or before[0] != after[0]:
        return before is None or after is None
    return before[0] > 0 or before[1] == after[1]


def policy_findings(old: Release, new: Release, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of the policy about one document."""
    judged = list(findings)
    before, after = precedence(old.version), precedence(new.version)
    said: list[tuple[str, str]] = []
    if before is None or after is None:
        if old.version != new.version:
            text = f"{new.document}: {old.version} became {new.version}, no semantic version"
            said.append(("version-malformed", text))
    elif after < before:
        text = f"{new.document}: {old.version} became {new.version}"
        said.append(("version-decreased", text))
    broken = [
        f
        for f in judged
        if f.severity is Severity.BREAKING and f.category is not Category.POLICY and not f.waived
    ]
    if broken and not raised_major(old.version, new.version):
        text = f"{new.document}: {old.version} became {new.version}, but it breaks"
        said.append(("breaking-without-major", text))
    elif any(map(_travels, judged)) and (before or old.version) == (after or new.version):
        text = f"{new.document}: it changed, but its version is still {new.version}"
        said.append(("version-unchanged", text))
    return [
        Finding(
            rule=RULES[name],
            severity=RULES[name].verdict(None),
            verdicts=(),
            message=text,
            subject="",
            token=new.document,
            old=old.location,
            new=new.location,
            uses=(),
            note=_ADVICE if name == "breaking-without-major" else "",
            anchor=Anchor(new.document),
        )
        for name, text in said
    ]


def _travels(finding: Finding) -> bool:
    """Return whether a finding affects bytes or routing, not annotations or generated names."""
    outward = finding.category in {Category.WIRE, Category.ROUTING}
    return outward and finding.rule.name not in _SILENT
