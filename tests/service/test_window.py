"""The window moves with the clock, refusals do not count, and silent keys are let go."""

from limits import RateLimitItemPerMinute

from service.window import MovingWindow

THREE = RateLimitItemPerMinute(3)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_place_is_free_again_when_its_own_minute_is_over() -> None:
    clock = Clock()
    window = MovingWindow(clock)
    for _ in range(3):
        assert window.hit(THREE, "orders", "7") is None
        clock.now += 10
    assert window.hit(THREE, "orders", "7") == 30.0
    clock.now += 30
    # At the very end of the minute the wait is nought, but the place is still taken.
    assert window.hit(THREE, "orders", "7") == 0.0
    clock.now += 1
    assert window.hit(THREE, "orders", "7") is None
    # The refused ones took no place; the next is free when the second one's minute is over.
    assert window.hit(THREE, "orders", "7") == 9.0


def test_keys_and_limits_count_apart_and_can_begin_anew() -> None:
    window = MovingWindow(Clock())
    one = RateLimitItemPerMinute(1)
    assert window.hit(one, "orders", "7") is None
    assert window.hit(one, "orders", "7") == 60.0
    assert window.hit(one, "orders", "8") is None
    assert window.hit(THREE, "orders", "7") is None
    window.clear(one, "orders", "7")
    assert window.hit(one, "orders", "7") is None
    assert window.hit(one, "orders", "8") == 60.0


def test_keys_that_fell_silent_are_not_kept() -> None:
    clock = Clock()
    window = MovingWindow(clock)
    for number in range(100):
        window.hit(THREE, "orders", str(number))
    clock.now += 60
    window.hit(THREE, "orders", "0")
    assert len(window) == 100
    clock.now += 30
    window.hit(THREE, "orders", "1")
    clock.now += 30.5
    window.hit(THREE, "orders", "2")
    assert len(window) == 2
