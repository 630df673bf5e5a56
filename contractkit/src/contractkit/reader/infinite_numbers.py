"""Infinity and NaN, which YAML has and JSON has not: where they stand, and files without them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contractkit.documents import Documents
from contractkit.errors import SpecError
from contractkit.location import escape
from contractkit.reader.unread import UnreadPart

_MEND = "Write a finite number, or leave it out."


@dataclass(frozen=True, slots=True)
class InfiniteNumber:
    """One such number: the object or list that holds it, its key or index there, and the error."""

    holder: Any
    key: Any
    error: SpecError


def infinite_numbers(documents: Documents) -> Iterator[InfiniteNumber]:
    """Yield those of all loaded files."""
    for file in documents.files:
        source = documents.source(file)
        pending = [("", source.value if isinstance(source.value, dict | list) else [])]
        while pending:
            pointer, holder = pending.pop()
            members = holder.items() if isinstance(holder, dict) else enumerate(holder)
            for key, value in members:
                if isinstance(value, dict | list):
                    pending.append((f"{pointer}/{escape(str(key))}", value))
                elif isinstance(value, float) and not math.isfinite(value):
                    place = source.locate(f"{pointer}/{escape(str(key))}")
                    yield InfiniteNumber(holder, key, SpecError(place, _problem(value), _MEND))


def remove_infinite_numbers(documents: Documents) -> list[UnreadPart]:
    """Take them out of all files that documents refer to, and return what was taken out."""
    documents.load()
    found = list(infinite_numbers(documents))
    for number in reversed(found):
        del number.holder[number.key]
    found.sort(key=lambda number: number.error.location)
    return [UnreadPart("a number", number.error, coded=False) for number in found]


def _problem(value: float) -> str:
    if math.isnan(value):
        return "`.nan` is not a number of JSON."
    return "The number is infinite, or too large for a float; JSON has none such."
