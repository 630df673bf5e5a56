"""Paths of which a segment is written another way and takes the same requests, or more.

A fixed segment became a parameter that takes it, a parameter of one value became that value, or a
parameter of any text took the place of a part of it.
"""

import re
from dataclasses import replace
from typing import Final

from contractkit.compat.readings import takes, text
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.compat.schema.shape import allowed, members, merge
from contractkit.documents import Documents, Node
from contractkit.model.http import HttpOperation
from contractkit.model.schema import of
from contractkit.paths import parameters as names_in
from contractkit.paths import positional

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]+")
"""A segment that travels as it is written (RFC 3986: unreserved characters)."""
Revisions = tuple[Documents, Documents]
Pair = tuple[HttpOperation, HttpOperation]


def widened(revisions: Revisions, old: HttpOperation, new: HttpOperation) -> Pair | None:
    """Return both operations without the path parameters that are not to be compared.

    Those that are left are named in NEW as in OLD. None where NEW does not take the path of OLD, or
    where no segment is written another way.
    """
    before, after = old.path.split("/"), new.path.split("/")
    if old.method != new.method or len(before) != len(after):
        return None
    gone: set[str] = set()
    taken: set[str] = set()
    names: dict[str, str] = {}
    for was, now in zip(before, after, strict=True):
        mine, others = names_in(was), names_in(now)
        parameter = _parameter(revisions[1], new, others[0]) if positional(now) == "{}" else None
        if positional(was) == positional(now):
            names |= dict(zip(others, mine, strict=True))
        elif not mine and parameter is not None and _takes(parameter, was):
            taken |= {*others}
        elif positional(was) == "{}" and not others and _only(revisions[0], old, mine[0]) == now:
            gone |= {*mine}
        elif mine and parameter is not None and _takes_all(parameter):
            taken |= {*others}
            gone |= {*mine}
        else:
            return None
    if not taken | gone:
        return None
    return _without(old, gone, {}), replace(_without(new, taken, names), path=old.path)


def _without(operation: HttpOperation, left_out: set[str], names: dict[str, str]) -> HttpOperation:
    """Return an operation without some path parameters, the others with other names."""
    parameters = tuple(
        replace(one, name=names.get(one.name, one.name)) if one.place == "path" else one
        for one in operation.parameters
        if one.place != "path" or one.name not in left_out
    )
    return replace(operation, parameters=parameters)


def _parameter(documents: Documents, operation: HttpOperation, name: str) -> Node | None:
    """Return the schema of a path parameter that is written as its text."""
    found = (
        one.schema
        for one in operation.parameters
        if one.place == "path" and one.name == name and one.style == "simple"
    )
    schema = next(found, None)
    return None if schema is None else of(documents, schema)


def _takes(parameter: Node, segment: str) -> bool:
    """Return whether a parameter certainly takes a text."""
    plain = _PLAIN.fullmatch(segment) is not None
    return plain and takes(SelfContainedSchemas(), parameter, segment, several=True)


def _takes_all(parameter: Node) -> bool:
    """Return whether a parameter certainly takes every text."""
    shape = merge(parameter, members(parameter))
    said = shape.keywords.items() if shape is not None else ()
    return {key: node.value for key, node in said} == {"type": "string"}


def _only(documents: Documents, operation: HttpOperation, name: str) -> str | None:
    """Return the only text of a path parameter, or None."""
    parameter = _parameter(documents, operation, name)
    shape = None if parameter is None else merge(parameter, members(parameter))
    listed = None if shape is None else allowed(shape)
    if listed is None or len(listed) != 1 or not isinstance(listed[0], str | int):
        return None
    return text(listed[0])
