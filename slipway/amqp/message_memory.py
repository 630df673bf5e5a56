"""What the broker holds at this moment: message numbers, the memory they take, and the journal.

Queues report here; above the memory limit publishers are no longer read.
"""

from collections.abc import Callable
from typing import Protocol

from slipway.amqp.message import Entry, Message

_RESUME_SHARE = 0.8


class MessageLog(Protocol):
    """The part of a journal that keeps messages. `slot` is a queue's number in the journal."""

    def insert(self, slot: int, entry: Entry) -> None:
        """Keep an entry."""

    def remove(self, entry: Entry) -> None:
        """Forget an entry."""

    def delivered(self, slot: int, position: int) -> None:
        """Remember that everything up to this position may have been seen by a consumer."""

    def returned(self, entry: Entry) -> None:
        """Remember how often an entry came back."""


class MessageMemory:
    """Counts bytes of queued and unacknowledged messages against a limit.

    A message counts once in each queue that holds it. `on_relief` runs when use has fallen to
    80 % of the limit, so that publishers are not stopped and started at every message.
    """

    def __init__(
        self, limit: int, on_relief: Callable[[], None], log: MessageLog | None = None
    ) -> None:
        self.limit = limit
        self.used = 0
        self.exceeded = False
        self.last_id = 0
        self._resume_at = int(limit * _RESUME_SHARE)
        self._on_relief = on_relief
        self._log = log

    def enter(self, slot: int | None, message: Message, expires_at: float | None) -> Entry:
        """Count a message for one queue, and give it a number.

        A journal keeps it if the queue has a slot there and the message is persistent.
        """
        self.last_id += 1
        entry = Entry(self.last_id, message, expires_at)
        self.count(message.size)
        if slot is not None and message.persistent and self._log is not None:
            entry.journaled = True
            self._log.insert(slot, entry)
        return entry

    def count(self, size: int) -> None:
        """Count bytes as held; a negative size counts them as gone."""
        self.used += size
        if self.used > self.limit:
            self.exceeded = True
        elif self.exceeded and self.used <= self._resume_at:
            self.exceeded = False
            self._on_relief()

    def delivered(self, slot: int | None, entry: Entry) -> None:
        """Note the delivery of a journaled entry."""
        if entry.journaled and slot is not None and self._log is not None:
            self._log.delivered(slot, entry.id)

    def returned(self, entry: Entry) -> None:
        """Note that an entry was requeued after a delivery."""
        if entry.journaled and self._log is not None:
            self._log.returned(entry)

    def forget(self, entry: Entry) -> None:
        """Forget an entry for good."""
        if entry.journaled and self._log is not None:
            self._log.remove(entry)
        self.count(-entry.message.size)
