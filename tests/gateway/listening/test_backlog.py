"""The memory of a channel: bounded, and honest about how far it reaches back."""

from gateway.listening.backlog import Backlog
from gateway.outgoing.entry import JOB_STATUS, Entry


def entry(position: int | None) -> Entry:
    event_id = None if position is None else f"e.{position}"
    return Entry(JOB_STATUS, b"{}", event_id, job_id=1)


def test_the_oldest_goes_and_the_floor_rises_with_it() -> None:
    backlog = Backlog(10, size=3)
    assert not any(backlog.append(n, entry(10 + n)) for n in (1, 2, 3))
    assert backlog.floor == 10
    assert backlog.append(4, entry(14))
    assert backlog.floor == 11
    assert [e.position for _, e in backlog.after(0, 12)] == [13, 14]


def test_what_has_no_position_goes_by_sequence() -> None:
    backlog = Backlog(10, size=5)
    backlog.append(1, entry(11))
    backlog.append(2, entry(None))
    backlog.append(3, entry(12))
    assert [n for n, _ in backlog.after(2, 11)] == [3]
    assert [n for n, _ in backlog.after(1, 11)] == [2, 3]
    # One that came later but read the log further back misses entries, not the unnumbered one.
    assert [n for n, _ in backlog.after(3, 10)] == [1, 3]
