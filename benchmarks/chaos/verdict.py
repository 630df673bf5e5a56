"""The oracle: what a listener was told must be what the log holds, once and in order."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from benchmarks.chaos.listener import Account

AROUND = 3


@dataclass(slots=True)
class Verdict:
    """Counts over listeners; all but the first must be 0."""

    told: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    altered: int = 0

    def __iadd__(self, other: Self) -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def holds(self) -> bool:
        return self.lost == self.doubled == self.reordered == self.altered == 0


def judge(account: Account, log: list[str], bodies: Mapping[str, str] | None = None) -> Verdict:
    """Compare one listener's ids with the ids that it should have been told.

    `log` holds the ids of its team or job after `account.first_position`, in order. An id that is
    not in the log counts as doubled: nothing may be told that did not happen. What a `lagged` or
    `reset` frame said was left out is not lost: a snapshot stood for it. `bodies` holds what the
    log says under each id.
    """
    verdict = Verdict(told=len(account.ids))
    place = {event_id: number for number, event_id in enumerate(log)}
    seen: set[str] = set()
    highest = -1
    for event_id in account.ids:
        if event_id in seen or event_id not in place:
            verdict.doubled += 1
        elif place[event_id] < highest:
            verdict.reordered += 1
        highest = max(highest, place.get(event_id, highest))
        seen.add(event_id)
    verdict.lost = sum(not account.was_told_of(event_id) for event_id in place.keys() - seen)
    if bodies is not None:
        verdict.altered = sum(
            body != bodies[event_id]
            for event_id, body in account.bodies.items()
            if event_id in bodies
        )
    return verdict


def explain(account: Account, log: list[str]) -> str:
    """Tell where an account leaves the log for the first time, with what is around it."""
    due = [e for e in log if e in set(account.ids) or not account.was_told_of(e)]
    told = account.ids
    at = next(
        (n for n, (one, other) in enumerate(zip(due, told, strict=False)) if one != other),
        min(len(due), len(told)),
    )
    window = slice(max(0, at - AROUND), at + AROUND + 1)
    return (
        f"the log went on with {due[window]}, it was told {told[window]} "
        f"(event {at + 1} of {len(due)}; gaps told: {account.gaps}; connects: {account.connects})"
    )
