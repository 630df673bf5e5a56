"""AMQP messages for one receive operation of a contract: good ones, and each way of being a bad one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import aio_pika
import jsonschema_rs

from contractkit.documents import Documents
from contractkit.model.messaging import Message, MessagingOperation
from fuzzing.inline import inline
from fuzzing.mutations import Case, Cases, cases

APP_ID = "contract-tests"
"""The AMQP property by which the recorder knows what the system did not publish."""

_EMBED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A message to publish. `pointers` are the places that a refusal may name; empty: it is valid."""

    id: str
    name: str
    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    payload: Any = None
    pointers: frozenset[str] = frozenset()
    content_type: str | None = "application/json"
    content_encoding: str | None = "utf-8"
    type: str | None = None
    rules: frozenset[str] = field(default_factory=frozenset)

    @property
    def valid(self) -> bool:
        return not self.pointers

    def message(self) -> aio_pika.Message:
        return aio_pika.Message(
            self.body,
            headers=dict(self.headers),
            content_type=self.content_type,
            content_encoding=self.content_encoding,
            message_id=self.id,
            correlation_id=self.id,
            type=self.type,
            app_id=APP_ID,
            delivery_mode=2,
        )


class Fuzzer:
    """Makes the messages of one operation. `own` fixes members of the payload, as the team's id."""

    def __init__(
        self, documents: Documents, operation: MessagingOperation, own: dict[str, Any], run: str
    ) -> None:
        self._documents = documents
        self._operation = operation
        self._own = own
        self._run = run
        self._made = 0

    def messages(self) -> Iterator[Fuzzed]:
        """Every message of the operation, in a fixed order."""
        for message in self._operation.messages:
            yield from self._of(message)

    def payload_cases(self, message: Message) -> Cases:
        schema = inline(self._documents, message.payload)
        for name, value in self._own.items():
            if name in schema["properties"]:
                schema["properties"][name]["examples"] = [value]
        return cases(schema)

    def header_cases(self, message: Message) -> Cases:
        schema = inline(self._documents, message.headers)
        for name, value in self._fixed_headers("x").items():
            if name in schema["properties"]:
                schema["properties"][name]["examples"] = [value]
        # Positions of a log that we don't write would be taken for events that were missed.
        for position in ("x-event-id",):
            schema["properties"].get(position, {})["examples"] = ["fuzzing.0"]
        return cases(schema)

    def whole(self) -> Fuzzed:
        """The first message of the operation, as it should be."""
        return next(self.messages())

    def _of(self, message: Message) -> Iterator[Fuzzed]:
        found = self.payload_cases(message)
        for case in found.valid:
            yield self._fuzzed(message, f"valid {case.name}", case.value, case.value)
        for case in found.invalid:
            described = inline(self._documents, message.payload)
            pointers = _pointers(described, case, "")
            if len(self._operation.messages) > 1 and _is_tag(described, case.pointer):
                # Which message it is can't be told then, so the refusal names no member.
                pointers |= {""}
            yield self._fuzzed(message, case.name, case.value, found.whole, pointers=pointers)
        whole = self._fuzzed(message, "whole", found.whole, found.whole)
        yield from self._headers(message, whole)
        yield from self._broken(whole)

    def _headers(self, message: Message, whole: Fuzzed) -> Iterator[Fuzzed]:
        found = self.header_cases(message)
        described = inline(self._documents, message.headers)
        for case in found.invalid:
            if isinstance(case.value, dict):
                pointers = _pointers(described, case, "/headers")
                headers = {**whole.headers, **case.value}
                for name in set(found.whole) - set(case.value):
                    headers.pop(name, None)
                yield self._again(
                    whole, f"headers: {case.name}", headers=headers, pointers=pointers
                )

    def _broken(self, whole: Fuzzed) -> Iterator[Fuzzed]:
        top = frozenset({""})
        for content_type in ("text/plain", "application/xml", "application/octet-stream"):
            yield self._again(
                whole, f"content type {content_type}", content_type=content_type, pointers=top
            )
        yield self._again(whole, "encoding", content_encoding="utf-16", pointers=top)
        for body in (b"", b"\xff\xfe", b'{"type": ', b"null", b"[]", b"7", b"\x00" * 40):
            yield self._again(whole, f"body {body[:9]!r}", body=body, pointers=top)

    def _fixed_headers(self, identity: str) -> dict[str, Any]:
        if self._operation.celery_task is None:
            return {}
        return {"lang": "py", "task": self._operation.celery_task, "id": identity}

    def _fuzzed(self, message: Message, name: str, payload: Any, keyed: Any, **more: Any) -> Fuzzed:
        identity = self._next()
        operation = self._operation
        body = payload if operation.celery_task is None else [[], {"payload": payload}, _EMBED]
        return Fuzzed(
            id=identity,
            name=f"{operation.operation_id} {message.key}: {name}",
            exchange=operation.channel.exchange.name,
            routing_key=routing_key(operation, keyed),
            body=json.dumps(body).encode(),
            headers=self._fixed_headers(identity),
            payload=payload,
            type=message.name,
            **more,
        )

    def _again(self, whole: Fuzzed, name: str, **changed: Any) -> Fuzzed:
        identity = self._next()
        headers = dict(changed.pop("headers", whole.headers))
        if headers.get("id") in ("x", whole.id):
            headers["id"] = identity
        prefix = whole.name.partition(":")[0]
        return replace(whole, id=identity, name=f"{prefix}: {name}", headers=headers, **changed)

    def _next(self) -> str:
        self._made += 1
        return f"{self._run}-{self._made}"


def routing_key(operation: MessagingOperation, payload: dict[str, Any]) -> str:
    """The address with the parameters that the payload holds."""
    sources = {
        one.name: (one.source or "").rpartition("/")[2] for one in operation.channel.parameters
    }
    return re.sub(
        r"\{([^}]+)\}", lambda match: str(payload[sources[match[1]]]), operation.channel.address
    )


def _is_tag(schema: dict[str, Any], pointer: str) -> bool:
    return "const" in schema.get("properties", {}).get(pointer.removeprefix("/"), {})


def _pointers(schema: dict[str, Any], case: Case, prefix: str) -> frozenset[str]:
    """Where a refusal may point: at what the validator names, or at the member itself."""
    errors = jsonschema_rs.Draft202012Validator(schema).iter_errors(case.value)
    places = {"".join(f"/{part}" for part in error.instance_path) for error in errors}
    return frozenset(prefix + place for place in {*places, case.pointer})
