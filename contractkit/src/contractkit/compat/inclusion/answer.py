"""The three answers of a search: a value, that there is none, or that it is unknown."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Found:
    """A value that satisfies everything that was asked."""

    value: Any


class Nothing(Enum):
    """No value: there is none, or the search could not tell."""

    EMPTY = "empty"
    UNKNOWN = "unknown"


EMPTY: Final = Nothing.EMPTY
UNKNOWN: Final = Nothing.UNKNOWN
Answer = Found | Nothing
