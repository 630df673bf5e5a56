"""A virtual host: its exchanges, queues and bindings, and the way of a message through them."""

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from pamqp import decode, encode

from slipway.amqp import dead_letter, equivalence
from slipway.amqp.arguments import compared
from slipway.amqp.errors import (
    ACCESS_REFUSED,
    NOT_FOUND,
    PRECONDITION_FAILED,
    RESOURCE_LOCKED,
    ChannelError,
)
from slipway.amqp.exchange import Binding, Exchange
from slipway.amqp.message import Message
from slipway.amqp.message_memory import MessageMemory
from slipway.amqp.queue import Queue
from slipway.amqp.router import Router
from slipway.amqp.store import Store

_BUILT_IN = (
    ("", "direct"),
    ("amq.direct", "direct"),
    ("amq.fanout", "fanout"),
    ("amq.topic", "topic"),
    ("amq.headers", "headers"),
    ("amq.match", "headers"),
)

log = structlog.get_logger(__name__)


class VirtualHost:
    """One name space. Errors are ChannelErrors with RabbitMQ's reply codes."""

    def __init__(self, name: str, memory: MessageMemory, store: Store | None = None) -> None:
        self.name = name
        self.exchanges = {title: Exchange(title, kind) for title, kind in _BUILT_IN}
        self.queues: dict[str, Queue] = {}
        self._memory = memory
        self._store = store
        self._router = Router(self.exchanges, self.queues)

    def exchange(self, name: str) -> Exchange:
        """Return the exchange of this name; 404 otherwise."""
        found = self.exchanges.get(name)
        if found is None:
            raise ChannelError(NOT_FOUND, f"no exchange '{name}' in vhost '{self.name}'")
        return found

    def queue(self, name: str, user: object = None) -> Queue:
        """Return a queue by name. 404: there is none; 405: exclusive to another connection."""
        found = self.queues.get(name)
        if found is None:
            raise ChannelError(NOT_FOUND, f"no queue '{name}' in vhost '{self.name}'")
        if found.exclusive_to is not None and found.exclusive_to is not user:
            raise ChannelError(
                RESOURCE_LOCKED,
                f"cannot obtain exclusive access to locked queue '{name}' in vhost '{self.name}'",
            )
        return found

    def declare_exchange(self, wanted: Exchange) -> bool:
        """Create an exchange, or check that the existing one is equivalent (406 if not).

        Returns whether the result is durable and new, so that the answer waits for the journal.
        """
        existing = self.exchanges.get(wanted.name)
        if existing is not None:
            equivalence.check(
                "exchange",
                wanted.name,
                self.name,
                (
                    ("type", existing.kind, wanted.kind),
                    ("durable", existing.durable, wanted.durable),
                    ("auto_delete", existing.auto_delete, wanted.auto_delete),
                    ("internal", existing.internal, wanted.internal),
                    ("alternate-exchange", existing.alternate, wanted.alternate),
                ),
            )
            return False
        if wanted.name.startswith("amq."):
            raise _reserved("exchange", wanted.name)
        self.exchanges[wanted.name] = wanted
        self._router.forget()
        if wanted.durable and self._store is not None:
            self._store.save_exchange(self.name, wanted)
        return wanted.durable

    def remove_exchange(self, name: str, *, if_unused: bool) -> None:
        """Delete an exchange and its bindings; nothing happens if there is none."""
        if not name or name.startswith("amq."):
            raise ChannelError(ACCESS_REFUSED, f"deletion of system exchange '{name}' not allowed")
        exchange = self.exchanges.get(name)
        if exchange is None:
            return
        if if_unused and exchange.outbound:
            raise ChannelError(
                PRECONDITION_FAILED, f"exchange '{name}' in vhost '{self.name}' in use"
            )
        del self.exchanges[name]
        for binding in [*exchange.outbound.values(), *exchange.inbound.values()]:
            self._unbind(binding)
        self._router.forget()
        if exchange.durable and self._store is not None:
            self._store.drop_exchange(self.name, exchange)

    def declare_queue(
        self,
        name: str,
        *,
        durable: bool,
        user: object,
        exclusive: bool,
        auto_delete: bool,
        table: Mapping[str, Any],
    ) -> Queue:
        """Create a queue, or check that the existing one is equivalent (406 if not)."""
        existing = self.queues.get(name)
        if existing is not None:
            self.queue(name, user)
            equivalence.check(
                "queue",
                name,
                self.name,
                (
                    ("durable", existing.durable, durable),
                    ("exclusive", existing.exclusive_to is not None, exclusive),
                    ("auto_delete", existing.auto_delete, auto_delete),
                    *compared(existing.table, table),
                ),
            )
            existing.touch()
            return existing
        if name.startswith("amq."):
            raise _reserved("queue", name)
        return self._create_queue(
            name or f"amq.gen-{secrets.token_urlsafe(16)}",
            durable=durable,
            exclusive_to=user if exclusive else None,
            auto_delete=auto_delete,
            table=table,
        )

    def _create_queue(
        self,
        name: str,
        *,
        durable: bool,
        exclusive_to: object | None,
        auto_delete: bool,
        table: Mapping[str, Any],
    ) -> Queue:
        queue = Queue(
            name,
            self,
            self._memory,
            durable=durable,
            exclusive_to=exclusive_to,
            auto_delete=auto_delete,
            table=table,
        )
        if queue.arguments.quorum and (not durable or exclusive_to is not None or auto_delete):
            raise ChannelError(
                PRECONDITION_FAILED,
                f"invalid property for quorum queue '{name}': it must be durable, and neither "
                "exclusive nor auto-delete",
            )
        if "x-max-priority" in table:
            log.warning("amqp_argument_ignored", queue=name, argument="x-max-priority")
        self.queues[name] = queue
        self._router.forget()
        if durable and exclusive_to is None and self._store is not None:
            queue.slot = self._store.save_queue(self.name, queue)
        return queue

    def adopt_queue(
        self, name: str, slot: int, *, auto_delete: bool, table: Mapping[str, Any]
    ) -> Queue:
        """Take back a durable queue that the journal kept."""
        queue = Queue(name, self, self._memory, durable=True, auto_delete=auto_delete, table=table)
        queue.slot = slot
        self.queues[name] = queue
        return queue

    def adopt_binding(
        self, source: str, destination: str, key: str, arguments: bytes, *, to_queue: bool
    ) -> None:
        """Take back a durable binding that the journal kept."""
        ends: Mapping[str, Queue | Exchange] = self.queues if to_queue else self.exchanges
        exchange, end = self.exchanges[source], ends[destination]
        binding = self._binding(exchange, end, key, decode.field_table(arguments)[1])
        exchange.add(binding)
        end.inbound[binding.key] = binding

    def remove_queue(self, queue: Queue) -> None:
        """Delete a queue with its bindings, messages and consumers."""
        if self.queues.get(queue.name) is not queue:
            return
        del self.queues[queue.name]
        for binding in list(queue.inbound.values()):
            self._unbind(binding)
        self._router.forget()
        queue.close()
        if queue.slot is not None and self._store is not None:
            self._store.drop_queue(queue.slot)

    def bind(
        self, source: str, destination: Queue | Exchange, key: str, arguments: Mapping[str, Any]
    ) -> bool:
        """Bind a queue or exchange to an exchange; returns whether a durable binding is new."""
        exchange = self._bindable(source)
        binding = self._binding(exchange, destination, key, arguments)
        if binding.key in exchange.outbound:
            return False
        exchange.add(binding)
        destination.inbound[binding.key] = binding
        self._router.forget()
        if self._kept(binding) and self._store is not None:
            self._store.save_binding(self.name, binding)
        return self._kept(binding)

    def unbind(
        self, source: str, destination: Queue | Exchange, key: str, arguments: Mapping[str, Any]
    ) -> None:
        """Remove a binding if it is there."""
        exchange = self._bindable(source)
        found = exchange.outbound.get(self._binding(exchange, destination, key, arguments).key)
        if found is not None:
            self._unbind(found)

    def route(self, exchange: Exchange, message: Message) -> tuple[Queue, ...]:
        """Return the queues a message published to this exchange goes to, each once."""
        return self._router.route(exchange, message)

    def dead_letter(self, queue: Queue, message: Message, reason: str) -> None:
        """Publish a dropped message to the queue's dead-letter exchange, if that exists."""
        exchange = self.exchanges.get(queue.arguments.dead_letter_exchange or "")
        if exchange is None:
            return
        dead = dead_letter.letter(
            message, queue.name, reason, exchange.name, queue.arguments.dead_letter_routing_key
        )
        for target in self.route(exchange, dead):
            if reason == "rejected" or not dead_letter.goes_in_circles(dead, target.name):
                target.publish(dead)

    def close(self) -> None:
        """Stop the queues' timers; the broker has stopped and nothing is deleted."""
        for queue in self.queues.values():
            queue.stop()

    def _bindable(self, source: str) -> Exchange:
        if not source:
            raise ChannelError(ACCESS_REFUSED, "operation not permitted on the default exchange")
        return self.exchange(source)

    @staticmethod
    def _binding(
        exchange: Exchange, destination: Queue | Exchange, key: str, arguments: Mapping[str, Any]
    ) -> Binding:
        table = dict(arguments)
        to_queue = isinstance(destination, Queue)
        return Binding(exchange, destination, to_queue, key, table, encode.field_table(table))

    @staticmethod
    def _kept(binding: Binding) -> bool:
        owner = getattr(binding.destination, "exclusive_to", None)
        return binding.durable and owner is None

    def _unbind(self, binding: Binding) -> None:
        source = binding.source
        if binding.key not in source.outbound:
            return
        source.remove(binding)
        del binding.destination.inbound[binding.key]
        self._router.forget()
        if self._kept(binding) and self._store is not None:
            self._store.drop_binding(self.name, binding)
        if source.auto_delete and not source.outbound and source.name in self.exchanges:
            self.remove_exchange(source.name, if_unused=False)


def _reserved(kind: str, name: str) -> ChannelError:
    return ChannelError(ACCESS_REFUSED, f"{kind} name '{name}' contains reserved prefix 'amq.*'")
