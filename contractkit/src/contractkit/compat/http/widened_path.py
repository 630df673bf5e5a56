"""Paths of which a fixed segment became a parameter that takes it: old requests still arrive."""

import re
from dataclasses import replace
from typing import Final

from contractkit.compat.readings import takes
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.documents import Documents
from contractkit.model.http import HttpOperation
from contractkit.model.schema import of
from contractkit.paths import parameters as names_in
from contractkit.paths import positional

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]+")
"""A segment that travels as it is written (RFC 3986: unreserved characters)."""


def widened(documents: Documents, old: HttpOperation, new: HttpOperation) -> HttpOperation | None:
    """Return `new` as old requests meet it: without the parameters that take fixed segments.

    Its other path parameters are named as those of `old`. None where it does not take the path of
    `old`, or where no segment became a parameter. `documents` are those of `new`.
    """
    before, after = old.path.split("/"), new.path.split("/")
    if old.method != new.method or len(before) != len(after):
        return None
    taken: set[str] = set()
    names: dict[str, str] = {}
    for was, now in zip(before, after, strict=True):
        if positional(was) == positional(now):
            names |= dict(zip(names_in(now), names_in(was), strict=True))
        elif positional(now) == "{}" and _takes(documents, new, names_in(now)[0], was):
            taken |= {*names_in(now)}
        else:
            return None
    if not taken:
        return None
    parameters = tuple(
        replace(one, name=names.get(one.name, one.name)) if one.place == "path" else one
        for one in new.parameters
        if one.place != "path" or one.name not in taken
    )
    return replace(new, path=old.path, parameters=parameters)


def _takes(documents: Documents, operation: HttpOperation, name: str, segment: str) -> bool:
    """Return whether a path parameter certainly takes a text."""
    schema = next(
        (
            one.schema
            for one in operation.parameters
            if one.place == "path" and one.name == name and one.style == "simple"
        ),
        None,
    )
    if schema is None or not _PLAIN.fullmatch(segment):
        return False
    return takes(SelfContainedSchemas(), of(documents, schema), segment, several=True)
