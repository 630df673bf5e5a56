import asyncio
import time
from types import SimpleNamespace

import pytest
from aiormq.base import Base
from aiormq.channel import Channel
from aiormq.exceptions import ConnectionClosed
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from backbone.relay.confirms import Address, ConfirmedChannel, Confirms, Outcome, missing_parts
from testing.virtual_time import virtual

CONFIRMED, UNROUTABLE, REFUSED, LOST = (
    Outcome.CONFIRMED,
    Outcome.UNROUTABLE,
    Outcome.REFUSED,
    Outcome.LOST,
)


def addresses(*ids: str) -> list[Address]:
    return [Address("jobs.direct", "jobs.env.create", id_) for id_ in ids]


async def test_one_answer_may_be_for_many():
    confirms = Confirms(101, addresses("a", "b", "c", "d"))
    confirms.answer(103, CONFIRMED, multiple=True)
    assert confirms.outcomes == [CONFIRMED] * 3 + [LOST]
    assert not confirms.done.done()
    confirms.answer(104, CONFIRMED, multiple=True)
    assert confirms.outcomes == [CONFIRMED] * 4
    assert confirms.done.done()


async def test_answers_may_come_in_any_order_and_a_later_one_changes_nothing():
    confirms = Confirms(1, addresses("a", "b", "c", "d"))
    confirms.answer(3, REFUSED, multiple=False)
    confirms.answer(2, CONFIRMED, multiple=True)
    confirms.answer(1, REFUSED, multiple=False)
    confirms.answer(4, CONFIRMED, multiple=True)
    assert confirms.outcomes == [CONFIRMED, CONFIRMED, REFUSED, CONFIRMED]
    assert confirms.done.done()


async def test_a_refusal_of_many_leaves_alone_what_was_confirmed():
    confirms = Confirms(1, addresses("a", "b", "c"))
    confirms.answer(2, CONFIRMED, multiple=False)
    confirms.answer(3, REFUSED, multiple=True)
    assert confirms.outcomes == [REFUSED, CONFIRMED, REFUSED]


async def test_zero_means_all():
    confirms = Confirms(7, addresses("a", "b"))
    confirms.answer(0, CONFIRMED, multiple=True)
    assert confirms.outcomes == [CONFIRMED, CONFIRMED]


@pytest.mark.parametrize("multiple", [False, True])
async def test_answers_to_others_are_ignored(multiple):
    confirms = Confirms(10, addresses("a", "b"))
    for tag in (0, 1, 9) if not multiple else (1, 9):
        confirms.answer(tag, REFUSED, multiple=multiple)
    assert confirms.outcomes == [LOST, LOST]
    confirms.answer(11, CONFIRMED, multiple=True)
    confirms.answer(9, REFUSED, multiple=True)
    assert confirms.outcomes == [CONFIRMED, CONFIRMED]


async def test_an_answer_beyond_the_batch_confirms_nothing_by_itself():
    confirms = Confirms(1, addresses("a"))
    confirms.answer(5, CONFIRMED, multiple=False)
    assert confirms.outcomes == [LOST]


async def test_a_return_comes_before_the_confirm_and_wins():
    confirms = Confirms(1, addresses("a", "b", "c"))
    (_, b, _) = addresses("a", "b", "c")
    confirms.returned(b)
    confirms.returned(Address("elsewhere", "x", "a"))
    confirms.answer(3, CONFIRMED, multiple=True)
    assert confirms.outcomes == [CONFIRMED, UNROUTABLE, CONFIRMED]
    assert confirms.done.done()


async def test_each_of_two_messages_with_the_same_id_is_returned():
    confirms = Confirms(1, addresses("a", "a", "b"))
    for address in addresses("a", "a"):
        confirms.returned(address)
    confirms.answer(3, CONFIRMED, multiple=True)
    assert confirms.outcomes == [UNROUTABLE, UNROUTABLE, CONFIRMED]


class Connection(Base):
    """As much of aiormq's connection as a channel needs; what is written stays in the queue."""

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.publisher_confirms = True
        self.is_opened = False
        self.connection_tune = SimpleNamespace(frame_max=4096, heartbeat=0)
        self.write_queue: asyncio.Queue = asyncio.Queue(maxsize=10)
        self.channels: dict = {}
        self.unblocked = asyncio.Event()
        self.unblocked.set()

    async def ready(self) -> None:
        await self.unblocked.wait()

    async def _on_close(self, exc=None) -> None:
        return

    def __str__(self) -> str:
        return "test"


@pytest.fixture
async def channel():
    channel = ConfirmedChannel(Connection(), 2)
    yield channel
    await channel.close()


