"""Two independent validators, jsonschema-rs and jsonschema.

The second asks the first for what it does not support: some formats, and patterns of ECMA-262
that Python's `re` cannot read.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator as SecondValidator
from jsonschema import FormatChecker
from jsonschema import ValidationError as SecondError
from jsonschema.validators import extend
from jsonschema_rs import Draft202012Validator, ValidationError
from referencing.exceptions import Unresolvable

from contractkit.compat.inclusion.regex import has_format, matches

MENDED = 50
"""How many malformed keywords of a document are left out before it counts as unusable."""

LONG = 1_000
"""From how many characters on a string is quoted only by its beginning."""


class TwoValidators:
    """Both validators of one document. Malformed keywords are left out, see `malformed`.

    The document is changed where it is malformed. Raises ValueError when it is not usable.
    """

    def __init__(self, document: Any) -> None:
        self.malformed: list[tuple[str | int, ...]] = []
        """The places of the malformed keywords that were left out."""
        self._first = self._made(document)
        self._second = _Second(document, format_checker=_FORMATS)

    def verdicts(self, value: Any) -> tuple[bool, bool] | None:
        """Return whether the first and the second validator accept a value, None when one fails."""
        try:
            return bool(self._first.is_valid(value)), bool(self._second.is_valid(_quoted(value)))
        except (RecursionError, OverflowError, ValueError, Unresolvable, re.error):
            return None

    def _made(self, document: Any) -> Draft202012Validator:
        for _ in range(MENDED):
            try:
                return Draft202012Validator(document, validate_formats=True)
            except ValidationError as error:
                place = tuple(error.instance_path)
                if not place:
                    break
                self.malformed.append(place)
                _leave_out(document, place)
        raise ValueError("no validator can be made of the schema")


def _leave_out(document: Any, place: tuple[str | int, ...]) -> None:
    *above, last = place
    for key in above:
        document = document[key]
    del document[last]


class _Long(str):
    """A string whose `repr` is cut, because the second validator quotes it in each error."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{self[:LONG]!r}…"


def _quoted(value: Any) -> Any:
    """Return the value with long strings replaced by ones with a short `repr`."""
    if isinstance(value, str):
        return _Long(value) if len(value) > LONG else value
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, dict):
        return {key: _quoted(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=1024)
def _readable(pattern: str) -> bool:
    """Return whether Python's `re`, which the second validator uses, reads a pattern."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _found(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text)) if _readable(pattern) else matches(pattern, text)


def _pattern(_validator: Any, pattern: str, text: Any, _schema: Any) -> Iterator[SecondError]:
    if isinstance(text, str) and not _found(pattern, text):
        yield SecondError(f"{text!r} does not match {pattern!r}")


def _formats() -> FormatChecker:
    """Return the formats of the second validator, missing ones taken from the first."""
    known = FormatChecker()
    made = FormatChecker(formats=())
    made.checkers = dict(known.checkers)
    for name in _BORROWED:
        if name not in made.checkers:
            made.checkers[name] = (_borrowed(name), ())
    return made


def _borrowed(name: str) -> Any:
    def check(value: Any) -> bool:
        return not isinstance(value, str) or has_format(name, value)

    return check


_BORROWED = (
    "date-time",
    "duration",
    "hostname",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
)
_FORMATS = _formats()
_Second = extend(SecondValidator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
