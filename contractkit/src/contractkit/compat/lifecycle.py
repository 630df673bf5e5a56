"""Deprecation and sunset: a removal must be announced, and the date is binding."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.rule import Rule
from contractkit.compat.use import Use
from contractkit.location import Location

STABILITIES = ("draft", "experimental", "alpha", "beta", "stable")
"""`x-stability`, in ascending order; absent means stable."""


class HasLifecycle(Protocol):
    """Something with a life cycle: an operation, a channel, a message."""

    @property
    def deprecated(self) -> bool: ...  # noqa: D102 (the name says it)
    @property
    def sunset(self) -> str | None: ...  # noqa: D102
    @property
    def extensions(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def location(self) -> Location: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Calendar:
    """The date of the comparison, and how many days ahead a sunset must be announced."""

    today: date
    notice_days: int = 30

    def passed(self, sunset: str | None) -> bool:
        """Return whether a sunset is a date that has been reached."""
        day = day_of(sunset)
        return day is not None and day <= self.today


def day_of(text: str | None) -> date | None:
    """Return the date of an `x-sunset`, an ISO 8601 date or date-time; None for anything else."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def removal(living: HasLifecycle, calendar: Calendar) -> str:
    """Return the suffix of the rule's name for something removed, by its sunset."""
    if living.deprecated and calendar.passed(living.sunset):
        return "-after-sunset"
    return "-before-sunset" if living.sunset else ""


def compare_lifecycle(
    collector: FindingCollector,
    rules: Mapping[str, Rule],
    old: HasLifecycle | None,
    new: HasLifecycle,
    *,
    calendar: Calendar,
    use: Use,
    prefix: str = "",
    name: str,
) -> None:
    """Compare the life cycle of one operation, channel or message; `old` is None when it is new."""
    before = old.location if old else None

    def say(rule: str, message: str) -> None:
        collector.say(rules[f"{prefix}{rule}"], f"{name}: {message}", before, new.location, use)

    was = bool(old and old.deprecated)
    if new.deprecated and not was:
        _announced(say, new, calendar)
    elif was and not new.deprecated:
        say("undeprecated", "is no longer deprecated")
    elif was and old is not None and new.deprecated:
        _moved(say, old.sunset, new, calendar)
    if old is not None:
        first, second = _stability(old), _stability(new)
        if first != second:
            decreased = _rank(second) < _rank(first)
            rule = "stability-decreased" if decreased else "stability-increased"
            say(rule, f"stability {first} became {second}")


def _announced(say: Any, new: HasLifecycle, calendar: Calendar) -> None:
    day = day_of(new.sunset)
    if not new.sunset:
        say("deprecated-without-sunset", "is deprecated without x-sunset")
    elif day is None:
        say("sunset-malformed", f"the sunset {new.sunset!r} is not an ISO 8601 date")
    elif (day - calendar.today).days < calendar.notice_days:
        say("sunset-too-soon", f"the sunset {day} is less than {calendar.notice_days} days ahead")
    else:
        say("deprecated", f"is deprecated until {day}")


def _moved(say: Any, before: str | None, new: HasLifecycle, calendar: Calendar) -> None:
    was, now = day_of(before), day_of(new.sunset)
    if before == new.sunset:
        return
    if not new.sunset:
        say("sunset-removed", f"the sunset {before} is gone")
    elif now is None:
        say("sunset-malformed", f"the sunset {new.sunset!r} is not an ISO 8601 date")
    elif was is None:
        _announced(say, new, calendar)
    elif now < was:
        say("sunset-earlier", f"the sunset {was} became {now}")
    elif now > was:
        say("sunset-later", f"the sunset {was} became {now}")


def _stability(living: HasLifecycle) -> str:
    return str(living.extensions.get("x-stability", "stable"))


def _rank(stability: str) -> int:
    return STABILITIES.index(stability) if stability in STABILITIES else -1
