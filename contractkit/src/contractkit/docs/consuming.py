"""How another program takes what an operation sends or receives, as far as the document tells.

Programs are written for AMQP; of other protocols the address and the servers are told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.docs.broker_samples import Subscription, aio_pika, amqplib, celery_worker
from contractkit.docs.celery_wire import CeleryWire, celery_wire
from contractkit.docs.samples import Sample
from contractkit.docs.schema_view import SchemaIndex
from contractkit.model.messaging import Channel, MessagingContract, MessagingOperation, Server
from contractkit.model.schema import of

_EVENT_IDS = ("x-event-id", "event-id", "x-message-id", "message-id", "ce-id", "ce_id", "id")
_AMQP = frozenset({"amqp", "amqps"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a routing key that differs from message to message: where its value stands."""

    name: str
    source: str
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consuming:
    """What a consumer needs to know. `binding_key` is None where it binds nothing itself.

    `shared` tells that the queue's consumers take its messages from each other.
    """

    address: str
    words: tuple[Word, ...]
    queue: str
    shared: bool
    exchange: str
    exchange_type: str
    binding_key: str | None
    credentials: tuple[str, ...]
    dead_letters: str
    event_id: str
    samples: tuple[Sample, ...]
    wire: CeleryWire | None


def consuming(
    operation: MessagingOperation, contract: MessagingContract, book: SchemaIndex
) -> Consuming:
    """Return how to consume what an operation sends, or what it receives."""
    channel = operation.channel
    servers = [s for s in contract.servers if not channel.servers or s.name in channel.servers]
    wire = celery_wire(operation, book)
    event_id = "" if wire else _event_id(operation, book)
    subscription = _subscription(operation, event_id)
    samples: list[Sample] = []
    if _speaks_amqp(channel, servers) and subscription is not None:
        samples += [aio_pika(subscription), amqplib(subscription)]
        if wire is not None:
            samples.insert(0, celery_worker(subscription, wire))
    dead = channel.dead_letter
    return Consuming(
        address=channel.address or "",
        words=tuple(
            Word(p.name, in_words(p.source), p.description, p.enum) for p in channel.parameters
        ),
        queue=subscription.queue if subscription else "",
        shared=subscription is not None and subscription.binding_key is None,
        exchange=channel.exchange.name if channel.exchange else "",
        exchange_type=channel.exchange.type if channel.exchange else "",
        binding_key=subscription.binding_key if subscription else None,
        credentials=tuple(dict.fromkeys(told for each in servers for told in _credentials(each))),
        dead_letters=dead.queue.name if dead else "",
        event_id=event_id,
        samples=tuple(samples),
        wire=wire,
    )


def _speaks_amqp(channel: Channel, servers: list[Server]) -> bool:
    if servers:
        return any(each.protocol in _AMQP for each in servers)
    return "amqp" in channel.bindings


def _subscription(operation: MessagingOperation, event_id: str) -> Subscription | None:
    channel = operation.channel
    exchange = channel.exchange
    if channel.queue is not None and channel.queue.name:
        return Subscription(
            channel.queue.name,
            exchange,
            None,
            channel.address or channel.queue.name,
            event_id,
            dict(channel.queue.arguments),
        )
    if exchange is None or not exchange.name:
        return None
    own = re.sub(r"[^a-z0-9]+", "-", (channel.title or channel.key).lower()).strip("-")
    key = binding_key(channel.address or "#")
    return Subscription(f"my-program.{own}", exchange, key, key, event_id, {})


def binding_key(address: str) -> str:
    """Return the pattern that takes every message of an address: `team.*.job.*.status`."""
    return re.sub(r"\{[^}]*\}", "*", address)


def in_words(expression: str | None) -> str:
    """Return in words where a runtime expression points to."""
    found = re.fullmatch(r"\$message\.(payload|header)#/?(.*)", expression or "")
    if found is None:
        return expression or ""
    place = {"payload": "the body", "header": "the headers"}[found[1]]
    return f"{found[2].replace('/', '.')} of {place}" if found[2] else place


def _event_id(operation: MessagingOperation, book: SchemaIndex) -> str:
    """Return the header that names an event, by which a consumer knows it again."""
    documents = book.documents
    names: set[str] = set()
    for message in operation.messages:
        if message.headers is None:
            return ""
        target = documents.follow(of(documents, message.headers))
        holder = documents.child(target, "properties")
        own = {name for name, _ in documents.children(holder)}
        names = own if not names else names & own
    return next((name for each in _EVENT_IDS for name in names if name.lower() == each), "")


def _credentials(server: Server) -> list[str]:
    found = []
    for scheme in server.security:
        told = scheme.get("description") or _SCHEMES.get(
            str(scheme.get("type")), scheme.get("type")
        )
        found.append(str(told))
    return found


_SCHEMES: Mapping[str, Any] = {
    "userPassword": "User and password.",
    "apiKey": "An API key.",
    "X509": "A client certificate (X.509).",
    "plain": "User and password (SASL PLAIN).",
    "scramSha256": "User and password (SASL SCRAM-SHA-256).",
    "scramSha512": "User and password (SASL SCRAM-SHA-512).",
    "gssapi": "Kerberos (SASL GSSAPI).",
    "httpApiKey": "An API key over HTTP.",
    "http": "HTTP authentication.",
    "oauth2": "An OAuth 2 token.",
    "openIdConnect": "An OpenID Connect token.",
}
