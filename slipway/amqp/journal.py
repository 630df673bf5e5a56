"""The journal: durable queues and persistent messages survive the end of the process.

One thread writes; what gathers while a transaction runs goes into the next one (group commit). A
failed transaction is tried again and nothing is confirmed before it succeeds.
"""

import asyncio
import errno
import heapq
import os
import queue
import sqlite3
import threading
from collections.abc import Callable

import structlog
from pamqp import decode

from slipway.amqp.archive import Archive, Batch, JournalError, Kept
from slipway.amqp.directory import Directory
from slipway.amqp.errors import AmqpError
from slipway.amqp.exchange import Binding, Exchange
from slipway.amqp.marks import DeliveryMarks
from slipway.amqp.message import Entry, Message
from slipway.amqp.queue import Queue

_RETRY_SECONDS = 1.0
_MARKS_SUFFIX = ".delivered"

__all__ = ["Journal", "JournalDiskFullError", "JournalError", "JournalThreadEndedError"]

log = structlog.get_logger(__name__)


class JournalDiskFullError(OSError):
    """There is no space for messages; they are confirmed when there is again."""


class JournalThreadEndedError(RuntimeError):
    """Nobody writes the journal any more; only a new process does."""


class Journal:
    """Notes what must last and tells when it does.

    All methods run on the event loop. What one turn of the loop notes is one batch: it is written
    as a whole or not at all, so a dead-lettered message is never in two queues or in none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self._batch = Batch()
        self._noted = False
        self._in_flight = 0
        self._inbox: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._free: list[int] = []
        self._slots = 0
        self._marks: DeliveryMarks | None = None
        self._failure: Exception | None = None

    async def open(self, directory: Directory) -> None:
        """Open the file and restore what it holds; raises JournalError."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[Kept] = loop.create_future()
        self._thread = threading.Thread(
            target=self._run, args=(loop, opened), name="amqp-journal", daemon=True
        )
        self._thread.start()
        kept = await opened
        try:
            self._marks = DeliveryMarks(self._path + _MARKS_SUFFIX)
            self._restore(kept, directory)
        except (OSError, AmqpError, LookupError, TypeError, ValueError) as error:
            await self.close()
            raise JournalError(
                f"cannot restore the journal {self._path}: {str(error) or type(error).__name__}; "
                "move the file away to begin without messages"
            ) from error
        log.info("amqp_journal_opened", queues=len(kept.queues), messages=len(kept.messages))

    async def close(self) -> None:
        """Write what is noted and close the file."""
        self._hand_over()
        self._stopping.set()
        self._inbox.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        if self._marks is not None:
            self._marks.close()
            self._marks = None

    def check(self) -> None:
        """Tell whether what is noted is being written.

        Raises JournalDiskFullError, JournalError (another failure of the file) or
        JournalThreadEndedError.
        """
        if self._failure is not None:
            if getattr(self._failure, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise JournalDiskFullError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._path)
            raise JournalError(f"cannot write the journal {self._path}: {self._failure}")
        if self._thread is None or not self._thread.is_alive():
            raise JournalThreadEndedError(f"the thread that writes {self._path} ended")

    def when_committed(self, action: Callable[[], None]) -> None:
        """Run an action once all that was noted is committed; now, if it already is."""
        if not self._noted and not self._in_flight:
            action()
        else:
            self._note().actions.append(action)

    def insert(self, slot: int, entry: Entry) -> None:
        """Keep an entry of a queue."""
        message = entry.message
        self._note().inserts[entry.id] = (
            entry.id,
            slot,
            message.address,
            message.header,
            message.body,
            entry.expires_at,
            entry.deliveries,
        )

    def remove(self, entry: Entry) -> None:
        """Forget an entry."""
        batch = self._note()
        batch.returns.pop(entry.id, None)
        if batch.inserts.pop(entry.id, None) is None:
            batch.removals.append((entry.id,))

    def returned(self, entry: Entry) -> None:
        """Keep how often an entry came back."""
        self._note().returns[entry.id] = entry.deliveries

    def delivered(self, slot: int, position: int) -> None:
        """Mark a position as delivered, at once."""
        marks = self._marks
        if marks is not None and position > marks.get(slot):
            marks.set(slot, position)

    def save_exchange(self, vhost: str, exchange: Exchange) -> None:
        """Keep an exchange."""
        self._execute(
            "INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?)",
            vhost,
            exchange.name,
            exchange.kind,
            exchange.auto_delete,
            exchange.internal,
            exchange.encoded,
        )

    def drop_exchange(self, vhost: str, exchange: Exchange) -> None:
        """Forget an exchange."""
        self._execute("DELETE FROM exchanges WHERE vhost = ? AND name = ?", vhost, exchange.name)

    def save_queue(self, vhost: str, queue: Queue) -> int:
        """Keep a queue under a slot of its own."""
        if self._free:
            slot = heapq.heappop(self._free)
        else:
            self._slots += 1
            slot = self._slots
        if self._marks is not None:
            self._marks.set(slot, 0)
        self._execute(
            "INSERT INTO queues VALUES (?, ?, ?, ?, ?)",
            slot,
            vhost,
            queue.name,
            queue.auto_delete,
            queue.encoded,
        )
        return slot

    def drop_queue(self, slot: int) -> None:
        """Forget a queue and free its slot; its messages were removed one by one."""
        heapq.heappush(self._free, slot)
        self._execute("DELETE FROM queues WHERE slot = ?", slot)

    def save_binding(self, vhost: str, binding: Binding) -> None:
        """Keep a binding."""
        self._execute(
            "INSERT OR REPLACE INTO bindings VALUES (?, ?, ?, ?, ?, ?)", vhost, *binding.key
        )

    def drop_binding(self, vhost: str, binding: Binding) -> None:
        """Forget a binding."""
        self._execute(
            "DELETE FROM bindings WHERE vhost = ? AND source = ? AND to_queue = ?"
            " AND destination = ? AND routing_key = ? AND arguments = ?",
            vhost,
            *binding.key,
        )

    def _execute(self, statement: str, *values: object) -> None:
        self._note().statements.append((statement, values))

    def _note(self) -> Batch:
        if not self._noted:
            self._noted = True
            asyncio.get_running_loop().call_soon(self._hand_over)
        return self._batch

    def _hand_over(self) -> None:
        if self._noted:
            self._noted = False
            self._in_flight += 1
            batch, self._batch = self._batch, Batch()
            self._inbox.put(batch)

    def _committed(self, batches: list[Batch]) -> None:
        self._in_flight -= len(batches)
        for batch in batches:
            for action in batch.actions:
                action()

    def _run(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[Kept]) -> None:
        try:
            archive = Archive(self._path)
            kept = archive.load()
        except (JournalError, sqlite3.Error) as error:
            loop.call_soon_threadsafe(opened.set_exception, JournalError(str(error)))
            return
        loop.call_soon_threadsafe(opened.set_result, kept)
        del kept
        running = True
        while running:
            waiting = [self._inbox.get()]
            while not self._inbox.empty():
                waiting.append(self._inbox.get())
            running = None not in waiting
            batches = [batch for batch in waiting if batch is not None]
            if batches and self._write(archive, batches):
                try:
                    loop.call_soon_threadsafe(self._committed, batches)
                except RuntimeError:  # the loop is closed; nobody waits any more
                    running = False
        archive.close()

    def _write(self, archive: Archive, batches: list[Batch]) -> bool:
        while True:
            try:
                archive.commit(batches)
            except Exception as error:  # noqa: BLE001 - whatever it is, a batch is never left out
                self._failure = error
                log.error("amqp_journal_failed", error=str(error), retry_seconds=_RETRY_SECONDS)  # noqa: TRY400 - the trace of every retry would drown the log
                if self._stopping.wait(_RETRY_SECONDS):
                    return False
            else:
                self._failure = None
                return True

    def _restore(self, kept: Kept, directory: Directory) -> None:
        for vhost, name, kind, auto_delete, internal, arguments in kept.exchanges:
            directory.vhost(vhost).exchanges[name] = Exchange(
                name,
                kind,
                durable=True,
                auto_delete=bool(auto_delete),
                internal=bool(internal),
                arguments=decode.field_table(arguments)[1],
            )
        queues: dict[int, Queue] = {}
        for slot, vhost, name, auto_delete, arguments in kept.queues:
            queues[slot] = directory.vhost(vhost).adopt_queue(
                name, slot, auto_delete=bool(auto_delete), table=decode.field_table(arguments)[1]
            )
        self._slots = max(queues, default=0)
        self._free = sorted(set(range(1, self._slots)) - queues.keys())
        for vhost, source, to_queue, destination, key, arguments in kept.bindings:
            directory.vhost(vhost).adopt_binding(
                source, destination, key, arguments, to_queue=bool(to_queue)
            )
        last = 0
        for identity, slot, address, header, body, expires_at, deliveries in kept.messages:
            entry = Entry(identity, Message.restored(address, header, body), expires_at)
            entry.journaled = True
            entry.deliveries = deliveries
            entry.redelivered = self._marks is not None and identity <= self._marks.get(slot)
            queues[slot].restore(entry)
            last = identity
        if self._marks is not None:
            last = max(last, *(self._marks.get(slot) for slot in queues), 0)
        directory.memory.last_id = last
