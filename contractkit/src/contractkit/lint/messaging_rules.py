"""Rules for AsyncAPI documents with AMQP."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.documents import Documents
from contractkit.errors import SpecError
from contractkit.generator.broker_objects import BrokerObjects
from contractkit.generator.schema_modules import SchemaModules
from contractkit.lint.http_rules import check_sunset
from contractkit.lint.violation import Violation
from contractkit.model.contract import Contract
from contractkit.model.messaging import (
    AddressParameter,
    Channel,
    Message,
    MessagingContract,
    MessagingOperation,
)
from contractkit.model.schema import Schema
from contractkit.naming import snake

_PARAMETER = re.compile(r"\{([^}]*)\}")
_SOURCE = re.compile(r"\$message\.(payload|header)#(/.*)")


class MessagingRules:
    """Checks channels, messages and operations of a document."""

    def __init__(self, contract: Contract, messaging: MessagingContract) -> None:
        self._contract = contract
        self._messaging = messaging
        self._documents: Documents = contract.documents
        self._modules = SchemaModules(contract.documents)
        self._amqp = {s.name for s in messaging.servers if s.protocol.lower() in {"amqp", "amqps"}}

    def check(self) -> Iterator[Violation]:
        """Yield the violations of the document."""
        taken: dict[str, MessagingOperation] = {}
        seen: set[str] = set()
        for channel in self._messaging.channels:
            yield from self._channel(channel)
            for message in channel.messages:
                if message.location.reference not in seen:
                    seen.add(message.location.reference)
                    yield from self._message(message)
        for operation in self._messaging.operations:
            name = snake(operation.operation_id)
            other = taken.setdefault(name, operation)
            if other is not operation:
                yield Violation(
                    "unique-id",
                    operation.location,
                    f"In code {operation.operation_id!r} is {name!r}, like {other.operation_id!r}.",
                    "Give one of them another id.",
                )
            yield from self._operation(operation)
        yield from self._objects()

    def _channel(self, channel: Channel) -> Iterator[Violation]:
        used = set(_PARAMETER.findall(channel.address or ""))
        declared = {parameter.name: parameter for parameter in channel.parameters}
        for name in sorted(used - declared.keys()):
            yield Violation(
                "parameter-undeclared",
                channel.location,
                f"The address has {{{name}}}, which is not declared.",
                "Declare it below `parameters`.",
            )
        for name, parameter in declared.items():
            if name not in used:
                yield Violation(
                    "parameter-unused",
                    parameter.location,
                    f"The address {channel.address!r} has no {{{name}}}.",
                    "Remove the parameter or put it into the address.",
                )
            else:
                yield from self._parameter(channel, parameter)
        if not channel.description:
            yield Violation(
                "description-missing",
                channel.location,
                f"The channel {channel.key!r} is not described.",
                "Say what it carries.",
            )
        yield from check_sunset(channel.deprecated, channel.sunset, channel.location)
        if any(server in self._amqp for server in channel.servers):
            yield from self._binding(channel)

    def _parameter(self, channel: Channel, parameter: AddressParameter) -> Iterator[Violation]:
        if parameter.source is None:
            return
        match = _SOURCE.fullmatch(parameter.source)
        for message in channel.messages:
            problem = self._missing(message, match)
            if problem is not None:
                yield Violation(
                    "parameter-location",
                    parameter.location,
                    f"{parameter.source!r}: {problem}",
                    "Lead to a required property of every message of the channel.",
                )

    def _missing(self, message: Message, match: re.Match[str] | None) -> str | None:
        if match is None:
            return "this is not a runtime expression"
        schema = message.payload if match[1] == "payload" else message.headers
        for key in match[2].split("/")[1:]:
            raw: Any = None if schema is None else self._modules.resolve(schema).raw
            if not isinstance(raw, Mapping):
                return f"{message.name!r} has no property {key!r}"
            alternatives = [
                found
                for word in ("oneOf", "anyOf", "allOf")
                for index in range(len(raw.get(word, ())))
                if schema is not None
                and (
                    found := self._modules.resolve_within(
                        self._modules.resolve(schema), word, str(index)
                    )
                )
            ]
            owners = [self._modules.resolve(schema)] if schema is not None else []
            owner = next((o for o in [*owners, *alternatives] if self._has(o, key)), None)
            if owner is None:
                return f"{message.name!r} has no property {key!r}"
            if isinstance(owner.raw, Mapping) and key not in owner.raw.get("required", ()):
                return f"{key!r} is not required in {message.name!r}"
            schema = self._modules.resolve_within(owner, "properties", key)
        return None

    @staticmethod
    def _has(schema: Schema, key: str) -> bool:
        return isinstance(schema.raw, Mapping) and key in schema.raw.get("properties", {})

    def _binding(self, channel: Channel) -> Iterator[Violation]:
        binding = channel.bindings.get("amqp") if isinstance(channel.bindings, Mapping) else None
        place = channel.location
        if binding is None and "$ref" not in channel.bindings:
            yield Violation(
                "binding-incomplete",
                place,
                f"The channel {channel.key!r} has no AMQP binding.",
                "Add `bindings.amqp`; generated code assumes a durable topic exchange.",
            )
            return
        if channel.queue is not None and not channel.queue.name:
            yield Violation(
                "binding-incomplete", place, "The queue has no name.", "Name it in the binding."
            )
        if channel.queue is None and channel.exchange is None:
            yield Violation(
                "binding-incomplete",
                place,
                f"The channel {channel.key!r} names no exchange.",
                "Add `exchange` with name and type to the binding.",
            )
        if isinstance(binding, Mapping):
            written = binding.get("exchange")
            if isinstance(written, Mapping) and written.get("name") and "type" not in written:
                yield Violation(
                    "binding-incomplete",
                    self._documents.source(place.file).locate(f"{place.pointer}/bindings/amqp"),
                    f"The exchange {written['name']!r} has no type.",
                    "Write direct, topic or fanout.",
                )

    def _message(self, message: Message) -> Iterator[Violation]:
        if not (message.description or message.summary):
            yield Violation(
                "description-missing",
                message.location,
                f"The message {message.name!r} is not described.",
                "Add a summary and a description.",
            )
        if message.correlation_id is not None:
            match = _SOURCE.fullmatch(message.correlation_id)
            described = match is None or match[1] == "payload" or message.headers is not None
            problem = self._missing(message, match) if described else None
            if problem is not None and "not required" not in problem:
                yield Violation(
                    "correlation-location",
                    message.location,
                    f"{message.correlation_id!r}: {problem}.",
                    "Lead to a property of the payload or the headers.",
                )
        yield from check_sunset(message.deprecated, message.sunset, message.location)

    def _operation(self, operation: MessagingOperation) -> Iterator[Violation]:
        if not (operation.description or operation.summary or operation.title):
            yield Violation(
                "description-missing",
                operation.location,
                f"{operation.operation_id} is not described.",
                "Add a title and a description.",
            )
        payloads = [message.payload for message in operation.messages if message.payload]
        names = {message.name for message in operation.messages}
        if len(payloads) > 1 and self._modules.common_tag(payloads) is None:
            targets = {self._modules.resolve(p).location.reference for p in payloads}
            if len(names) < len(operation.messages) or len(targets) < len(payloads):
                yield Violation(
                    "message-ambiguous",
                    operation.location,
                    f"The messages of {operation.operation_id} can't be told apart.",
                    "Give each payload a required property with a `const` of its own.",
                )
        yield from check_sunset(operation.deprecated, operation.sunset, operation.location)
        yield from self._references(operation)

    def _references(self, operation: MessagingOperation) -> Iterator[Violation]:
        http = self._contract.http
        own = {o.operation_id for o in self._messaging.operations}
        known: dict[str, set[str] | None] = {
            "x-sends": own,
            "x-streams": None if http is None else {o.operation_id for o in http.operations},
        }
        source = self._documents.source(operation.location.file)
        for key, names in known.items():
            given = operation.extensions.get(key, ())
            for index, name in enumerate(given if isinstance(given, list) else ()):
                if names is not None and name not in names:
                    yield Violation(
                        "cross-reference",
                        source.locate(f"{operation.location.pointer}/{key}/{index}"),
                        f"There is no operation {name!r}.",
                        f"Name one of {', '.join(sorted(names))}.",
                    )

    def _objects(self) -> Iterator[Violation]:
        """Yield the reasons why exchanges and queues can't be declared."""
        if not self._amqp and self._messaging.servers:
            return
        try:
            objects = BrokerObjects(self._messaging, "application")
            for operation in self._messaging.operations:
                objects.take(operation)
        except SpecError as error:
            if "two ways" in error.problem:
                yield Violation("binding-conflict", error.location, error.problem, error.mend)
