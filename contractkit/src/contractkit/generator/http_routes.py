"""The paths of operations as Starlette routes them, which has rules of its own.

A parameter's name is an identifier there, literal parts are compared with the decoded path, and
the first route that matches wins, where OpenAPI lets literal parts win.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from contractkit.errors import UnsupportedError
from contractkit.generator.http_views import OperationView, Route
from contractkit.generator.omissions import Omissions
from contractkit.model.http import HttpOperation
from contractkit.naming import snake, unique

_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
_ROUTED: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def route_of(operation: HttpOperation, omissions: Omissions) -> Route:
    """Return an operation's route. Raises UnsupportedError where path and parameters disagree."""
    written = _PARAMETER.findall(operation.path)
    declared = {p.name: p for p in operation.parameters if p.place == "path"}
    twice = next((name for name in written if written.count(name) > 1), None)
    if twice is not None:
        raise UnsupportedError(
            operation.location,
            f"The path {operation.path} has {{{twice}}} twice.",
            "Give each part a name of its own.",
        )
    for name, parameter in declared.items():
        if name not in written:
            raise UnsupportedError(
                parameter.location,
                f"The path {operation.path} has no {{{name}}}.",
                "Remove the parameter or put it into the path.",
            )
    names: dict[str, str] = {}
    for name in written:
        plain = _ROUTED.fullmatch(name) is not None
        names[name] = name if plain else unique(snake(name), [*written, *names.values()])
        if name not in declared:
            error = UnsupportedError(
                operation.location,
                f"The path has {{{name}}}, which is not declared.",
                "Add a parameter with `in: path`.",
            )
            omissions.add(f"{{{name}}} of the operation {operation.operation_id}", error)
    parts = _PARAMETER.split(operation.path)
    parts[::2] = map(_literal, parts[::2])
    parts[1::2] = [f"{{{names[name]}}}" for name in parts[1::2]]
    return Route("".join(parts), names)


def _literal(text: str) -> str:
    """Return a literal part decoded, unless it would then read as something else."""
    decoded = unquote(text)
    changed = decoded.count("/") > text.count("/") or {"{", "}"} & set(decoded)
    return text if changed else decoded


def in_order(views: Sequence[OperationView]) -> list[OperationView]:
    """Return the views so that no route comes before one that it would take the requests of."""
    found: list[OperationView] = []
    for view in views:
        places = (index for index, known in enumerate(found) if hides(known, view))
        found.insert(next(places, len(found)), view)
    return found


def hides(general: OperationView, special: OperationView) -> bool:
    """Return whether a route takes every path of another, which has literal parts instead."""
    if general.operation.method != special.operation.method:
        return False
    patterns = [_PARAMETER.split(view.route.path) for view in (general, special)]
    if len(patterns[0]) < 2 or patterns[0][::2] == patterns[1][::2]:  # noqa: PLR2004 (one parameter)
        return False
    expression = "[^/]+".join(map(re.escape, patterns[0][::2]))
    return re.fullmatch(expression, "\0".join(patterns[1][::2])) is not None
