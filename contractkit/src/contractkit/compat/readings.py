"""Texts of parameters, headers and forms as the values that they may be read as.

`5` is a text and a number, `true` a text and a boolean. A schema takes a text when it takes one of
its readings.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.documents import Node

TEXTS = ("", "a", "A", "ab", "a b", "-", "0", "1", "-1", "10", "1000", "0.5", "true", "null", "00")
"""Guesses at texts that one schema takes and another refuses."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOST = 64
"""How many readings of a list or an object are tried."""


def written(value: Any) -> Any:
    """Return a value with its scalars as the texts that they are written as."""
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return {name: written(item) for name, item in value.items()}
    return text(value)


def sent(texts: Any) -> Any:
    """Return texts with two items in lists that have none, because an empty list has no text."""
    if isinstance(texts, dict):
        return {name: sent(part) for name, part in texts.items()}
    return ["a", "b"] if texts == [] else texts


def text(value: Any) -> str:
    """Return the text of a scalar."""
    return value if isinstance(value, str) else json.dumps(value)


def takes(schemas: SelfContainedSchemas, node: Node, texts: Any, *, several: bool) -> bool:
    """Return whether a schema takes a text, or texts in a list or an object.

    `several`: a list is written as several texts, otherwise as one.
    """
    return any(schemas.accepts(node, value) for value in _values(texts, several=several))


def refuses(schemas: SelfContainedSchemas, node: Node, texts: Any, *, several: bool) -> bool:
    """Return whether a schema certainly refuses every reading of a text."""
    values = list(_values(texts, several=several))
    return len(values) < _MOST and all(schemas.refuses(node, value) for value in values)


def _values(texts: Any, *, several: bool) -> Iterator[Any]:
    """Yield what texts may be read as; a list of one is written as its text.

    Unless several texts are written, each list is one text, too.
    """
    ways = [_readings(texts)]
    if isinstance(texts, str):
        ways.append(_readings([texts]))
    elif isinstance(texts, list) and len(texts) == 1:
        ways.append(_readings(texts[0]))
    elif isinstance(texts, list) and not several:
        ways.append(_readings(",".join(texts)))
    yield from itertools.islice(itertools.chain(*ways), _MOST)


def _readings(texts: Any) -> Iterator[Any]:
    if isinstance(texts, list):
        yield from (list(way) for way in itertools.product(*map(_listed, texts)))
    elif isinstance(texts, dict):
        ways = itertools.product(*map(_listed, texts.values()))
        yield from (dict(zip(texts, way, strict=True)) for way in ways)
    else:
        yield texts
        if _NUMBER.fullmatch(texts):
            yield json.loads(texts)
        elif texts in {"true", "false"}:
            yield texts == "true"


def _listed(texts: Any) -> list[Any]:
    return list(itertools.islice(_readings(texts), _MOST))
