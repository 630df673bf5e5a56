"""What the generated Python models can't say, so that no exporter can read it off them; each with its reason.

An entry that no longer makes a difference fails its test, so the list only gets shorter.
"""

from dataclasses import dataclass
from typing import Any

ANYTHING = object()
NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
ADDRESS = r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A keyword, with one value or with any, that is left out of the comparison."""

    keyword: str
    value: Any
    reason: str

    @property
    def name(self) -> str:
        return self.keyword if self.value is ANYTHING else f"{self.keyword}={self.value}"


UNSAID = (
    Unsaid(
        "format", "uri-reference", "a note to readers in JSON Schema 2020-12; the model is a text"
    ),
    Unsaid("format", "email", "a note to readers in JSON Schema 2020-12; the model is a text"),
    Unsaid("uniqueItems", True, "the model is a list; answers are made from a set"),
    Unsaid("writeOnly", True, "pydantic adds it for texts that logs must not show"),
    Unsaid("x-extensible-enum", ANYTHING, "a promise to clients: values may be added"),
    Unsaid("x-extensible", True, "a promise to clients: alternatives may be added"),
    Unsaid("minProperties", 1, "the wire is checked against the schema; no model counts members"),
    Unsaid("pattern", NO_CONTROLS, "the wire is checked against the schema, by its own engine"),
    Unsaid("pattern", ADDRESS, "the wire is checked against the schema, by its own engine"),
    Unsaid(
        "contentSchema", ANYTHING, "the data of a frame is a text; its models are compared apart"
    ),
)


def without(document: Any, unsaid: tuple[Unsaid, ...]) -> Any:
    """A copy of the document without these keywords."""
    if isinstance(document, list):
        return [without(one, unsaid) for one in document]
    if not isinstance(document, dict):
        return document
    return {
        key: without(value, unsaid)
        for key, value in document.items()
        if not any(
            one.keyword == key and (one.value is ANYTHING or one.value == value) for one in unsaid
        )
    }
