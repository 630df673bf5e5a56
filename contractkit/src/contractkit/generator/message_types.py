"""Names the types of messages' payloads and headers; refuses content that is no JSON Schema."""

import json
import re
from collections.abc import Sequence

from contractkit.errors import UnsupportedError
from contractkit.generator.schema_format import FORMATS, is_json_schema
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.model.messaging import Message, MessagingOperation
from contractkit.model.schema import Schema
from contractkit.naming import pascal

_ENCODINGS = {"", "utf-8", "utf8"}
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]*)")
_CHARSETS = {"utf-8", "utf8", "us-ascii"}
"""What is written as UTF-8: ASCII is a part of it."""


def require_types(
    operation: MessagingOperation, messages: Sequence[Message], modules: SchemaModules
) -> list[TypeName]:
    """Return the payload type of each message. Raises UnsupportedError."""
    if not messages:
        raise UnsupportedError(
            operation.location,
            f"{operation.operation_id} has no message.",
            "Give its channel a message.",
        )
    names: list[TypeName] = []
    for message in messages:
        plain, _, parameters = message.content_type.lower().partition(";")
        plain, charset = plain.strip(), _CHARSET.search(parameters)
        if charset is not None and charset[1] not in _CHARSETS:
            raise UnsupportedError(
                message.location,
                f"The message {message.name!r} is {message.content_type}, and JSON is UTF-8.",
                "Leave `charset` out (RFC 8259, section 8.1).",
            )
        if plain != "application/json" and not plain.endswith("+json"):
            raise UnsupportedError(
                message.location,
                f"The message {message.name!r} is {message.content_type}, not JSON.",
                "Use application/json (or …+json); other content types have no generated code.",
            )
        if message.content_encoding.lower() not in _ENCODINGS:
            raise UnsupportedError(
                message.location,
                f"The message {message.name!r} is encoded as {message.content_encoding}.",
                "Leave `contentEncoding` out, or write utf-8; others have no generated code.",
            )
        for schema_format in (message.payload_format, message.headers_format):
            if not is_json_schema(schema_format):
                raise UnsupportedError(
                    message.location,
                    f"The schema format {schema_format} of {message.name!r} is not read.",
                    FORMATS,
                )
        names.append(modules.require(payload_of(message), f"{pascal(message.name)}Payload"))
    return names


def payload_of(message: Message) -> Schema:
    """Return the schema of a payload; a message without one may carry anything, or nothing."""
    return message.payload or Schema(True, message.location)


def name_message(message: Message, modules: SchemaModules) -> None:
    """Name the types of a message, so that there are models of it whatever becomes of the rest."""
    if message.payload is not None and is_json_schema(message.payload_format):
        modules.require(message.payload, f"{pascal(message.name)}Payload")
    if message.headers is not None and is_json_schema(message.headers_format):
        modules.require(message.headers, f"{pascal(message.name)}Headers")


def header_types(messages: Sequence[Message], modules: SchemaModules) -> list[TypeName | None]:
    """Return the type of each message's headers, None where it has none.

    Those that are written alike in one file have one type.
    """
    found: list[TypeName | None] = []
    known: dict[tuple[str, str, str], TypeName] = {}
    for message in messages:
        if message.headers is None:
            found.append(None)
            continue
        schema = modules.resolve(message.headers)
        text = json.dumps(schema.raw, sort_keys=True)
        key = schema.location.file, message.headers_format, text
        if key not in known:
            known[key] = modules.require(message.headers, f"{pascal(message.name)}Headers")
        found.append(known[key])
    return found


def require_headers(operation: MessagingOperation, modules: SchemaModules) -> list[TypeName | None]:
    """Return the type of each message's headers. Raises UnsupportedError.

    Who sends gives them as arguments, so all of its messages share one.
    """
    found = header_types(operation.messages, modules)
    if len(set(found)) > 1 and operation.action == "send":
        raise UnsupportedError(
            operation.location,
            f"The messages of {operation.operation_id} have different headers.",
            "Let them share one headers schema, for instance through a message trait, or send each "
            "by an operation of its own.",
        )
    return found


def require_own_types(messages: Sequence[Message]) -> None:
    """Raise UnsupportedError when the AMQP property `type` does not tell messages apart."""
    known: set[str] = set()
    for message in messages:
        if message.type in known:
            raise UnsupportedError(
                message.location,
                f"Two messages of one operation have the type {message.type!r}.",
                "Give each a `name` (or `messageType` in its AMQP binding) of its own.",
            )
        known.add(message.type)


def max_bytes(messages: Sequence[Message]) -> list[int | None]:
    """Return how long the body of each message may be (`x-max-bytes`). Raises UnsupportedError."""
    limits: list[int | None] = []
    for message in messages:
        limit = message.extensions.get("x-max-bytes")
        if limit is not None and not (type(limit) is int and limit > 0):
            raise UnsupportedError(
                message.location,
                f"The x-max-bytes of the message {message.name!r} is not a positive number.",
                "Write how many bytes its body may have, or leave it out.",
            )
        limits.append(limit)
    return limits
