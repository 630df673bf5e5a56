"""Schemas with a format beside them (AsyncAPI's Multi Format Schema Objects); which are read."""

import re
from collections.abc import Mapping

from contractkit.documents import Node
from contractkit.errors import UnsupportedError

_JSON_SCHEMA = re.compile(r"application/(vnd\.aai\.asyncapi|schema|vnd\.oai)")
FORMATS = "Use JSON Schema (application/schema+json) or AsyncAPI's own."
"""What mends a format that is not read."""


def is_json_schema(schema_format: str) -> bool:
    """Return whether schemas of a format can be read."""
    return _JSON_SCHEMA.match(schema_format) is not None


def without_format(node: Node) -> Node:
    """Return the schema in an object that says its format; any other node as it is.

    Raises UnsupportedError for a format that is not read.
    """
    if not isinstance(node.value, Mapping) or not {"schema", "schemaFormat"} <= set(node.value):
        return node
    schema_format = str(node.value["schemaFormat"])
    if not is_json_schema(schema_format):
        raise UnsupportedError(
            node.location, f"The schema format {schema_format} is not read.", FORMATS
        )
    return node.child("schema")
