"""A queue: messages in order of arrival, the consumers that share them, and its limits.

Refuses (returns False) a publish only under `x-overflow: reject-publish`; everything else it
drops, it hands to its dead-letter exchange first.
"""

import asyncio
import time
from bisect import insort
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from pamqp import encode

from slipway.amqp.arguments import QueueArguments
from slipway.amqp.consumer import Consumer
from slipway.amqp.exchange import Binding, BindingKey
from slipway.amqp.message import Entry, Message
from slipway.amqp.message_memory import MessageMemory

_ROUND = 256


class Owner(Protocol):
    """What a queue asks of its virtual host."""

    def dead_letter(self, queue: "Queue", message: Message, reason: str) -> None:
        """Publish a dropped message to the queue's dead-letter exchange."""

    def remove_queue(self, queue: "Queue") -> None:
        """Delete a queue that has become unneeded."""


class Queue:
    """One queue of a virtual host.

    `ready` waits in order of `Entry.id`; `unacked` are entries with consumers. Unless a dispatch
    is scheduled, `ready` is empty or no consumer can take more.
    """

    def __init__(
        self,
        name: str,
        owner: Owner,
        memory: MessageMemory,
        *,
        durable: bool = False,
        exclusive_to: object | None = None,
        auto_delete: bool = False,
        table: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.durable = durable
        self.exclusive_to = exclusive_to
        self.auto_delete = auto_delete
        self.table = dict(table or {})
        self.encoded = encode.field_table(self.table)
        self.arguments = QueueArguments.parse(name, self.table)
        self.counts_deliveries = self.arguments.quorum
        self.slot: int | None = None
        self.inbound: dict[BindingKey, Binding] = {}
        self.ready: deque[Entry] = deque()
        self.ready_bytes = 0
        self.unacked: dict[int, Entry] = {}
        self.consumers: deque[Consumer] = deque()
        self.deleted = False
        self._owner = owner
        self._memory = memory
        self._head_timer: asyncio.TimerHandle | None = None
        self._unused_timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self.touch()

    def publish(self, message: Message) -> bool:
        """Take a message, or False if the queue is full and told to refuse."""
        consumer = self._next_consumer() if not self.ready else None
        if consumer is None and self._refuses(message):
            return False
        entry = self._memory.enter(self.slot, message, self._expiry(message))
        if consumer is not None:
            self._give(consumer, entry)
            return True
        self.ready.append(entry)
        self.ready_bytes += len(message.body)
        self._trim()
        self._watch_head()
        return True

    def restore(self, entry: Entry) -> None:
        """Put back an entry that a journal kept; entries come in order."""
        self._memory.count(entry.message.size)
        self.ready.append(entry)
        self.ready_bytes += len(entry.message.body)
        self._watch_head()

    def get(self, *, no_ack: bool) -> Entry | None:
        """Return the next message for basic.get; with `no_ack` it is settled at once."""
        self.touch()
        self._drop_expired()
        if not self.ready:
            return None
        entry = self._pop()
        self._memory.delivered(self.slot, entry)
        if no_ack:
            self._memory.forget(entry)
        else:
            self.unacked[entry.id] = entry
        self._watch_head()
        return entry

    def acknowledge(self, entry: Entry) -> None:
        """Take a consumer's acknowledgement."""
        if self.unacked.pop(entry.id, None) is not None:
            self._memory.forget(entry)

    def reject(self, entry: Entry) -> None:
        """Dead-letter or drop what a consumer refused for good."""
        if self.unacked.pop(entry.id, None) is not None:
            self._discard(entry, "rejected")

    def requeue(self, entries: Iterable[Entry]) -> None:
        """Return entries to their original positions, marked redelivered."""
        limit = self.arguments.delivery_limit if self.arguments.quorum else None
        for entry in sorted(entries, key=_position, reverse=True):
            if self.unacked.pop(entry.id, None) is None:
                continue
            entry.redelivered = True
            entry.deliveries += 1
            if limit is not None and entry.deliveries > limit:
                self._discard(entry, "delivery_limit")
                continue
            if self.arguments.quorum:
                self._memory.returned(entry)
            self.ready_bytes += len(entry.message.body)
            if not self.ready or entry.id < self.ready[0].id:
                self.ready.appendleft(entry)
            else:
                insort(self.ready, entry, key=_position)
        self._trim()
        self.dispatch()

    def dispatch(self) -> None:
        """Give out what consumers can take; at most 256 messages, then others get the loop."""
        self._scheduled = False
        if self.deleted:
            return
        for _ in range(_ROUND):
            self._drop_expired()
            consumer = self._next_consumer() if self.ready else None
            if consumer is None:
                break
            self._give(consumer, self._pop())
        else:
            if not self._scheduled:
                self._scheduled = True
                asyncio.get_running_loop().call_soon(self.dispatch)
        self._watch_head()

    def add_consumer(self, consumer: Consumer) -> None:
        """Let a consumer share the messages; deliver with `dispatch` once it knows its tag."""
        self.consumers.append(consumer)
        self.touch()

    def remove_consumer(self, consumer: Consumer) -> None:
        """Stop deliveries to a consumer; an auto-delete queue goes with its last one."""
        if consumer not in self.consumers:
            return
        self.consumers.remove(consumer)
        self.touch()
        if self.auto_delete and not self.consumers:
            self._owner.remove_queue(self)
        elif self.ready:
            self.dispatch()

    def purge(self) -> int:
        """Drop all ready messages without dead-lettering; returns how many."""
        count = len(self.ready)
        while self.ready:
            self._memory.forget(self._pop())
        return count

    def close(self) -> None:
        """Forget everything, cancel the consumers; the virtual host has removed the queue."""
        self.stop()
        self.purge()
        for entry in self.unacked.values():
            self._memory.forget(entry)
        self.unacked.clear()
        consumers, self.consumers = list(self.consumers), deque()
        for consumer in consumers:
            consumer.channel.cancelled(consumer)

    def stop(self) -> None:
        """End the timers; nothing is delivered any more."""
        self.deleted = True
        for timer in (self._head_timer, self._unused_timer):
            if timer is not None:
                timer.cancel()

    def touch(self) -> None:
        """Count `x-expires` anew after use, or not at all while there are consumers."""
        if self.arguments.expires is None:
            return
        if self._unused_timer is not None:
            self._unused_timer.cancel()
            self._unused_timer = None
        if not self.consumers and not self.deleted:
            self._unused_timer = asyncio.get_running_loop().call_later(
                self.arguments.expires / 1000, self._owner.remove_queue, self
            )

    def _next_consumer(self) -> Consumer | None:
        consumers = self.consumers
        if self.arguments.single_active:
            return consumers[0] if consumers and consumers[0].can_take() else None
        for _ in range(len(consumers)):
            consumer = consumers[0]
            consumers.rotate(-1)
            if consumer.can_take():
                return consumer
        return None

    def _give(self, consumer: Consumer, entry: Entry) -> None:
        self._memory.delivered(self.slot, entry)
        if consumer.no_ack:
            self._memory.forget(entry)
        else:
            self.unacked[entry.id] = entry
            consumer.unacked += 1
        consumer.channel.deliver(consumer, entry)

    def _pop(self) -> Entry:
        entry = self.ready.popleft()
        self.ready_bytes -= len(entry.message.body)
        return entry

    def _discard(self, entry: Entry, reason: str) -> None:
        self._memory.forget(entry)
        if self.arguments.dead_letter_exchange is not None:
            self._owner.dead_letter(self, entry.message, reason)

    def _refuses(self, message: Message) -> bool:
        arguments = self.arguments
        if arguments.overflow == "drop-head" or not self._over(1, len(message.body)):
            return False
        if (
            arguments.overflow == "reject-publish-dlx"
            and arguments.dead_letter_exchange is not None
        ):
            self._owner.dead_letter(self, message, "maxlen")
        return True

    def _over(self, more: int = 0, more_bytes: int = 0) -> bool:
        length, size = self.arguments.max_length, self.arguments.max_bytes
        return (length is not None and len(self.ready) + more > length) or (
            size is not None and self.ready_bytes + more_bytes > size
        )

    def _trim(self) -> None:
        while self.ready and self.arguments.overflow == "drop-head" and self._over():
            self._discard(self._pop(), "maxlen")

    def _expiry(self, message: Message) -> float | None:
        ttl, own = self.arguments.message_ttl, message.ttl
        if ttl is None or (own is not None and own < ttl):
            ttl = own
        return None if ttl is None else time.time() + ttl / 1000

    def _drop_expired(self) -> None:
        ready = self.ready
        while ready and (end := ready[0].expires_at) is not None and end <= time.time():
            self._discard(self._pop(), "expired")

    def _watch_head(self) -> None:
        """Keep one timer on the head's expiry; only the head expires, as in RabbitMQ."""
        if not self.ready or (end := self.ready[0].expires_at) is None:
            return
        loop = asyncio.get_running_loop()
        when = loop.time() + max(0.0, end - time.time())
        if self._head_timer is not None:
            if self._head_timer.when() <= when:
                return
            self._head_timer.cancel()
        self._head_timer = loop.call_at(when, self._head_due)

    def _head_due(self) -> None:
        self._head_timer = None
        self._drop_expired()
        self._watch_head()


def _position(entry: Entry) -> int:
    return entry.id
