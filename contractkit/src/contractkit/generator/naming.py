"""Python names for the names in contracts: identifiers, classes, modules, enum members."""

import keyword
import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SOFT = {"match", "case", "type", "_"}
_BUILTIN_CLASSES = {"None", "True", "False", "Any", "Literal", "Annotated", "BaseModel", "Field"}


def words(name: str) -> list[str]:
    """Return the words of a name in camel, snake, kebab, dotted or spaced spelling."""
    return _WORD.findall(name)


def snake(name: str) -> str:
    """Return a snake_case identifier, never a keyword."""
    joined = "_".join(word.lower() for word in words(name)) or "unnamed"
    if joined[0].isdigit():
        joined = f"n{joined}"
    if keyword.iskeyword(joined):
        joined += "_"
    return joined


def pascal(name: str) -> str:
    """Return a PascalCase identifier; a name that is one already stays as it is."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) and name not in _BUILTIN_CLASSES:
        return name
    joined = "".join(word[0].upper() + word[1:] for word in words(name)) or "Unnamed"
    if joined[0].isdigit():
        joined = f"N{joined}"
    return f"{joined}Model" if joined in _BUILTIN_CLASSES else joined


def upper(name: str) -> str:
    """Return an UPPER_CASE identifier."""
    return snake(name).upper()


def unique(name: str, taken: Iterable[str]) -> str:
    """Return `name`, with a number behind it when it is taken."""
    known = set(taken)
    if name not in known:
        return name
    count = 2
    while f"{name}{count}" in known:
        count += 1
    return f"{name}{count}"


def http_header_name(name: str) -> str:
    """Return the identifier for an HTTP header, whose case says nothing: `ETag` is `etag`."""
    return header_name(name.lower())


def header_name(name: str) -> str:
    """Return the identifier for a header: without its `x-`, in snake_case."""
    return snake(name[2:] if name.lower().startswith("x-") else name)
