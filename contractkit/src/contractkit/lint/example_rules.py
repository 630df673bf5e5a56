"""Checks that examples exist and pass their schema, also JSON in strings with `contentSchema`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contractkit.documents import Documents
from contractkit.lint.official import describe
from contractkit.lint.violation import Violation
from contractkit.location import Location
from contractkit.model.contract import Contract
from contractkit.model.messaging import Message
from contractkit.model.schema import Schema, of
from contractkit.validators import Validators

_MEND = "Correct the example, or the schema when the example is right."


class ExampleRules:
    """Checks every example of a contract."""

    def __init__(self, contract: Contract, schemas: Sequence[Schema]) -> None:
        self._contract = contract
        self._documents: Documents = contract.documents
        self._schemas = schemas
        self._validators = Validators(contract.documents)

    def check(self) -> Iterator[Violation]:
        """Yield examples and defaults that fail their schema, and missing examples."""
        for schema in self._schemas:
            yield from self._schema(schema)
        if self._contract.messaging is not None:
            seen: set[str] = set()
            for channel in self._contract.messaging.channels:
                for message in channel.messages:
                    if message.location.reference not in seen:
                        seen.add(message.location.reference)
                        yield from self._message(message)
        yield from self._http()

    def _schema(self, schema: Schema) -> Iterator[Violation]:
        if not isinstance(schema.raw, Mapping):
            return
        place = schema.location
        values = schema.raw.get("examples")
        for index, value in enumerate(values if isinstance(values, list) else ()):
            yield from self._value(place, value, self._at(place, "examples", str(index)))
        for key in ("example", "default"):
            if key in schema.raw:
                yield from self._value(place, schema.raw[key], self._at(place, key))

    def _message(self, message: Message) -> Iterator[Violation]:
        if not message.examples:
            yield Violation(
                "example-missing",
                message.location,
                f"The message {message.name!r} has no example.",
                "Add one below `examples`, with a payload.",
            )
        for example in message.examples:
            for part, schema, kind in (
                (example.payload, message.payload, message.payload_format),
                (example.headers, message.headers, message.headers_format),
            ):
                if part is not None and schema is not None:
                    key = "payload" if schema is message.payload else "headers"
                    old = kind.startswith("application/vnd.aai") or "draft-07" in kind
                    place = self._at(example.location, key)
                    yield from self._value(schema.location, part, place, old=old)

    def _http(self) -> Iterator[Violation]:
        if self._contract.http is None:
            return
        seen: set[str] = set()
        for operation in self._contract.http.operations:
            contents = [media for response in operation.responses for media in response.content]
            if operation.request_body is not None:
                contents += operation.request_body.content
            owners: list[tuple[Schema | None, Location]] = [
                *((media.item_schema or media.schema, media.location) for media in contents),
                *((parameter.schema, parameter.location) for parameter in operation.parameters),
                *(
                    (header.schema, header.location)
                    for response in operation.responses
                    for header in response.headers
                ),
            ]
            for schema, place in owners:
                if schema is not None and place.reference not in seen:
                    seen.add(place.reference)
                    yield from self._holder(schema, place)

    def _holder(self, schema: Schema, place: Location) -> Iterator[Violation]:
        """Check the `example` and `examples` of a media type, parameter or header."""
        node = self._documents.at(place.file, place.pointer)
        found = False
        if isinstance(node.value, Mapping) and "example" in node.value:
            found = True
            value = node.value["example"]
            yield from self._value(schema.location, value, self._at(place, "example"))
        for _, written in self._documents.children(self._documents.child(node, "examples")):
            example = self._documents.follow(written)
            for key in ("value", "dataValue"):
                if isinstance(example.value, Mapping) and key in example.value:
                    found = True
                    inner = self._at(example.location, key)
                    yield from self._value(schema.location, example.value[key], inner)
        if not found and not self._has_example(schema):
            yield Violation(
                "example-missing",
                place,
                "Neither this nor its schema has an example.",
                "Add `example` here or `examples` to the schema.",
            )

    def _has_example(self, schema: Schema) -> bool:
        node = of(self._documents, schema)
        seen: set[Location] = set()
        while node.location not in seen:
            seen.add(node.location)
            if isinstance(node.value, bool):
                return False
            if any(key in node.value for key in ("example", "examples", "const", "enum")):
                return True
            target = self._documents.target(node)
            if target is None:
                return False
            node = target
        return False

    def _value(
        self, schema: Location, value: Any, place: Location, *, old: bool = False
    ) -> Iterator[Violation]:
        errors = self._validators.errors(schema, value, old=old)
        for error in errors:
            inside = "".join(f"/{token}" for token in error.instance_path)
            yield Violation(
                "example-invalid",
                self._documents.source(place.file).locate(place.pointer + inside),
                describe(error),
                _MEND,
            )
        if not errors and isinstance(value, str):
            yield from self._content(schema, value, place)
        elif not errors and isinstance(value, Mapping):
            resolved = self._documents.follow(self._documents.at(schema.file, schema.pointer))
            for name, member in self._documents.children(
                self._documents.child(resolved, "properties")
            ):
                if isinstance(value.get(name), str):
                    yield from self._content(member.location, value[name], place)

    def _content(self, schema: Location, value: str, place: Location) -> Iterator[Violation]:
        """Check JSON in a string against the `contentSchema` of its schema."""
        node = self._documents.follow(self._documents.at(schema.file, schema.pointer))
        inner = self._documents.child(node, "contentSchema")
        if inner is None:
            return
        try:
            content = json.loads(value)
        except ValueError:
            yield Violation("example-invalid", place, "The text inside is not JSON.", _MEND)
            return
        for error in self._validators.errors(inner.location, content):
            yield Violation("example-invalid", place, f"Inside the text: {describe(error)}", _MEND)

    def _at(self, place: Location, *keys: str) -> Location:
        pointer = "/".join((place.pointer, *keys))
        return self._documents.source(place.file).locate(pointer)