def publishing(channel: ConfirmedChannel, *ids: str, seconds: float = 30) -> asyncio.Task:
    frames = [f"<{id_}>".encode() for id_ in ids]
    return asyncio.create_task(channel.publish(frames, addresses(*ids), seconds))


async def hear(channel: ConfirmedChannel, *frames: object) -> None:
    for frame in frames:
        await channel.frames.put((0, frame))
    while not channel.frames.empty():
        await asyncio.sleep(0)


async def returned(channel: ConfirmedChannel, id_: str, body: bytes) -> None:
    await hear(
        channel,
        commands.Basic.Return(312, "NO_ROUTE", "jobs.direct", "jobs.env.create"),
        ContentHeader(0, len(body), commands.Basic.Properties(message_id=id_)),
        *([ContentBody(body)] if body else []),
    )


async def test_a_batch_is_one_write(channel):
    batch = publishing(channel, "a", "b", "c")
    written = await channel.write_queue.get()
    assert (written.payload, written.should_close) == (b"<a><b><c>", False)
    await hear(channel, commands.Basic.Ack(3, multiple=True))
    assert await batch == [CONFIRMED] * 3


@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_frames_become_outcomes_batch_after_batch(channel, body):
    for first in (1, 5, 9):
        batch = publishing(channel, "a", "b", "c", "d")
        await channel.write_queue.get()
        await returned(channel, "b", body)
        await hear(
            channel,
            commands.Basic.Nack(first + 2),
            commands.Basic.Ack(first + 1, multiple=True),
            commands.Basic.Ack(first + 3),
        )
        assert await batch == [CONFIRMED, UNROUTABLE, REFUSED, CONFIRMED]


async def test_a_connection_lost_in_mid_batch_ends_the_waiting(channel):
    batch = publishing(channel, "a", "b", "c")
    await channel.write_queue.get()
    await hear(channel, commands.Basic.Ack(1))
    await channel.connection.close(ConnectionClosed(320, "gone"))
    assert await batch == [CONFIRMED, LOST, LOST]
    assert channel.is_closed
    assert await publishing(channel, "d") == [LOST], "and so does one that is lost already"


async def test_a_channel_closed_by_the_broker_ends_the_waiting(channel):
    batch = publishing(channel, "a", "b")
    await channel.write_queue.get()
    await hear(channel, commands.Channel.Close(404, "NOT_FOUND", 60, 40))
    assert await batch == [LOST, LOST]


async def test_silence_ends_the_waiting(channel):
    batch = publishing(channel, "a", "b", seconds=0.05)
    await channel.write_queue.get()
    await hear(channel, commands.Basic.Ack(2))
    assert await batch == [LOST, CONFIRMED]
    await hear(channel, commands.Basic.Ack(1))


async def test_while_the_broker_blocks_the_time_stands_still(channel):
    channel.connection.unblocked.clear()
    batch = publishing(channel, "a", seconds=0.01)
    await channel.write_queue.get()
    for _ in range(3):
        await asyncio.sleep(0.06)
        assert not batch.done()
    await hear(channel, commands.Basic.Ack(1))
    assert await batch == [CONFIRMED]


@virtual
async def test_after_a_block_the_broker_has_all_of_the_time_again():
    """It was blocked when it was last looked at, and answers when the time would be over."""
    channel = ConfirmedChannel(Connection(), 2)
    batch = publishing(channel, "a", seconds=3)
    await asyncio.sleep(1)
    channel.connection.unblocked.clear()
    await asyncio.sleep(1.95)
    channel.connection.unblocked.set()
    await asyncio.sleep(2.5)
    assert not batch.done()
    channel._confirms.answer(1, CONFIRMED, multiple=False)
    assert await batch == [CONFIRMED]


@virtual
async def test_the_time_is_counted_whole_when_nothing_blocks():
    channel = ConfirmedChannel(Connection(), 2)
    batch = publishing(channel, "a", seconds=3)
    await asyncio.sleep(2.99)
    assert not batch.done()
    await asyncio.sleep(0.02)
    assert batch.done()
    assert await batch == [LOST]


async def test_a_writer_that_is_stuck_ends_the_waiting(channel):
    while not channel.write_queue.full():
        channel.write_queue.put_nowait(None)
    start = time.monotonic()
    assert await publishing(channel, "a", seconds=0.05) == [LOST]
    assert time.monotonic() - start < 10


def test_a_part_that_the_library_lacks_is_named(monkeypatch):
    assert missing_parts() == []
    monkeypatch.delattr(Channel, "_on_return_frame")
    assert missing_parts() == ["_on_return_frame"]
