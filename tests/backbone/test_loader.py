"""What is asked for while a reading runs shares the next one, and nobody is told what is older."""

import asyncio
from collections.abc import Collection

import pytest

from backbone.loader import LONGEST_PAUSE, PAUSE_PER_KEY, Loader
from testing.virtual_time import virtual


class Reader:
    """Reads numbers, each as its square; 13 is unknown."""

    def __init__(self, **bounds: int) -> None:
        self.asked: list[list[int]] = []
        self.go_on = asyncio.Event()
        self.fails = False
        self.loader: Loader[int, int] = Loader(self.read, **bounds)

    async def read(self, keys: Collection[int]) -> dict[int, int]:
        self.asked.append(list(keys))
        await self.go_on.wait()
        if self.fails:
            raise OSError("away")
        return {key: key * key for key in keys if key != 13}

    def ask(self, *keys: int) -> list[asyncio.Task[int | None]]:
        return [asyncio.create_task(self.loader.load(key)) for key in keys]


async def turns() -> None:
    await asyncio.sleep(LONGEST_PAUSE)
    for _ in range(10):
        await asyncio.sleep(0)


@virtual
async def test_what_comes_in_one_turn_is_one_reading() -> None:
    reader = Reader()
    asked = reader.ask(1, 2, 2, 13)
    reader.go_on.set()
    assert await asyncio.gather(*asked) == [1, 4, 4, None]
    assert reader.asked == [[1, 2, 13]]


@virtual
async def test_a_reading_that_has_begun_is_not_joined_and_those_that_run_are_few() -> None:
    reader = Reader(concurrent=2)
    asked = reader.ask(1)
    await turns()
    asked += reader.ask(1)
    await turns()
    asked += reader.ask(1, 2)
    await turns()
    asked += reader.ask(3)
    await turns()
    assert reader.asked == [[1], [1]], "two at a time"
    reader.go_on.set()
    assert await asyncio.gather(*asked) == [1, 1, 1, 4, 9]
    assert reader.asked == [[1], [1], [1, 2, 3]]


@virtual
async def test_a_reading_has_so_many_keys_at_most() -> None:
    reader = Reader(concurrent=1, most=2)
    asked = reader.ask(1, 2, 3, 4, 5)
    reader.go_on.set()
    await asyncio.gather(*asked)
    assert reader.asked == [[1, 2], [3, 4], [5]]


@virtual
async def test_who_leaves_takes_nobodys_answer_along() -> None:
    reader = Reader()
    leaving, staying = reader.ask(3, 3)
    await turns()
    leaving.cancel()
    reader.go_on.set()
    assert await staying == 9
    with pytest.raises(asyncio.CancelledError):
        await leaving


@virtual
async def test_all_hear_of_an_error_and_the_next_try_again() -> None:
    reader = Reader()
    reader.fails = True
    reader.go_on.set()
    for answer in await asyncio.gather(*reader.ask(1, 2), return_exceptions=True):
        assert isinstance(answer, OSError)
    reader.fails = False
    assert await reader.loader.load(2) == 4


@virtual
async def test_the_more_there_is_to_read_the_more_gathers_and_who_is_alone_waits_for_nothing() -> (
    None
):
    reader = Reader()
    reader.go_on.set()
    time = asyncio.get_running_loop().time
    for key in range(3):
        await asyncio.sleep(PAUSE_PER_KEY)
        begun = time()
        await reader.loader.load(key)
        assert time() == begun
    await asyncio.gather(*reader.ask(*range(10)))
    begun = time()
    asked = reader.ask(20)
    await asyncio.sleep(9 * PAUSE_PER_KEY)
    asked += reader.ask(21)
    await asyncio.gather(*asked)
    assert time() - begun == pytest.approx(10 * PAUSE_PER_KEY)
    assert reader.asked[-1] == [20, 21]
    await asyncio.gather(*reader.ask(*range(400)))
    begun = time()
    await reader.loader.load(1)
    assert time() - begun == pytest.approx(LONGEST_PAUSE)
