"""The process's own store counts as the library's does, and costs no more for many keys."""

import asyncio
import random
import threading

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from service.process_storage import ProcessStorage

THREE = RateLimitItemPerMinute(3)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """A clock that the library's store is read by, too."""
    clock = Clock()
    monkeypatch.setattr("limits.aio.storage.memory.time.time", clock)
    return clock


async def test_a_window_moves(clock) -> None:
    windows = MovingWindowRateLimiter(ProcessStorage(clock=clock))
    for seconds in (0, 20, 20):
        clock.now += seconds
        assert await windows.hit(THREE, "7")
    assert not await windows.hit(THREE, "7")
    assert await windows.hit(THREE, "8")
    assert (await windows.get_window_stats(THREE, "7")).reset_time == 1_000_060.0
    clock.now += 20.5
    assert await windows.hit(THREE, "7")
    assert not await windows.hit(THREE, "7")


async def test_a_counter_ends_after_its_first(clock) -> None:
    store = ProcessStorage(clock=clock)
    assert [await store.incr("a", 10), await store.incr("a", 10)] == [1, 2]
    assert await store.get_expiry("a") == clock.now + 10
    clock.now += 9
    assert await store.incr("a", 10) == 3
    clock.now += 1
    assert await store.get("a") == 0
    assert await store.get_expiry("a") == clock.now
    assert await store.incr("a", 10) == 1


async def test_it_answers_as_the_library_s_store_does(clock) -> None:
    """Whatever is asked: 3,000 calls at random, with and without time between them."""
    ours, theirs = ProcessStorage(clock=clock), MemoryStorage()
    choice = random.Random(7)  # noqa: S311
    for _ in range(3_000):
        # Never just at the end of a window, of which the library says both.
        clock.now += choice.choice((0, 0, 0.3, 1, 7)) * choice.random()
        key, expiry = choice.choice("abcd"), choice.choice((5, 10))
        # One expiry for a window: the library forgets by that of the hit, not by that of the question.
        name, *arguments = choice.choice(
            (
                ("acquire_entry", f"w{key}", 4, 10, choice.choice((1, 2, 5))),
                ("get_moving_window", f"w{key}", 4, 10),
                ("incr", f"c{key}", expiry, choice.choice((1, 2))),
                ("get", f"c{key}"),
                ("clear", choice.choice(("w", "c")) + key),
            )
        )
        got, expected = [await getattr(store, name)(*arguments) for store in (ours, theirs)]
        if name == "get_moving_window" and got[1] == 0:
            # Of a window that is empty by now the library tells when its hits were.
            assert got[0] == clock.now
            got, expected = got[1], expected[1]
        assert got == expected, (name, arguments)


async def test_a_hit_starts_neither_a_thread_nor_a_task_however_many_keys_there_are(clock) -> None:
    windows = MovingWindowRateLimiter(ProcessStorage(clock=clock))
    threads, tasks = threading.active_count(), asyncio.all_tasks()
    for team in range(2_000):
        await windows.hit(THREE, str(team))
    assert threading.active_count() == threads
    assert asyncio.all_tasks() == tasks


async def test_what_is_over_goes_while_others_come(clock) -> None:
    store = ProcessStorage(clock=clock)
    for number in range(1_000):
        await store.incr(f"c{number}", 10)
        await store.acquire_entry(f"w{number}", 3, 10)
    clock.now += 11
    for _ in range(510):
        await store.incr("c", 10)
        await store.acquire_entry("w", 3, 1)
        clock.now += 0.5
    assert await store.reset() <= 4


async def test_many_keys_that_are_alive_do_not_hide_what_is_over(clock) -> None:
    store = ProcessStorage(clock=clock)
    for number in range(100):
        await store.incr(f"long{number}", 3_600)
        await store.incr(f"short{number}", 1)
    clock.now += 2
    for _ in range(200):
        await store.incr("long0", 3_600)
    assert await store.reset() == 100
