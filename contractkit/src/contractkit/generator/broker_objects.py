"""Which exchanges, queues, bindings and dead-letter places an AsyncAPI document stands for.

What the document leaves open gets RabbitMQ's usual shape: a durable topic exchange named after the
document, a durable queue per receive operation, and one dead-letter exchange and queue.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contractkit.errors import UnsupportedError
from contractkit.faststream_keys import queue_and_exchange
from contractkit.model.messaging import (
    Channel,
    DeadLetter,
    Exchange,
    MessagingContract,
    MessagingOperation,
    Queue,
)
from contractkit.naming import words

_PARAMETER = re.compile(r"\{([^}]*)\}")
_DEFAULT = Exchange("", "direct")
_LONGEST = 255
"""How many bytes a name or a routing key of AMQP may have."""
_AMQP = {"amqp", "amqps"}
UNKNOWN_ADDRESS = "{address}"
"""The routing key of a channel whose address is known only at run time: the caller gives it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A queue bound to an exchange; names as in the contract."""

    queue: str
    exchange: str
    routing_key: str


class BrokerObjects:
    """Everything that an AsyncAPI document needs on a broker."""

    def __init__(self, contract: MessagingContract, default_app: str) -> None:
        self._slug = "-".join(word.lower() for word in words(contract.title)) or "contract"
        self._default_app = default_app
        self._contract = contract
        self.exchanges: dict[str, Exchange] = {}
        self.queues: dict[str, Queue] = {}
        self.bindings: list[Binding] = []
        self._vhost = ""
        self._amqp = {s.name for s in contract.servers if s.protocol.lower() in _AMQP}
        self._any_server = bool(contract.servers)
        self._described = {
            channel.exchange.name: channel.exchange
            for channel in contract.channels
            if channel.exchange is not None
        }

    def of(self, operations: Iterable[MessagingOperation]) -> "BrokerObjects":
        """Return what some operations need, and nothing of others."""
        found = BrokerObjects(self._contract, self._default_app)
        for operation in operations:
            found.take(operation)
        return found

    def take(self, operation: MessagingOperation) -> None:
        """Add what an operation needs. Raises UnsupportedError, and then nothing was added."""
        self._require_amqp(operation)
        self._require_one_vhost(operation)
        before = dict(self.exchanges), dict(self.queues), list(self.bindings)
        try:
            self._take(operation)
        except UnsupportedError:
            self.exchanges, self.queues, self.bindings = before
            raise

    def _require_one_vhost(self, operation: MessagingOperation) -> None:
        """Raise UnsupportedError for a second virtual host: a connection is to one of them."""
        channel = operation.channel
        for described in (channel.exchange, channel.queue, operation.queue):
            if described is None or described.vhost == "/":
                continue
            self._vhost = self._vhost or described.vhost
            if described.vhost != self._vhost:
                raise UnsupportedError(
                    channel.location,
                    f"The channel {channel.key} is on the virtual host {described.vhost!r}, others "
                    f"on {self._vhost!r}.",
                    "Describe each virtual host in a document of its own.",
                )

    def app(self, operation: MessagingOperation) -> str:
        """Return the program that performs an operation."""
        return operation.app or self._default_app

    def exchange(self, channel: Channel) -> Exchange:
        """Return the exchange of a channel."""
        if channel.exchange is not None and not channel.exchange.name:
            kind = channel.exchange.type
            name = self._slug if kind == "topic" else f"{self._slug}.{kind}"
            return replace(channel.exchange, name=name)
        if channel.exchange is not None:
            return channel.exchange
        if channel.queue is not None:
            return self._named_in_key(channel) or _DEFAULT
        return Exchange(self._slug, "topic")

    def _named_in_key(self, channel: Channel) -> Exchange | None:
        return self._described.get(_exchange_in_key(channel))

    def undescribed_exchange(self, channel: Channel) -> str | None:
        """Return the exchange that a channel's key names, if nothing says of which type it is."""
        if channel.exchange is not None:
            return None
        name = _exchange_in_key(channel)
        return name if name and name not in self._described else None

    def accepted_keys(self, operation: MessagingOperation) -> Sequence[str]:
        """Return further routing keys that reach an operation: its `cc` and the queue's address.

        They are AMQP patterns: `*` is one word, `#` any number of them.
        """
        channel = operation.channel
        keys = list(operation.modes.cc)
        if channel.queue is not None and channel.address:
            keys.append(channel.address)
        own = self.routing_key(channel)
        return tuple(key for key in dict.fromkeys(keys) if key != own and "{" not in key)

    def routing_key(self, channel: Channel) -> str:
        """Return the address as the routing key; parameters stay in braces."""
        if self.exchange(channel) == _DEFAULT and channel.queue is not None:
            return channel.queue.name or UNKNOWN_ADDRESS
        return UNKNOWN_ADDRESS if channel.address is None else channel.address

    def queue(self, operation: MessagingOperation) -> Queue:
        """Return the queue that a receive operation consumes."""
        if operation.queue is not None:
            return operation.queue
        described = operation.channel.queue
        if described is not None:
            if described.name and "{" not in described.name:
                return described
            name = f"{self.app(operation)}.{operation.operation_id}"
            return replace(described, name=name, per_instance=True)
        dead = self.dead_letter(operation.channel)
        arguments = {} if dead is None else {"x-dead-letter-exchange": dead.exchange.name}
        return Queue(f"{self.app(operation)}.{operation.operation_id}", arguments=arguments)

    def dead_letter(self, channel: Channel) -> DeadLetter | None:
        """Return where bad messages of a channel go, or None when it refuses a place."""
        if channel.dead_letter is False:
            return None
        name = f"{self._slug}.dead"
        return channel.dead_letter or DeadLetter(Exchange(name, "topic"), Queue(name), "#")

    def binding_keys(self, channel: Channel) -> Sequence[str]:
        """Return the keys that a queue is bound with: `*` for a word with a parameter."""
        exchange = self.exchange(channel)
        key = self.routing_key(channel)
        if exchange.type == "fanout":
            return ("",)
        if "{" not in key:
            return (key,)
        if exchange.type == "topic":
            return (".".join("*" if "{" in word else word for word in key.split(".")),)
        names = _PARAMETER.findall(key)
        known = {parameter.name: parameter.enum for parameter in channel.parameters}
        if not all(known.get(name) for name in names):
            raise UnsupportedError(
                channel.location,
                f"The {exchange.type} exchange {exchange.name!r} can't bind {key!r}.",
                "Use a topic exchange, or give each parameter an `enum`.",
            )
        choices = itertools.product(*(known[name] for name in names))
        return tuple(_fill(key, dict(zip(names, choice, strict=True))) for choice in choices)

    def _take(self, operation: MessagingOperation) -> None:
        channel = operation.channel
        _require_length(self.routing_key(channel), operation)
        exchange = self._exchange(self.exchange(channel), operation)
        dead = self.dead_letter(channel)
        known = channel.queue is not None and channel.queue.name and "{" not in channel.queue.name
        queues = [channel.queue] if known and channel.queue is not None else []
        if operation.action == "receive":
            queues.append(self.queue(operation))
        for queue in queues:
            self._queue(queue, operation)
            if exchange.name and operation.action == "receive":
                for binding in self.bindings_of(operation):
                    self._bind(queue, exchange, binding.routing_key)
                    if not binding.exchange:
                        self.exchanges.setdefault("", _DEFAULT)
            elif exchange.name and self.routing_key(channel) != UNKNOWN_ADDRESS:
                for key in self.binding_keys(channel):
                    self._bind(queue, exchange, key)
        self._take_reply(operation)
        if dead is not None and queues:
            self._exchange(dead.exchange, operation)
            self._queue(dead.queue, operation)
            self._bind(dead.queue, dead.exchange, dead.routing_key)

    def _take_reply(self, operation: MessagingOperation) -> None:
        reply = operation.reply
        if reply is not None and reply.channel is not None and reply.address is None:
            self._exchange(self.exchange(reply.channel), operation)
            if reply.channel.queue is not None:
                self._queue(reply.channel.queue, operation)

    def bindings_of(self, operation: MessagingOperation) -> list[Binding]:
        """Return the bindings through which a receive operation gets its messages."""
        channel = operation.channel
        exchange = self.exchange(channel)
        queue = self.queue(operation)
        unknown = self.routing_key(channel) == UNKNOWN_ADDRESS and exchange.type != "fanout"
        if unknown or not exchange.name:
            return [Binding(queue.name, "", queue.name)]
        keys = [*self.binding_keys(channel)]
        if exchange.type != "fanout":
            keys += self.accepted_keys(operation)
        return [Binding(queue.name, exchange.name, key) for key in dict.fromkeys(keys)]

    def _bind(self, queue: Queue, exchange: Exchange, key: str) -> None:
        binding = Binding(queue.name, exchange.name, key)
        if binding not in self.bindings:
            self.bindings.append(binding)

    def _exchange(self, exchange: Exchange, operation: MessagingOperation) -> Exchange:
        _require_length(exchange.name, operation)
        known = self.exchanges.setdefault(exchange.name, exchange)
        if replace(known, vhost="/") != replace(exchange, vhost="/"):
            raise UnsupportedError(
                operation.channel.location,
                f"The exchange {exchange.name!r} is described in two ways.",
                "Describe it the same way everywhere, for instance through a `$ref`.",
            )
        if exchange.type == "headers":
            raise UnsupportedError(
                operation.channel.location,
                f"The headers exchange {exchange.name!r} has no generated code.",
                "Use a topic or direct exchange.",
            )
        return exchange

    def _queue(self, queue: Queue, operation: MessagingOperation) -> None:
        if "{" in queue.name or not queue.name:
            raise UnsupportedError(
                operation.channel.location,
                f"The name of the queue of {operation.operation_id} is known only at run time.",
                "Name the queue in the binding, or in `x-queue` with `perInstance: true`.",
            )
        _require_length(queue.name, operation)
        known = self.queues.setdefault(queue.name, queue)
        if known == queue:
            return
        if replace(known, arguments={}) != replace(queue, arguments={}) or (
            known.arguments and queue.arguments and known.arguments != queue.arguments
        ):
            raise UnsupportedError(
                operation.location,
                f"The queue {queue.name!r} is described in two ways.",
                "Describe it the same way everywhere, for instance through a `$ref`.",
            )
        if queue.arguments:
            self.queues[queue.name] = queue

    def _require_amqp(self, operation: MessagingOperation) -> None:
        servers = operation.channel.servers
        if self._any_server and not any(server in self._amqp for server in servers):
            raise UnsupportedError(
                operation.channel.location,
                f"The channel {operation.channel.key} is on no AMQP server.",
                "Add a server with `protocol: amqp`; others, as amqp1, have no generated code.",
            )


def _exchange_in_key(channel: Channel) -> str:
    """Return the exchange that FastStream's export names for a queue; empty for none."""
    named = queue_and_exchange(channel.key)
    return named[1] if named and channel.queue and named[0] == channel.queue.name else ""


def _require_length(name: str, operation: MessagingOperation) -> None:
    if len(name.encode()) > _LONGEST:
        raise UnsupportedError(
            operation.location,
            f"{operation.operation_id} needs the name {name[:40]}…, which is too long for AMQP.",
            f"Write names and addresses of at most {_LONGEST} bytes.",
        )


def _fill(key: str, values: dict[str, str]) -> str:
    return _PARAMETER.sub(lambda match: values[match[1]], key)
