"""What virtual hosts and connections need of a journal; without one nothing outlives the broker."""

from collections.abc import Callable
from typing import Protocol

from slipway.amqp.exchange import Binding, Exchange
from slipway.amqp.queue import Queue


class Store(Protocol):
    """Keeps durable exchanges, queues and bindings."""

    def save_exchange(self, vhost: str, exchange: Exchange) -> None:
        """Keep an exchange."""

    def drop_exchange(self, vhost: str, exchange: Exchange) -> None:
        """Forget an exchange."""

    def save_queue(self, vhost: str, queue: Queue) -> int:
        """Keep a queue; returns the slot under which its messages are kept."""

    def drop_queue(self, slot: int) -> None:
        """Forget a queue."""

    def save_binding(self, vhost: str, binding: Binding) -> None:
        """Keep a binding."""

    def drop_binding(self, vhost: str, binding: Binding) -> None:
        """Forget a binding."""

    def when_committed(self, action: Callable[[], None]) -> None:
        """Run an action once everything noted so far is committed."""
