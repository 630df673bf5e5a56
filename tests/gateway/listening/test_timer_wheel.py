"""One timer for all streams: nobody is left out, nobody is asked too often."""

from types import SimpleNamespace

from gateway.listening.timer_wheel import TimerWheel


def stream(deadline: float = 1e9) -> SimpleNamespace:
    return _Stream(deadline=deadline, slot=0, written=None)


def written(stream: SimpleNamespace) -> int | None:
    return stream.written


class _Stream(SimpleNamespace):
    __hash__ = object.__hash__


def test_each_stream_has_its_turn_once_in_a_period() -> None:
    wheel = TimerWheel(5, 100.0)
    streams = [stream() for _ in range(13)]
    for each in streams:
        wheel.add(each)
    turns: dict[int, int] = {}
    for second in range(101, 111):
        beats = wheel.turn(second + 0.3, written).beats
        assert len(beats) <= 3  # spread, not all at once
        for each in beats:
            turns[id(each)] = turns.get(id(each), 0) + 1
    assert sorted(turns.values()) == [2] * 13


def test_a_stream_has_its_turn_when_its_silence_has_lasted_a_period() -> None:
    wheel = TimerWheel(5, 100.0)
    busy, silent = stream(), stream()
    wheel.add(busy)
    wheel.add(silent)
    beats: dict[int, list[_Stream]] = {}
    for second in range(101, 125):
        beats[second] = wheel.turn(second + 0.3, written).beats
        if second <= 112:
            busy.written = wheel.second
    assert [second for second, due in beats.items() if busy in due] == [101, 117, 122]
    assert [second for second, due in beats.items() if silent in due] == [102, 107, 112, 117, 122]


def test_a_late_turn_asks_a_stream_once_that_was_written_to_long_ago() -> None:
    wheel = TimerWheel(5, 100.0)
    wheel.add(each := stream())
    wheel.turn(104.0, written)
    each.written = wheel.second
    assert wheel.turn(108.5, written).beats == []
    assert wheel.turn(120.0, written).beats == [each]
    wheel.discard(each)
    assert wheel.turn(130.0, written).beats == []


def test_a_late_turn_leaves_no_second_out() -> None:
    wheel = TimerWheel(5, 100.0)
    streams = [stream(deadline=102.5), stream(deadline=104.9), stream(deadline=109.0)]
    for each in streams:
        wheel.add(each)
    due = wheel.turn(105.0, written)
    assert len(due.beats) == 3
    assert due.ends == streams[:2]
    assert len(wheel.turn(1000.0, written).beats) <= 3  # a long sleep brings one beat, not hundreds


def test_an_end_falls_into_the_second_of_its_deadline() -> None:
    wheel = TimerWheel(5, 100.0)
    wheel.add(each := stream(deadline=103.9))
    assert wheel.turn(102.99, written).ends == []
    assert wheel.turn(103.0, written).ends == [each]


def test_who_left_has_no_turn() -> None:
    wheel = TimerWheel(5, 100.0)
    each = stream(deadline=103.0)
    wheel.add(each)
    wheel.discard(each)
    due = wheel.turn(110.0, written)
    assert (due.beats, due.ends) == ([], [])
    assert wheel._ends == {}
