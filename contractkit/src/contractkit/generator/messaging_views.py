"""What the messaging templates show of one operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.generator.broker_objects import Binding
from contractkit.model.messaging import MessagingOperation, Queue


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter of the routing key.

    `attribute` is the expression that reads it from the payload, None when the caller gives it;
    `text` is the same as text; `pointer` where errors show it;
    `default` what is sent when the caller gives nothing; `held` reads a header that says the same
    in a received message, where there is one; `adapter` is the constant that checks its words.
    """

    name: str
    annotation: str
    attribute: str | None
    text: str
    pointer: str
    enum: Sequence[str]
    default: str | None = None
    held: str | None = None
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class HeaderView:
    """A header of a message. `automatic` ones are filled in by the generated code."""

    name: str
    field: str
    annotation: str
    required: bool
    automatic: bool
    constant: Any
    read: str

    @property
    def sent(self) -> str:
        """The argument as it is sent: dates and UUIDs as text."""
        kinds = {"AwareDatetime", "date", "UUID"} & set(self.annotation.split(" | "))
        return f"to_jsonable_python({self.field})" if kinds else self.field


@dataclass(frozen=True, slots=True)
class UnionView:
    """One or several payloads. `tag` is the attribute that tells them apart, if there is one.

    `names` maps tag values, or class names without a tag, to message names; `by_type` maps message
    names to adapters when only the AMQP property `type` tells payloads apart. `max_bytes` bounds
    the body of every message; `own_max_bytes` and `content_types` are, by the keys of `names`, what
    messages have for themselves.
    """

    payload: str
    adapter: str
    by_type: Mapping[str, str]
    tag: str | None
    message_names: Sequence[str]
    names: Mapping[str, str]
    content_type: str
    content_types: Mapping[str, str]
    max_bytes: int | None
    own_max_bytes: Mapping[str, int]

    def key(self, variable: str) -> str:
        """Return the expression of the key of a payload: the value of its tag, or its class."""
        return f"{variable}.{self.tag}" if self.tag else f"type({variable}).__name__"

    def sent_content_type(self, variable: str) -> str:
        """Return the expression of the content type that a payload is sent with."""
        if not self.content_types:
            return repr(self.content_type)
        return f"{dict(self.content_types)!r}[{self.key(variable)}]"


@dataclass(frozen=True, slots=True)
class ReplyView:
    """What an operation is answered with; `exchange` is None for the request's reply-to.

    `result` is the type of the answer; Any for one that can only be null.
    `versioned`: its headers tell the version of the contract. `headers_adapter` and `own_headers`
    check received ones, as those of an operation.
    """

    union: UnionView
    exchange: str | None
    routing_key: str
    versioned: bool
    result: str
    headers_adapter: str | None
    own_headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation.

    `any_key`: a fanout exchange delivers whatever the routing key. The `other_` fields tell how
    messages of the channel look that the operation leaves alone: by the AMQP property `type`, else
    by the constants of a property of the payload. `ignores_others`: they reach other queues as
    well, so here they are nobody's loss. `accepted` are further patterns of the routing key.
    `own_headers` are adapters for headers that each message has for
    itself, by the value of its tag, else by its class.
    """

    operation: MessagingOperation
    name: str
    summary: str
    delivery: str
    union: UnionView
    reply: ReplyView | None
    headers: Sequence[HeaderView]
    headers_adapter: str | None
    own_headers: Mapping[str, str]
    versioned: bool
    parameters: Sequence[ParameterView]
    exchange: str
    routing_key: str
    format: str
    pattern: str
    any_key: bool
    delivery_mode: int
    mandatory: bool
    priority: int | None
    expiration: int | None
    celery_task: str | None
    other_names: Sequence[str]
    other_tag: str | None
    other_values: Sequence[str]
    ignores_others: bool
    accepted: Sequence[str]
    copies: Sequence[str]
    blind_copies: Sequence[str]

    @property
    def looseness(self) -> int:
        """How little the routing key says: its variable words; `#` is looser than any of them."""
        words = self.routing_key.split(".")
        return len(self.parameters) + words.count("*") + (len(words) + 99) * words.count("#")

    @property
    def payload(self) -> str:
        """The type of the payload."""
        return self.union.payload

    @property
    def adapter(self) -> str:
        """The constant that holds the payload's TypeAdapter."""
        return self.union.adapter

    @property
    def max_bytes(self) -> int | None:
        """How long the body of every message may be; None when one of them has no limit."""
        return self.union.max_bytes

    @property
    def result(self) -> str:
        """The type that a handler returns."""
        return "None" if self.reply is None else self.reply.result


@dataclass(frozen=True, slots=True)
class SubscriberView:
    """The operations that share one queue."""

    builder: str
    queue: Queue
    operations: Sequence[OperationView]
    groups: Sequence[Sequence[OperationView]]
    bindings: Sequence[Binding]
    dead_letter: str | None
    ack_policy: str

    @property
    def replies(self) -> bool:
        """Whether FastStream sends what the handler returns to the request's reply-to."""
        return any(view.reply and view.reply.exchange is None for view in self.operations)

    @property
    def max_bytes(self) -> int | None:
        """How long a body may be for any of the operations; None when one of them has no limit."""
        limits = [view.max_bytes for view in self.operations]
        known = [limit for limit in limits if limit is not None]
        return max(known) if len(known) == len(limits) else None

    @property
    def direct(self) -> bool:
        """Whether its messages may take the fast path: nothing is sent back, not even an ack."""
        return self.ack_policy == "ACK_FIRST" and not any(view.reply for view in self.operations)


@dataclass(frozen=True, slots=True)
class AppView:
    """The operations of one program in one direction."""

    name: str
    class_name: str
    operations: Sequence[OperationView]
    subscribers: Sequence[SubscriberView]
    fast_path: bool = False

    @property
    def direct(self) -> bool:
        """Whether the module needs the fast path."""
        return self.fast_path and any(subscriber.direct for subscriber in self.subscribers)
