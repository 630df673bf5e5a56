"""Exchanges: they tell which bindings a message matches, by the four types of AMQP 0-9-1, 3.1.3."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pamqp import encode

from slipway.amqp.errors import COMMAND_INVALID, PRECONDITION_FAILED, ChannelError, FatalError
from slipway.amqp.message import Message
from slipway.amqp.topic import TopicTrie

BindingKey = tuple[str, bool, str, str, bytes]
_MATCHES = ("all", "any", "all-with-x", "any-with-x")


class Destination(Protocol):
    """What a binding can lead to: a queue or another exchange."""

    name: str
    durable: bool
    inbound: "dict[BindingKey, Binding]"


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """From an exchange to a destination, under a routing key and arguments."""

    source: "Exchange"
    destination: Destination
    to_queue: bool
    routing_key: str
    arguments: Mapping[str, Any]
    encoded: bytes

    @property
    def key(self) -> BindingKey:
        """What makes it the same binding as another."""
        return (
            self.source.name,
            self.to_queue,
            self.destination.name,
            self.routing_key,
            self.encoded,
        )

    @property
    def durable(self) -> bool:
        """A binding survives a restart if both its ends do."""
        return self.source.durable and self.destination.durable


class _Direct:
    def __init__(self) -> None:
        self._by_key: dict[str, list[Binding]] = {}

    def add(self, binding: Binding) -> None:
        self._by_key.setdefault(binding.routing_key, []).append(binding)

    def remove(self, binding: Binding) -> None:
        rest = self._by_key[binding.routing_key]
        rest.remove(binding)
        if not rest:
            del self._by_key[binding.routing_key]

    def match(self, message: Message) -> list[Binding]:
        return self._by_key.get(message.routing_key, [])


class _Fanout:
    def __init__(self) -> None:
        self._all: list[Binding] = []

    def add(self, binding: Binding) -> None:
        self._all.append(binding)

    def remove(self, binding: Binding) -> None:
        self._all.remove(binding)

    def match(self, message: Message) -> list[Binding]:  # noqa: ARG002 - a fanout asks nothing
        return self._all


class _Topic:
    def __init__(self) -> None:
        self._trie: TopicTrie[Binding] = TopicTrie()

    def add(self, binding: Binding) -> None:
        self._trie.add(binding.routing_key, binding)

    def remove(self, binding: Binding) -> None:
        self._trie.remove(binding.routing_key, binding)

    def match(self, message: Message) -> list[Binding]:
        return self._trie.match(message.routing_key)


class _Headers:
    def __init__(self) -> None:
        self._all: list[Binding] = []

    def add(self, binding: Binding) -> None:
        kind = binding.arguments.get("x-match", "all")
        if kind not in _MATCHES:
            raise ChannelError(
                PRECONDITION_FAILED, f"invalid x-match {kind!r}: expected {' | '.join(_MATCHES)}"
            )
        self._all.append(binding)

    def remove(self, binding: Binding) -> None:
        self._all.remove(binding)

    def match(self, message: Message) -> list[Binding]:
        headers = message.headers()
        return [binding for binding in self._all if matches(binding.arguments, headers)]


def matches(arguments: Mapping[str, Any], headers: Mapping[str, Any]) -> bool:
    """Return whether a headers binding accepts these headers.

    `all` needs every argument, `any` at least one; a void argument asks for presence only. Keys
    that begin with `x-` count only under `all-with-x` and `any-with-x`.
    """
    kind = str(arguments.get("x-match", "all"))
    results = (
        key in headers
        and (value is None or (type(headers[key]) is type(value) and headers[key] == value))
        for key, value in arguments.items()
        if key != "x-match" and (kind.endswith("-with-x") or not key.startswith("x-"))
    )
    return any(results) if kind.startswith("any") else all(results)


_TABLES: dict[str, type[_Direct | _Fanout | _Topic | _Headers]] = {
    "direct": _Direct,
    "fanout": _Fanout,
    "topic": _Topic,
    "headers": _Headers,
}


class Exchange:
    """A named exchange and its outgoing bindings; 503 for a type that does not exist."""

    def __init__(
        self,
        name: str,
        kind: str,
        *,
        durable: bool = True,
        auto_delete: bool = False,
        internal: bool = False,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        if kind not in _TABLES:
            raise FatalError(COMMAND_INVALID, f"unknown exchange type '{kind}'")
        self.name = name
        self.kind = kind
        self.durable = durable
        self.auto_delete = auto_delete
        self.internal = internal
        self.arguments = dict(arguments or {})
        self.alternate: str | None = self.arguments.get("alternate-exchange")
        if not isinstance(self.alternate, str | None):
            raise ChannelError(
                PRECONDITION_FAILED, f"invalid alternate-exchange for '{name}': expected a string"
            )
        self.encoded = encode.field_table(self.arguments)
        self.inbound: dict[BindingKey, Binding] = {}
        self.outbound: dict[BindingKey, Binding] = {}
        self._table: _Direct | _Fanout | _Topic | _Headers = _TABLES[kind]()

    def add(self, binding: Binding) -> None:
        """Let a binding begin here."""
        self._table.add(binding)
        self.outbound[binding.key] = binding

    def remove(self, binding: Binding) -> None:
        """End a binding that began here."""
        del self.outbound[binding.key]
        self._table.remove(binding)

    def match(self, message: Message) -> list[Binding]:
        """Return the bindings that this message follows."""
        return self._table.match(message)
