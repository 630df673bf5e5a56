"""Heartbeats on a clock that the test turns."""

from typing import Any

import pytest

from slipway.amqp import wire
from slipway.amqp.heartbeat import Heartbeat


class Line:
    """An outbound side that remembers what was said."""

    def __init__(self) -> None:
        self.spoke = 0.0
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def overloaded(self) -> bool:
        return False


@pytest.fixture
def line() -> Line:
    return Line()


async def beaten(line: Any, *, now: float, heard: float, listening: bool = True) -> bool:
    """One beat at a time of 10 s intervals; returns whether the peer was given up."""
    ended: list[bool] = []
    heartbeat = Heartbeat(10, line, lambda: listening, lambda: ended.append(True))
    heartbeat.heard = heard

    class Clock:
        @staticmethod
        def time() -> float:
            return now

        @staticmethod
        def call_later(*_: object) -> None:
            return None

    heartbeat.stop()
    heartbeat._loop = Clock()  # type: ignore[assignment]
    heartbeat._beat()
    return bool(ended)


async def test_it_speaks_only_when_silent(line):
    line.spoke = 100.0
    assert not await beaten(line, now=104.9, heard=104.0)
    assert line.sent == []
    assert not await beaten(line, now=105.0, heard=104.0)
    assert line.sent == [wire.HEARTBEAT_FRAME]


async def test_two_silent_intervals_end_it_unless_nobody_listens(line):
    assert not await beaten(line, now=120.0, heard=100.0)
    assert await beaten(line, now=120.1, heard=100.0)
    assert not await beaten(line, now=500.0, heard=100.0, listening=False)


async def test_none_agreed_means_none_kept(line):
    assert Heartbeat(0, line, lambda: True, lambda: None)._timer is None
