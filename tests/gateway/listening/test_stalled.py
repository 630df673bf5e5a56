"""Who takes nothing more: cut off in order, waited for, and forgotten when it goes on."""

import asyncio
from typing import Any

from gateway.listening.stalled import Stalled
from tests.gateway.world import virtual


class FakeSink:
    def __init__(self) -> None:
        self.aborted = 0

    def abort(self) -> None:
        self.aborted += 1


class FakeClient:
    def __init__(self) -> None:
        self.sink = FakeSink()


def clients(number: int) -> list[Any]:
    return [FakeClient() for _ in range(number)]


def test_the_longest_are_overdue_first_and_only_once() -> None:
    stalled, (first, second, third) = Stalled(), clients(3)
    for since, client in ((1.0, first), (2.0, second), (9.0, third)):
        stalled.add(client, since)
    assert stalled.overdue(0.5) == []
    assert stalled.overdue(2.0) == [first, second]
    assert stalled.overdue(2.0) == []
    assert list(stalled) == [third]


def test_who_stalls_again_without_having_gone_on_does_so_since_the_first_time() -> None:
    stalled, (client,) = Stalled(), clients(1)
    stalled.add(client, 1.0)
    stalled.add(client, 5.0)
    assert stalled.overdue(1.0) == [client]
    stalled.add(client, 5.0)
    stalled.discard(client)
    stalled.add(client, 6.0)
    assert stalled.overdue(5.0) == []


@virtual
async def test_the_last_that_leaves_ends_the_waiting() -> None:
    stalled, (first, second) = Stalled(), clients(2)
    await stalled.all_left(60)
    stalled.add(first, 0.0)
    stalled.add(second, 0.0)
    waiting = asyncio.create_task(stalled.all_left(60))
    await asyncio.sleep(1)
    stalled.discard(first)
    await asyncio.sleep(1)
    assert not waiting.done()
    stalled.discard(second)
    await asyncio.sleep(1)
    assert waiting.done()


@virtual
async def test_after_the_window_the_rest_is_cut_off() -> None:
    stalled, (client,) = Stalled(), clients(1)
    stalled.add(client, 0.0)
    began = asyncio.get_running_loop().time()
    await stalled.all_left(5)
    assert asyncio.get_running_loop().time() - began == 5
    stalled.abort()
    assert client.sink.aborted == 1
    assert list(stalled) == []
