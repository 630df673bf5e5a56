"""What a durable broker must find again after a restart, and what it must not."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from aio_pika import DeliveryMode, Message

from slipway.amqp import Broker, JournalDiskFullError, JournalError, JournalThreadEndedError
from slipway.amqp.archive import Archive, Batch
from slipway.amqp.journal import Journal
from slipway.amqp.message import Entry

pytestmark = [pytest.mark.enable_socket]

DURABLE = {"delivery_mode": DeliveryMode.PERSISTENT}


@asynccontextmanager
async def client(path: Path) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    async with Broker(journal=path) as broker, await aio_pika.connect(broker.url) as connection:
        yield await connection.channel()


async def left(channel: Any, name: str) -> list[tuple[bytes, bool]]:
    queue = await channel.get_queue(name)
    found = []
    while (got := await queue.get(fail=False)) is not None:
        found.append((got.body, got.redelivered))
    return found


async def test_durable_things_return_and_others_do_not(tmp_path):
    path = tmp_path / "journal"
    async with client(path) as channel:
        exchange = await channel.declare_exchange("events", "topic", durable=True)
        second = await channel.declare_exchange(
            "more", "headers", durable=True, arguments={"alternate-exchange": "x"}
        )
        fleeting = await channel.declare_exchange("fleeting", "fanout")
        queue = await channel.declare_queue("kept", durable=True, arguments={"x-max-length": 5})
        await channel.declare_queue("lost")
        await channel.declare_queue("mine", durable=True, exclusive=True)
        await queue.bind(exchange, "a.#")
        await queue.bind(exchange, "gone")
        await queue.unbind(exchange, "gone")
        await second.bind(exchange, "b.*")
        await queue.bind(second, arguments={"x-match": "any", "n": 1})
        await queue.bind(fleeting)
        deleted = await channel.declare_queue("deleted", durable=True)
        await channel.default_exchange.publish(Message(b"x", **DURABLE), "deleted")
        await deleted.delete(if_empty=False)
        await exchange.publish(
            Message(b"1", headers={"deep": [{"t": 1}]}, expiration=600, **DURABLE), "a.b"
        )
        await exchange.publish(Message(b"transient"), "a.b")
        await channel.default_exchange.publish(Message(b"x", **DURABLE), "lost")
    async with client(path) as channel:
        for name in ("lost", "mine", "deleted"):
            with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
                await (await channel._connection.channel()).declare_queue(name, passive=True)
        queue = await channel.declare_queue("kept", durable=True, arguments={"x-max-length": 5})
        got = await queue.get()
        assert (got.body, got.redelivered, got.headers) == (b"1", False, {"deep": [{"t": 1}]})
        assert (got.exchange, got.routing_key, got.expiration) == ("events", "a.b", 600)
        assert await queue.get(fail=False) is None
        exchange = await channel.declare_exchange("events", "topic", durable=True)
        for key in ("gone", "a.c"):
            await exchange.publish(Message(key.encode()), key, mandatory=False)
        await exchange.publish(Message(b"headers", headers={"n": 1}), "b.c")
        assert [body for body, _ in await left(channel, "kept")] == [b"a.c", b"headers"]


async def test_what_was_delivered_is_marked_and_what_was_settled_is_gone(tmp_path):
    path = tmp_path / "journal"
    async with client(path) as channel:
        queue = await channel.declare_queue("q", durable=True)
        for n in range(6):
            await channel.default_exchange.publish(Message(b"%d" % n, **DURABLE), "q")
        held = [await queue.get() for _ in range(4)]
        await held[1].ack()
        await held[0].nack(requeue=False)
    async with client(path) as channel:
        assert await left(channel, "q") == [
            (b"2", True),
            (b"3", True),
            (b"4", False),
            (b"5", False),
        ]


async def test_a_new_queue_in_an_old_slot_starts_unmarked(tmp_path):
    path = tmp_path / "journal"
    async with client(path) as channel:
        queue = await channel.declare_queue("old", durable=True)
        await channel.default_exchange.publish(Message(b"x", **DURABLE), "old")
        await (await queue.get()).ack()
        await queue.delete()
    async with client(path) as channel:
        await channel.declare_queue("new", durable=True)
        await channel.default_exchange.publish(Message(b"y", **DURABLE), "new")
    async with client(path) as channel:
        assert await left(channel, "new") == [(b"y", False)]


async def test_a_dead_letter_moves_in_one_transaction(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    commits: list[tuple[int, int]] = []
    original = Archive.commit

    def commit(self: Archive, batches: list[Batch]) -> None:
        commits.extend((len(batch.inserts), len(batch.removals)) for batch in batches)
        original(self, batches)

    monkeypatch.setattr(Archive, "commit", commit)
    async with client(path) as channel:
        await channel.declare_queue("grave", durable=True)
        queue = await channel.declare_queue(
            "q",
            durable=True,
            arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "grave"},
        )
        await channel.default_exchange.publish(Message(b"x", **DURABLE), "q")
        got = await queue.get()
        commits.clear()
        await got.reject(requeue=False)
    assert [pair for pair in commits if pair != (0, 0)] == [(1, 1)]
    async with client(path) as channel:
        assert await left(channel, "grave") == [(b"x", False)]


async def test_no_confirm_before_the_commit(tmp_path, monkeypatch):
    broken = sqlite3.OperationalError("disk I/O error")
    failing = asyncio.Event()
    loop = asyncio.get_running_loop()
    original = Archive.commit

    def commit(self: Archive, batches: list[Batch]) -> None:
        if any(batch.inserts for batch in batches) and not repaired:
            loop.call_soon_threadsafe(failing.set)
            raise broken
        original(self, batches)

    repaired: list[bool] = []
    monkeypatch.setattr(Archive, "commit", commit)
    monkeypatch.setattr("slipway.amqp.journal._RETRY_SECONDS", 0.01)
    path = tmp_path / "journal"
    async with client(path) as channel:
        await channel.declare_queue("q", durable=True)
        publishing = asyncio.create_task(
            channel.default_exchange.publish(Message(b"x", **DURABLE), "q")
        )
        await asyncio.wait_for(failing.wait(), 5)
        await channel.default_exchange.publish(Message(b"transient"), "q")
        assert not publishing.done()
        repaired.append(True)
        await asyncio.wait_for(publishing, 5)
    async with client(path) as channel:
        assert [body for body, _ in await left(channel, "q")] == [b"x"]


async def test_a_journal_in_use_and_a_foreign_file_are_refused(tmp_path):
    path = tmp_path / "journal"
    async with Broker(journal=path):
        with pytest.raises(JournalError, match="another broker uses it"):
            await Broker(journal=path).start()
    with pytest.raises(JournalError, match="path is empty"):
        await Broker(journal="").start()
    foreign = tmp_path / "foreign"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE other (x)")
    database.close()
    with pytest.raises(JournalError, match="no journal"):
        await Broker(journal=foreign).start()
    (tmp_path / "text").write_text("not a database at all, but long enough to be one" * 50)
    with pytest.raises(JournalError):
        await Broker(journal=tmp_path / "text").start()
    with pytest.raises(JournalError):
        await Broker(journal=tmp_path / "no" / "such" / "folder").start()


async def test_a_message_that_comes_and_goes_in_one_turn_is_not_written(tmp_path, make_message):
    journal = Journal(tmp_path / "journal")
    entry = Entry(1, make_message(b"x", delivery_mode=2), None)
    journal.insert(1, entry)
    journal.remove(entry)
    assert (journal._batch.inserts, journal._batch.removals) == ({}, [])


async def test_a_full_disk_is_told_and_what_waited_is_written_when_there_is_space(tmp_path):
    path = tmp_path / "journal"
    async with Broker(journal=path) as broker, await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True)
        broker.check()
        commit = Archive.commit

        def refuse(archive: Archive, batches: list[Batch]) -> None:
            archive._db.execute("PRAGMA max_page_count = 1")
            try:
                commit(archive, batches)
            finally:
                archive._db.execute("PRAGMA max_page_count = 1073741823")

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Archive, "commit", refuse)
            body = Message(b"x" * 100_000, **DURABLE)
            publishing = asyncio.create_task(channel.default_exchange.publish(body, "kept"))

            async def watch() -> None:
                while True:
                    broker.check()
                    await asyncio.sleep(0.01)

            with pytest.raises(JournalDiskFullError):
                await watch()
            assert not publishing.done()
        await publishing
        broker.check()
    async with client(path) as channel:
        assert [len(body) for body, _ in await left(channel, "kept")] == [100_000]


async def test_a_thread_that_ended_is_told(tmp_path):
    async with Broker(journal=tmp_path / "journal") as broker:
        journal = broker._journal
        assert journal is not None
        journal._inbox.put(None)
        await asyncio.to_thread(journal._thread.join)
        with pytest.raises(JournalThreadEndedError):
            broker.check()
