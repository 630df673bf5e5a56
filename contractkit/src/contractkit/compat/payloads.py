"""Every payload that a contract describes, with a key that is stable between revisions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contractkit.compat.http.stream import frames, item_of
from contractkit.compat.rule import Role
from contractkit.compat.schema.sample import samples, shape_of
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.documents import Node
from contractkit.keywords import holds_json
from contractkit.model.contract import Contract
from contractkit.model.http import HttpOperation, MediaType
from contractkit.model.messaging import MessagingOperation
from contractkit.model.schema import Schema, of


@dataclass(frozen=True, slots=True)
class Payload:
    """One described payload: its key (`getJob response 200 application/json`) and its schema.

    `role` is the side of the contract's owner.
    """

    key: str
    operation: str
    role: Role
    node: Node

    @property
    def schema(self) -> Schema:
        """The schema as the model has it."""
        return Schema(self.node.value, self.node.location)


def payloads(contract: Contract) -> Iterator[Payload]:
    """Yield bodies, frames, data of frames, messages and their headers; parameters are left out."""
    for operation in contract.http.operations if contract.http else ():
        yield from _http(contract, operation)
    for action in contract.messaging.operations if contract.messaging else ():
        yield from _messaging(contract, action)


def _http(contract: Contract, operation: HttpOperation) -> Iterator[Payload]:
    name = operation.operation_id
    for media in operation.request_body.content if operation.request_body else ():
        if media.schema is not None:
            node = of(contract.documents, media.schema)
            yield Payload(f"{name} request {media.name}", name, Role.IN, node)
    for response in operation.responses:
        for media in response.content:
            key = f"{name} response {response.status} {media.name}"
            if media.name.startswith("text/event-stream"):
                yield from _stream(contract, media, key, name)
            elif media.schema is not None:
                yield Payload(key, name, Role.OUT, of(contract.documents, media.schema))


def _stream(contract: Contract, media: MediaType, key: str, name: str) -> Iterator[Payload]:
    item = item_of(media)
    for event, alternatives in frames(contract.documents, item).items() if item else ():
        for frame in alternatives:
            yield Payload(f"{key} frame {event}", name, Role.OUT, frame.node)
            data = frame.properties.get("data")
            content = data.get("contentSchema") if data is not None else None
            if content is not None:
                yield Payload(f"{key} frame {event} data", name, Role.OUT, content)


def _messaging(contract: Contract, operation: MessagingOperation) -> Iterator[Payload]:
    name = operation.operation_id
    role = Role.IN if operation.action == "receive" else Role.OUT
    for message in operation.messages:
        for part, schema in (("payload", message.payload), ("headers", message.headers)):
            if schema is not None:
                node = of(contract.documents, schema)
                yield Payload(f"{name} {message.key} {part}", name, role, node)


def examples(payload: Payload, schemas: SelfContainedSchemas, count: int) -> list[Any]:
    """Return up to `count` values that the schema accepts, encoded as they are sent."""
    found: dict[str, Any] = {}
    for value in samples(payload.node):
        decoded = _decoded(payload.node, value)
        if schemas.accepts(payload.node, decoded):
            encoded = _encoded(payload.node, decoded)
            found.setdefault(json.dumps(encoded, sort_keys=True), encoded)
        if len(found) == count:
            break
    return list(found.values())


def _text_properties(node: Node) -> list[str]:
    properties = shape_of(node).properties
    return [
        name
        for name, child in properties.items()
        if holds_json({key: value.value for key, value in shape_of(child).keywords.items()})
    ]


def _decoded(node: Node, value: Any) -> Any:
    """Return the value with JSON strings decoded, as validators take it."""
    if not isinstance(value, dict):
        return value
    decoded = dict(value)
    for name in _text_properties(node):
        if isinstance(decoded.get(name), str):
            try:
                decoded[name] = json.loads(decoded[name])
            except ValueError:
                continue
    return decoded


def _encoded(node: Node, value: Any) -> Any:
    """Return the value with embedded JSON encoded as a string, as it is sent."""
    if not isinstance(value, dict):
        return value
    texts = {name: json.dumps(value[name]) for name in _text_properties(node) if name in value}
    return {**value, **texts}
