"""Bodies that are no JSON: plain text, forms of single values and lists of them, and bytes."""

import re

from contractkit.compat.http.serialization import is_scalar
from contractkit.compat.media import media_range
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.schema.shape import Shape
from contractkit.documents import Documents, Node, at
from contractkit.model.http import MediaType
from contractkit.model.media_kinds import FORMS
from contractkit.model.schema import of

_TEXT = "text/plain"
_JSON_LIKE = re.compile(
    r"(multipart|text)/.*|.*[/+](json|xml|yaml)|[^/]+/(\*|x-www-form-urlencoded|.*seq|.*jsonl?)"
)
_OF_BYTES = frozenset({"type", "format", "contentMediaType"})
READ = frozenset(
    {"type", "properties", "required", "additionalProperties", "minProperties", "maxProperties"}
)


def travels_as_text(documents: Documents, media: MediaType) -> bool:
    """Return whether every value of a body is certainly written as text.

    An object or a list of lists within a form is JSON, in which `5` is not `"5"`.
    """
    if media.schema is None:
        return False
    kind, node = media_range(media.name).name, of(documents, media.schema)
    if kind == _TEXT:
        return is_scalar(node)
    shape = shape_of(node)
    flat = kind in FORMS and shape.keywords.keys() <= READ and shape.value("type") == "object"
    parts = [*shape.properties.values()]
    rest = shape.keywords.get("additionalProperties")
    if rest is not None and not isinstance(rest.value, bool):
        parts.append(rest)
    described = at(documents, media.location).dig("encoding")
    return flat and all(map(is_single, parts)) and not (described and _typed(described))


def travels_as_bytes(documents: Documents, media: MediaType) -> bool:
    """Return whether a body is bytes of which its schema says no more than that.

    OpenAPI 3.0 says `format: binary`, 3.1 nothing or a `contentMediaType`.
    """
    if travels_as_json(media.name):
        return False
    shape = shape_of(of(documents, media.schema)) if media.schema is not None else None
    if shape is None or not shape.keywords:
        return True
    return free_bytes(shape) and shape.value("type") == "string"


def travels_as_json(name: str) -> bool:
    """Return whether values of a media type are described by their schema, as JSON and text are."""
    return _JSON_LIKE.fullmatch(media_range(name).name) is not None


def free_bytes(shape: Shape) -> bool:
    """Return whether a schema says no more of its values than that they may be bytes."""
    free = shape.value("format", "binary") == "binary" and shape.value("type", "string") == "string"
    return free and shape.keywords.keys() <= _OF_BYTES


def is_single(node: Node) -> bool:
    """Return whether values are certainly scalars or lists of them."""
    items = shape_of(node).keywords.get("items")
    listed = shape_of(node).value("type") == "array" and items is not None
    return is_scalar(items if listed and items is not None else node)


def _typed(encoding: Node) -> bool:
    """Return whether a part has a content type of its own that is not that of its text."""
    kinds = [part.get("contentType") for _, part in encoding.entries()]
    return any(kind is not None and media_range(str(kind.value)).name != _TEXT for kind in kinds)
