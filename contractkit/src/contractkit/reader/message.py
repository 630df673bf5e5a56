"""Reads one AsyncAPI message with its traits; schemas may be Multi Format Schema Objects."""

from collections.abc import Mapping

from contractkit.documents import Node
from contractkit.model.messaging import Message, MessageExample
from contractkit.model.schema import Schema
from contractkit.reader.fields import Fields
from contractkit.reader.traits import with_traits

DEFAULT_FORMAT = "application/vnd.aai.asyncapi+json;version=3.0.0"


def read_message(key: str, written: Fields, content_type: str) -> Message:
    """Return a message; `content_type` is the document's `defaultContentType`."""
    fields = with_traits(written)
    payload, payload_format = _schema(fields, "payload")
    headers, headers_format = _schema(fields, "headers")
    correlation = fields.object("correlationId")
    binding = fields.object("bindings", "amqp")
    name = fields.text("name", key)
    return Message(
        key=key,
        name=name,
        type=("" if binding is None else binding.text("messageType")) or name,
        title=fields.text("title"),
        summary=fields.text("summary"),
        description=fields.text("description"),
        content_type=fields.text("contentType", content_type),
        content_encoding="" if binding is None else binding.text("contentEncoding"),
        payload=payload,
        payload_format=payload_format,
        headers=headers,
        headers_format=headers_format,
        correlation_id=None if correlation is None else correlation.optional_text("location"),
        examples=tuple(
            MessageExample(
                name=example.text("name"),
                payload=example.raw.get("payload"),
                headers=example.raw.get("headers"),
                location=example.location,
            )
            for _, example in fields.objects("examples")
        ),
        deprecated=bool(fields.raw.get("deprecated") or fields.raw.get("x-deprecated")),
        sunset=fields.optional_text("x-sunset"),
        bindings=fields.raw.get("bindings") or {},
        extensions=fields.extensions,
        location=fields.location,
        uses=(written.written.location,),
    )


def _schema(fields: Fields, key: str) -> tuple[Schema | None, str]:
    """Return the schema and its format; a Multi Format Schema Object may be referenced."""
    node = fields.child(key)
    if node is None:
        return None, DEFAULT_FORMAT
    followed = fields.documents.follow(node)
    if isinstance(followed.value, Mapping) and {"schema", "schemaFormat"} <= set(followed.value):
        inner: Node | None = fields.documents.child(followed, "schema")
        if inner is not None:
            return Schema(inner.value, inner.location), str(followed.value["schemaFormat"])
    if not isinstance(followed.value, Mapping | bool):
        raise fields.error(key, f"The {key} is not a schema.", "Write an object.")
    return Schema(node.value, node.location), DEFAULT_FORMAT
