"""A whole query as one parameter (OpenAPI 3.2, `in: querystring`) beside parameters of the query.

A form in it is the same query as a parameter for each of its properties.
"""

from collections.abc import Sequence

from contractkit.compat.http.encoding import facts_of
from contractkit.compat.http.representations import READ, is_single
from contractkit.compat.media import media_range
from contractkit.compat.schema.sample import shape_of
from contractkit.documents import Documents, at
from contractkit.model.http import HttpOperation, MediaType, Parameter
from contractkit.model.media_kinds import URLENCODED
from contractkit.model.schema import Schema, of

QUERYSTRING = "querystring"
_COUNTS = frozenset({"minProperties", "maxProperties"})


def parameters_of(
    documents: Documents, operation: HttpOperation, other: HttpOperation, *, writer: bool
) -> Sequence[Parameter]:
    """Return the parameters of an operation, to be compared with those of another one.

    A form of the whole query becomes one parameter for each property where the other side has no
    such form. What a `writer` may leave out as a whole is not required.
    """
    if any(one.place == QUERYSTRING for one in other.parameters):
        return operation.parameters
    found: list[Parameter] = []
    for one in operation.parameters:
        named = _named(documents, one, writer=writer) if one.place == QUERYSTRING else None
        found += [one] if named is None else named
    return found


def _named(documents: Documents, query: Parameter, *, writer: bool) -> list[Parameter] | None:
    """Return a parameter for each property of a form, or None where it says more than these."""
    media = query.content[0] if query.content else None
    if media is None or media.schema is None or media_range(media.name).name != URLENCODED:
        return None
    node = of(documents, media.schema)
    shape = shape_of(node)
    free = shape.value("additionalProperties", True) in (True, {})
    if not free or not shape.keywords.keys() <= READ - _COUNTS:
        return None
    encoding = at(documents, media.location).get("encoding")
    required = shape.required.keys() if query.required or not writer else set()
    found = []
    for name, part in shape.properties.items():
        facts = facts_of(node, encoding, name)
        schema = Schema(part.value, part.location)
        text = is_single(part)
        content = MediaType("application/json", schema, None, {}, media.location)
        found.append(
            Parameter(
                name=name,
                place="query",
                required=name in required,
                style=next(iter(facts["style"])),
                explode="true" in facts["explode"],
                schema=schema if text else None,
                content=() if text else (content,),
                description="",
                deprecated=False,
                extensions={},
                location=query.location,
            )
        )
    return found
