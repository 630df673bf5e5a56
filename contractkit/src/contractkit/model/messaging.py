"""An AsyncAPI document as channels, messages and operations, traits merged (AsyncAPI 3.0, 3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contractkit.location import Location
from contractkit.model.schema import Schema


@dataclass(frozen=True, slots=True)
class Server:
    """A server; `security` are its schemes as written."""

    name: str
    host: str
    protocol: str
    protocol_version: str
    pathname: str
    description: str
    security: tuple[Mapping[str, Any], ...]
    location: Location


@dataclass(frozen=True, slots=True)
class AddressParameter:
    """A parameter of a channel's address; `source` is its runtime expression, if any.

    `schema` is what AsyncAPI 2.x says of its words.
    """

    name: str
    source: str | None
    enum: tuple[str, ...]
    default: str | None
    description: str
    location: Location
    schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class MessageExample:
    """An example of a message's payload and headers; None where it has none."""

    name: str
    payload: Any
    headers: Any
    location: Location


@dataclass(frozen=True, slots=True)
class Message:
    """A message, its traits merged in. `key` is its key in the channel, `name` its own name.

    `type` is the AMQP property of that name: the binding's `messageType`, else the message's name.
    """

    key: str
    name: str
    type: str
    title: str
    summary: str
    description: str
    content_type: str
    content_encoding: str
    payload: Schema | None
    payload_format: str
    headers: Schema | None
    headers_format: str
    correlation_id: str | None
    examples: tuple[MessageExample, ...]
    deprecated: bool
    sunset: str | None
    bindings: Mapping[str, Any]
    extensions: Mapping[str, Any]
    location: Location
    uses: tuple[Location, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Exchange:
    """An AMQP exchange. The name "" is the default exchange."""

    name: str
    type: str = "topic"
    durable: bool = True
    auto_delete: bool = False
    vhost: str = "/"


@dataclass(frozen=True, slots=True)
class Queue:
    """An AMQP queue. `per_instance` queues get the instance's name as a suffix."""

    name: str
    durable: bool = True
    exclusive: bool = False
    auto_delete: bool = False
    per_instance: bool = False
    vhost: str = "/"
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Where messages that fail their contract are sent."""

    exchange: Exchange
    queue: Queue
    routing_key: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. `address` is None when it is known only at run time.

    `exchange` and `queue` are what the AMQP binding (0.2.0, 0.3.0) and the extensions `x-exchange`
    and `x-amqp-arguments` say; None without them. `dead_letter` is False when `x-dead-letter` is.
    """

    key: str
    address: str | None
    title: str
    description: str
    servers: tuple[str, ...]
    parameters: tuple[AddressParameter, ...]
    messages: tuple[Message, ...]
    exchange: Exchange | None
    queue: Queue | None
    dead_letter: DeadLetter | Literal[False] | None
    bindings: Mapping[str, Any]
    deprecated: bool
    sunset: str | None
    extensions: Mapping[str, Any]
    location: Location


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply of an operation: its channel and messages. `address` is a runtime expression."""

    channel: Channel | None
    messages: tuple[Message, ...]
    address: str | None
    location: Location


@dataclass(frozen=True, slots=True)
class DeliveryModes:
    """The values of the AMQP operation binding; None where the document has none."""

    delivery_mode: int | None = None
    mandatory: bool | None = None
    ack: bool | None = None
    priority: int | None = None
    expiration: int | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Members of the binding that have no generated code."""


@dataclass(frozen=True, slots=True)
class MessagingOperation:
    """One operation, its traits merged in. `app` is the program that performs it (`x-app`)."""

    operation_id: str
    action: Literal["send", "receive"]
    channel: Channel
    messages: tuple[Message, ...]
    reply: Reply | None
    app: str | None
    celery_task: str | None
    queue: Queue | None
    modes: DeliveryModes
    title: str
    summary: str
    description: str
    tags: tuple[str, ...]
    deprecated: bool
    sunset: str | None
    bindings: Mapping[str, Any]
    extensions: Mapping[str, Any]
    location: Location


@dataclass(frozen=True, slots=True)
class MessagingContract:
    """An AsyncAPI document. `schemas` and `messages` are its named components."""

    title: str
    version: str
    dialect: str
    description: str
    default_content_type: str
    servers: tuple[Server, ...]
    channels: tuple[Channel, ...]
    operations: tuple[MessagingOperation, ...]
    schemas: Mapping[str, Schema]
    messages: tuple[Message, ...]
    location: Location
    converted_from: str | None = None
    """The original version of a document that was converted on reading, else None."""
