import asyncio

import pytest

from backbone.database.engine import transaction
from backbone.database.writer_lock import WriterLock
from backbone.errors import DatabaseUnavailable


async def test_turns_are_taken_one_at_a_time_in_order_of_arrival():
    turn = WriterLock(60)
    log: list[tuple[str, int]] = []

    async def write(number: int) -> None:
        async with turn:
            log.append(("begin", number))
            await asyncio.sleep(0)
            log.append(("end", number))

    await asyncio.gather(*(write(number) for number in range(5)))
    assert log == [(what, number) for number in range(5) for what in ("begin", "end")]


async def test_waiting_has_an_end():
    turn = WriterLock(0.01)
    async with turn:
        waiting = asyncio.create_task(turn.__aenter__())
        with pytest.raises(DatabaseUnavailable):
            await waiting
    async with turn:
        pass


async def test_a_cancelled_waiter_leaves_the_turn_to_the_next():
    turn = WriterLock(60)
    async with turn:
        waiting = asyncio.create_task(turn.__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with turn:
        pass


async def test_a_transaction_within_a_transaction_is_refused_instead_of_waiting_for_itself(engine):
    async with transaction(engine):
        with pytest.raises(RuntimeError, match="already has a transaction"):
            async with transaction(engine):
                pass
