"""Holds what was recorded against the contract: what breaks it, and what of it was seen at all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contractkit.compat.payloads import Payload, payloads
from contractkit.model.contract import Contract
from contractkit.model.http import HttpOperation, Response
from contractkit.model.messaging import Message, MessagingOperation
from contractkit.validators import Validators
from sse_conformance.parser import Block, Parser
from traffic.book import Answer, Book, Published
from traffic.keywords import every_keyword, exercised

STREAM = "text/event-stream"


@dataclass(slots=True)
class Verdict:
    """`faults` break the contract; `seen` is what of `promised` was seen."""

    promised: set[str]
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @property
    def unseen(self) -> set[str]:
        return self.promised - self.seen


class Judge:
    """Knows one contract."""

    def __init__(self, contract: Contract) -> None:
        assert contract.http is not None
        assert contract.messaging is not None
        self._http = [(operation, _path(operation)) for operation in contract.http.operations]
        self._sends = [one for one in contract.messaging.operations if one.action == "send"]
        self._version = contract.messaging.version
        self._payloads = {payload.key: payload for payload in payloads(contract)}
        self._validators = Validators(contract.documents)

    def judge(self, book: Book) -> Verdict:
        verdict = Verdict(set(self._promised()))
        for answer in book.answers:
            self._answer(answer, verdict)
        for message in book.messages:
            self._message(message, verdict)
        return verdict

    def _promised(self) -> Iterator[str]:
        for operation, _ in self._http:
            yield f"operation {operation.operation_id}"
            for response in operation.responses:
                yield f"status {operation.operation_id} {response.status}"
        for payload in self._payloads.values():
            if " frame " in payload.key and not payload.key.endswith(" data"):
                yield f"frame {payload.key.rpartition(' ')[2]}"
            if _observed(payload):
                yield from every_keyword(payload.node)
        for send in self._sends:
            for message in send.messages:
                yield f"message {send.operation_id} {message.key}"

    # HTTP

    def _answer(self, answer: Answer, verdict: Verdict) -> None:
        operation = next(
            (
                one
                for one, path in self._http
                if one.method.upper() == answer.method and path.fullmatch(answer.path)
            ),
            None,
        )
        if operation is None:
            # Whoever asks for what is no operation is told so; OPTIONS is a browser's preflight (CORS).
            if answer.status not in {400, 404, 405} and answer.method != "OPTIONS":
                verdict.faults.append(
                    f"{answer.method} {answer.path}: {answer.status}, but it is no operation"
                )
            return
        name = operation.operation_id
        verdict.seen.add(f"operation {name}")
        response = next(
            (one for one in operation.responses if one.status == str(answer.status)), None
        )
        if response is None:
            verdict.faults.append(f"{name}: answered {answer.status}, which is not documented")
            return
        verdict.seen.add(f"status {name} {answer.status}")
        self._headers(name, response, answer, verdict)
        self._request(name, answer, verdict)
        self._body(name, response, answer, verdict)

    def _headers(self, name: str, response: Response, answer: Answer, verdict: Verdict) -> None:
        for header in response.headers:
            value: Any = answer.headers.get(header.name.lower())
            place = f"{name} {response.status}: header {header.name}"
            if value is None:
                if header.required:
                    verdict.faults.append(f"{place} is missing")
                continue
            if header.schema is not None:
                typed = int(value) if str(value).isdecimal() else value
                self._valid(place, header.schema.location, typed, verdict)

    def _request(self, name: str, answer: Answer, verdict: Verdict) -> None:
        """What was asked counts for coverage; whether it was right is the answer's matter."""
        payload = self._payloads.get(f"{name} request application/json")
        if payload is None or answer.status >= 300:
            return
        value = json.loads(answer.sent)
        verdict.seen |= set(exercised(payload.node, value))

    def _body(self, name: str, response: Response, answer: Answer, verdict: Verdict) -> None:
        media = answer.headers.get("content-type", "").partition(";")[0].strip()
        place = f"{name} response {response.status}"
        if not response.content:
            if answer.body:
                verdict.faults.append(f"{place}: has a body, but none is documented")
            return
        if media == STREAM and any(one.name == STREAM for one in response.content):
            self._stream(place, answer, verdict)
            return
        payload = self._payloads.get(f"{place} {media}")
        if payload is None:
            verdict.faults.append(f"{place}: content type {media!r} is not documented")
            return
        if not answer.whole:
            return
        try:
            value = json.loads(answer.body)
        except ValueError:
            verdict.faults.append(f"{place}: the body is no JSON")
            return
        self._payload(place, payload, value, verdict)

    def _stream(self, place: str, answer: Answer, verdict: Verdict) -> None:
        parser = Parser()
        parser.feed(answer.body)
        verdict.faults += [f"{place}: {fault}" for fault in parser.faults]
        for block in parser.blocks:
            if block.event is not None:
                key = f"{place} {STREAM} frame {block.event.name}"
                self._frame(key, block, block.event.data, verdict)
        if answer.whole and parser.rest:
            verdict.faults.append(f"{place}: the stream ended within a frame")

    def _frame(self, key: str, block: Block, text: str, verdict: Verdict) -> None:
        payload = self._payloads.get(key)
        if payload is None:
            verdict.faults.append(f"{key}: this frame is not documented")
            return
        verdict.seen.add(f"frame {key.rpartition(' ')[2]}")
        frame = {"event": _type(block), "id": block.own_id, "retry": block.retry, "data": text}
        known = {name: value for name, value in frame.items() if value is not None}
        self._payload(key, payload, known, verdict)
        try:
            data = json.loads(text)
        except ValueError:
            verdict.faults.append(f"{key}: the data is no JSON")
            return
        self._payload(f"{key} data", self._payloads[f"{key} data"], data, verdict)

    # AMQP

    def _message(self, published: Published, verdict: Verdict) -> None:
        found = self._described(published)
        if found is None:
            verdict.faults.append(
                f"a message of type {published.type!r} with the key {published.routing_key!r} on "
                f"{published.exchange!r} is not described"
            )
            return
        operation, message = found
        key = f"{operation.operation_id} {message.key}"
        verdict.seen.add(f"message {key}")
        for wanted, is_so, what in (
            (message.content_type, published.content_type, "content type"),
            (operation.modes.delivery_mode, published.delivery_mode, "delivery mode"),
            (self._version, published.headers.get("x-contract-version"), "contract version"),
        ):
            if wanted != is_so:
                verdict.faults.append(f"{key}: {what} is {is_so!r} instead of {wanted!r}")
        try:
            value = json.loads(published.body)
            if operation.celery_task is not None:
                value = value[1]["payload"]
        except (ValueError, LookupError, TypeError):
            verdict.faults.append(f"{key}: the body can't be read")
            return
        self._payload(f"{key} payload", self._payloads[f"{key} payload"], value, verdict)
        headers = dict(published.headers)
        self._payload(f"{key} headers", self._payloads[f"{key} headers"], headers, verdict)
        if isinstance(value, dict) and published.routing_key != _address(operation, value):
            verdict.faults.append(
                f"{key}: the routing key {published.routing_key!r} says otherwise"
            )

    def _described(self, published: Published) -> tuple[MessagingOperation, Message] | None:
        for operation in self._sends:
            exchange = operation.channel.exchange
            if exchange is None or exchange.name != published.exchange:
                continue
            for message in operation.messages:
                if message.name == published.type:
                    return operation, message
        return None

    def _payload(self, place: str, payload: Payload, value: Any, verdict: Verdict) -> None:
        if self._valid(place, payload.node.location, value, verdict):
            verdict.seen |= set(exercised(payload.node, value))

    def _valid(self, place: str, location: Any, value: Any, verdict: Verdict) -> bool:
        errors = self._validators.errors(location, value)
        for error in errors[:3]:
            pointer = "".join(f"/{part}" for part in error.instance_path)
            verdict.faults.append(f"{place}: {pointer or '/'}: {str(error.message)[:200]}")
        return not errors


def _type(block: Block) -> str:
    """The type as it is written: every frame of ours names it, though browsers hear `message` where none is."""
    written = [line for line in block.lines if line.startswith("event")]
    return written[-1].partition(":")[2].removeprefix(" ") if written else ""


def _observed(payload: Payload) -> bool:
    """Whether taps see it: what the system answers and sends, and what it is asked over HTTP."""
    return payload.role.name == "OUT" or " request " in payload.key


def _path(operation: HttpOperation) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", operation.path)
    return re.compile("[^/]+".join(map(re.escape, parts)))


def _address(operation: MessagingOperation, value: dict[str, Any]) -> str:
    address = operation.channel.address or ""
    for parameter in operation.channel.parameters:
        member = (parameter.source or "").rpartition("/")[2]
        address = address.replace("{" + parameter.name + "}", str(value.get(member)))
    return address
