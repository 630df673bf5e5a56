"""Bodies that are a sequence of values, as JSON Lines: `itemSchema`, and a `schema` that says it.

OpenAPI 3.2 describes each value by `itemSchema`, or the whole as an array by `schema`. Documents of
3.1 describe a line by `schema`, which is taken for that where it is no array.
"""

import re
from dataclasses import replace
from typing import Final

from contractkit.compat.media import media_range
from contractkit.compat.schema.sample import shape_of
from contractkit.documents import Documents
from contractkit.model.http import MediaType
from contractkit.model.schema import Schema, of

_SEQUENCE: Final = re.compile(r"application/(jsonl|x-jsonlines|(x-)?ndjson|([^/]+\+)?json-seq)")


def as_sequences(
    revisions: tuple[Documents, Documents], old: MediaType, new: MediaType
) -> tuple[MediaType, MediaType]:
    """Return two media types; sequences of which one has an `itemSchema` have both one."""
    names = [media_range(media.name).name for media in (old, new)]
    if not all(map(_SEQUENCE.fullmatch, names)) or not (old.item_schema or new.item_schema):
        return old, new
    first, second = _by_item(revisions[0], old), _by_item(revisions[1], new)
    if (first.schema is None) is (second.schema is None):
        return first, second
    return _whole(old), _whole(new)


def _by_item(documents: Documents, media: MediaType) -> MediaType:
    if media.schema is None or media.item_schema is not None:
        return media
    shape = shape_of(of(documents, media.schema))
    if shape.value("type") != "array":
        return replace(media, schema=None, item_schema=media.schema)
    items = shape.keywords.get("items")
    if items is None or shape.keywords.keys() != {"type", "items"}:
        return media
    return replace(media, schema=None, item_schema=Schema(items.value, items.location))


def _whole(media: MediaType) -> MediaType:
    """Return a sequence with its `itemSchema` as a schema of the array that it is."""
    item = media.item_schema
    if item is None or media.schema is not None:
        return media
    array = {"type": "array", "items": item.raw}
    schema = Schema(array, item.location.rewritten("sequence"))
    return replace(media, schema=schema, item_schema=None)
