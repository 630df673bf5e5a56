"""Parts of a path that hold several parameters: what tells their texts apart, by their schemas.

A router gives the first one as much as it can, `a-b` of `a-b-7` in `{word}-{number}` and `1-2` of
`1-2-x` in `{number}-{word}`, where only one way to read it may pass the schemas.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from contractkit.generator.http_views import Route
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_strength import same_pattern
from contractkit.model.http import HttpOperation
from contractkit.model.schema import Schema

_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
_ANY: Final = r"[\s\S]+"
_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)"
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TYPES: Final[Mapping[Any, str]] = {
    "integer": _NUMBER,
    "number": _NUMBER + r"(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?",
    "boolean": "true|false",
}
_FORMATS: Final[Mapping[Any, str]] = {
    "date": _DAY,
    "date-time": _DAY + r"[Tt][0-9:.]+(?:[Zz]|[-+][0-9]{2}:[0-9]{2})",
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}


def shared_parts(operation: HttpOperation, route: Route, modules: SchemaModules) -> dict[str, str]:
    """Return per part of a route with several parameters the pattern of what it holds.

    A part whose parameters may be any text has none.
    """
    schemas = {
        route.names[parameter.name]: parameter.schema
        for parameter in operation.parameters
        if parameter.place == "path" and parameter.style == "simple"
    }
    found: dict[str, str] = {}
    for part in route.path.split("/"):
        texts = _PARAMETER.split(part)
        kinds = [_pattern(schemas.get(name), modules) for name in texts[1::2]]
        if len(kinds) > 1 and {*kinds} != {_ANY}:
            texts[::2] = map(re.escape, texts[::2])
            names = zip(texts[1::2], kinds, strict=True)
            texts[1::2] = [f"(?P<{name}>{kind})" for name, kind in names]
            found[part] = "".join(texts)
    return found


def _pattern(schema: Schema | None, modules: SchemaModules) -> str:
    """Return the pattern of the texts that may pass a schema, which may take more than it does."""
    if schema is None:
        return _ANY
    resolved = modules.resolve(schema)
    raw = resolved.raw
    if isinstance(raw, bool):
        return _ANY
    values = raw.get("enum", [raw["const"]] if "const" in raw else None)
    if isinstance(values, list) and values and all(isinstance(v, int | str) for v in values):
        texts = (str(v).lower() if isinstance(v, bool) else str(v) for v in values)
        return "|".join(map(re.escape, texts))
    parts = raw.get("allOf")
    if "type" not in raw and isinstance(parts, list) and len(parts) == 1:
        return _pattern(modules.resolve_within(resolved, "allOf", "0"), modules)
    if raw.get("type") == "string":
        return _FORMATS.get(raw.get("format")) or _plain(raw.get("pattern"))
    return _TYPES.get(raw.get("type"), _ANY) if isinstance(raw.get("type"), str) else _ANY


def _plain(pattern: Any) -> str:
    """Return a pattern that holds for a whole text, if it has neither groups nor alternatives."""
    if not isinstance(pattern, str) or not same_pattern(pattern):
        return _ANY
    whole = re.fullmatch(r"\^([^()|]+)\$", pattern)
    return _ANY if whole is None or whole[1].endswith("\\") else whole[1]
