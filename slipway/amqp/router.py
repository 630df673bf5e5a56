"""The way of a message from an exchange to its queues, remembered until the topology changes."""

from collections.abc import Mapping

from slipway.amqp.exchange import Exchange
from slipway.amqp.message import Message
from slipway.amqp.queue import Queue

_ROUTES_KEPT = 8192


class Router:
    """Follows bindings through exchanges, visiting each exchange and queue once.

    Routes through a headers exchange depend on more than the routing key and are not remembered.
    """

    def __init__(self, exchanges: Mapping[str, Exchange], queues: Mapping[str, Queue]) -> None:
        self._exchanges = exchanges
        self._queues = queues
        self._known: dict[tuple[str, str], tuple[Queue, ...]] = {}

    def forget(self) -> None:
        """Queues, exchanges or bindings have changed."""
        self._known.clear()

    def route(self, exchange: Exchange, message: Message) -> tuple[Queue, ...]:
        """Return the queues a message published to this exchange goes to, each once."""
        key = message.routing_key
        if not exchange.name:
            queue = self._queues.get(key)
            return () if queue is None else (queue,)
        known = self._known.get((exchange.name, key))
        if known is not None:
            return known
        targets: dict[str, Queue] = {}
        seen: dict[str, Exchange] = {}
        self._follow(exchange, message, targets, seen)
        found = tuple(targets.values())
        if all(passed.kind != "headers" for passed in seen.values()):
            if len(self._known) >= _ROUTES_KEPT:
                self._known.clear()
            self._known[exchange.name, key] = found
        return found

    def _follow(
        self,
        exchange: Exchange,
        message: Message,
        targets: dict[str, Queue],
        seen: dict[str, Exchange],
    ) -> None:
        seen[exchange.name] = exchange
        matched = exchange.match(message)
        for binding in matched:
            destination = binding.destination
            if isinstance(destination, Queue):
                targets[destination.name] = destination
            elif isinstance(destination, Exchange) and destination.name not in seen:
                self._follow(destination, message, targets, seen)
        if not matched and exchange.alternate is not None:
            alternate = self._exchanges.get(exchange.alternate)
            if alternate is not None and alternate.name not in seen:
                self._follow(alternate, message, targets, seen)
