"""What may stay unseen, with the reason. An excuse for what is seen, or for nothing, is refused."""

import fnmatch
from dataclasses import dataclass
from pathlib import Path

import yaml

from traffic.judge import Verdict


@dataclass(frozen=True, slots=True)
class Excuse:
    """`pattern` names things as the report does; `*` stands for anything."""

    pattern: str
    reason: str

    def covers(self, thing: str) -> bool:
        return fnmatch.fnmatchcase(thing, self.pattern)


def read_excuses(file: Path) -> tuple[Excuse, ...]:
    """Raises ValueError for an excuse without a reason."""
    found = []
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
        reason = str(entry.get("reason") or "").strip()
        if not reason:
            raise ValueError(f"{file.name}: {entry.get('unseen')!r} has no reason; give one")
        unseen = entry["unseen"]
        patterns = unseen if isinstance(unseen, list) else [unseen]
        found += [Excuse(pattern, reason) for pattern in patterns]
    return tuple(found)


def complaints(verdict: Verdict, excuses: tuple[Excuse, ...]) -> list[str]:
    """What is neither seen nor excused, and the excuses that are wrong."""
    lines = [
        f"unseen: {thing}"
        for thing in sorted(verdict.unseen)
        if not any(excuse.covers(thing) for excuse in excuses)
    ]
    for excuse in excuses:
        seen = sorted(thing for thing in verdict.seen & verdict.promised if excuse.covers(thing))
        if seen:
            lines.append(f"excused, but seen: {', '.join(seen[:5])} ({excuse.pattern})")
        elif not any(excuse.covers(thing) for thing in verdict.unseen):
            lines.append(f"excused, but not in the contract: {excuse.pattern}")
    return lines
