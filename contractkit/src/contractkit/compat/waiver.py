"""Waivers: findings that an owner accepts until a date. An expired or unmatched waiver fails.

The file is YAML: a list of `fingerprint`, `reason`, `owner` and `expires` (an ISO 8601 date).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from contractkit.compat.finding import Finding
from contractkit.compat.rule import Severity
from contractkit.errors import SpecError, UsageError
from contractkit.location import Location
from contractkit.source import parse

_MEMBERS = ("fingerprint", "reason", "owner", "expires")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One finding accepted by its owner up to and including the date `expires`."""

    fingerprint: str
    reason: str
    owner: str
    expires: date
    location: Location


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a waiver fails the comparison."""

    waiver: Waiver
    problem: str

    def __str__(self) -> str:
        return f"{self.waiver.location}: the waiver {self.waiver.fingerprint} {self.problem}"


def read(path: Path) -> list[Waiver]:
    """Return the waivers of a file; none when there is no file. Raises SpecError."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    if not content.strip():
        return []
    source = parse(path.name, content)
    if not isinstance(source.value, list):
        raise SpecError(source.locate(""), "Waivers are a list.", "Write `- fingerprint: …`.")
    return [_waiver(item, source.locate(f"/{at}")) for at, item in enumerate(source.value)]


def _waiver(item: Any, location: Location) -> Waiver:
    if not isinstance(item, Mapping) or set(item) != set(_MEMBERS):
        raise SpecError(
            location, "A waiver is incomplete.", f"Write exactly {', '.join(_MEMBERS)}."
        )
    values = {key: str(item[key]).strip() for key in _MEMBERS}
    for key, value in values.items():
        if not value:
            raise SpecError(location, f"The waiver's {key} is empty.", "Write it.")
    try:
        expires = date.fromisoformat(values["expires"])
    except ValueError as error:
        raise SpecError(
            location, f"{values['expires']!r} is not a date.", "Write it as 2026-12-31."
        ) from error
    return Waiver(values["fingerprint"], values["reason"], values["owner"], expires, location)


def apply(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    today: date,
    *,
    judged: bool,
    implied: frozenset[str] = frozenset(),
) -> tuple[list[Finding], list[Complaint]]:
    """Return the findings with the waived ones marked, and the waivers that fail.

    `judged` is False when OLD and NEW are the same: then a waiver without a match is no error.
    `implied` are the fingerprints of findings that disappeared because their causes are waived.
    """
    live = {waiver.fingerprint: waiver for waiver in waivers if waiver.expires >= today}
    known = {finding.fingerprint for finding in findings if finding.severity > Severity.OK}
    complaints = []
    for waiver in waivers:
        if waiver.expires < today:
            complaints.append(Complaint(waiver, f"expired on {waiver.expires}; renew or mend"))
        elif waiver.fingerprint in implied - known:
            complaints.append(
                Complaint(waiver, "is not needed: only the break needs one; remove it")
            )
        elif judged and waiver.fingerprint not in known:
            complaints.append(Complaint(waiver, "matches no finding; remove it"))
    if len({waiver.fingerprint for waiver in waivers}) != len(waivers):
        raise UsageError("Two waivers have the same fingerprint. Keep one of them.")
    marked = []
    for finding in findings:
        excuse = live.get(finding.fingerprint)
        if excuse is None or finding.severity is Severity.OK:
            marked.append(finding)
        else:
            words = f"{excuse.owner} until {excuse.expires}: {excuse.reason}"
            marked.append(replace(finding, waived=words))
    return marked, complaints
