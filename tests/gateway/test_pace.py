"""When a busy loop rests, with a clock that only the test moves."""

import pytest

from gateway.pace import FEW, Pace


class Time:
    def __init__(self) -> None:
        self.now = 100.0
        self.rests: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


class Flushes:
    def __init__(self, gap: float = 0.002) -> None:
        self.time = Time()
        self.pace = Pace(gap, clock=self.time.clock, sleep=self.time.sleep)
        self.total = 0

    def flush(self, after: float, *, events: int = 1, lasting: float = 0.0001) -> int:
        """Flush so many seconds after the last one; return how often the loop has rested."""
        self.time.now += after
        self.pace.begin()
        self.time.now += lasting
        self.total += events
        self.pace.end(self.total)
        return len(self.time.rests)


@pytest.fixture
def flushes() -> Flushes:
    return Flushes()


def test_the_first_event_after_a_pause_costs_no_rest(flushes):
    assert flushes.flush(0.0) == 0
    assert flushes.flush(5.0) == 0
    assert flushes.flush(0.0021) == 0


def test_events_that_come_quickly_one_at_a_time_gather(flushes):
    flushes.flush(1.0)
    assert flushes.flush(0.001) == 1
    assert flushes.time.rests == [0.002]
    # What gathered meanwhile is there at once, so it goes on until a pause.
    assert flushes.flush(0.0, events=2) == 2
    assert flushes.flush(0.003) == 2


@pytest.mark.parametrize(("events", "rests"), [(FEW - 1, 1), (FEW, 0)])
def test_what_has_gathered_by_itself_needs_no_rest(flushes, events, rests):
    flushes.flush(1.0)
    assert flushes.flush(0.001, events=events) == rests


def test_events_are_counted_from_flush_to_flush(flushes):
    flushes.flush(1.0, events=1000)
    assert flushes.flush(0.001, events=1) == 1


def test_who_writes_for_long_needs_no_rest(flushes):
    flushes.flush(1.0)
    assert flushes.flush(0.001, lasting=0.0025) == 0


def test_a_gap_of_nothing_never_rests():
    flushes = Flushes(0.0)
    for _ in range(5):
        assert flushes.flush(0.0) == 0
