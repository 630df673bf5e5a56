"""What may stay unseen, with the reason and the tests that show it instead. An excuse for what is seen, or for nothing, is refused."""

import fnmatch
from dataclasses import dataclass
from pathlib import Path

import yaml

from traffic.evidence import lacking
from traffic.judge import Verdict

NOTHING = "nothing"
"""What an excuse says in `shown_by` when no test shows it; its reason has to tell why that is right."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """`pattern` names things as the report does; `*` stands for anything. `shown_by` are node ids."""

    pattern: str
    reason: str
    shown_by: tuple[str, ...] = ()

    def covers(self, thing: str) -> bool:
        return fnmatch.fnmatchcase(thing, self.pattern)


def read_excuses(file: Path) -> tuple[Excuse, ...]:
    """Raises ValueError for an excuse without a reason, or without a word on what shows it."""
    found = []
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
        unseen = entry.get("unseen")
        reason = str(entry.get("reason") or "").strip()
        if not reason:
            raise ValueError(f"{file.name}: {unseen!r} has no reason; give one")
        shown_by = entry.get("shown_by")
        if not shown_by:
            raise ValueError(
                f"{file.name}: {unseen!r} has no shown_by; name the tests, or say `{NOTHING}`"
            )
        tests = () if shown_by == NOTHING else tuple(_listed(shown_by))
        found += [Excuse(pattern, reason, tests) for pattern in _listed(unseen)]
    return tuple(found)


def rotten(excuses: tuple[Excuse, ...], root: Path) -> list[str]:
    """The references to tests that do not exist below `root`."""
    node_ids = {node_id for excuse in excuses for node_id in excuse.shown_by}
    return [fault for node_id in sorted(node_ids) if (fault := lacking(node_id, root))]


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


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
