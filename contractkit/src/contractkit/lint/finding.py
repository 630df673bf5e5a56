"""One thing that lint found; and the list of all rules, so that each can be looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contractkit.location import Location


class Severity(StrEnum):
    """How bad it is: errors break tools or people, warnings cost understanding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its severity and what it demands, in one sentence."""

    severity: Severity
    demand: str


_E, _W = Severity.ERROR, Severity.WARNING

RULES: Final[Mapping[str, Rule]] = {
    "unreadable": Rule(_E, "Files are well-formed and say what contractkit needs to read them."),
    "reference": Rule(_E, "Every `$ref` leads to something within the folder."),
    "specification": Rule(_E, "Documents pass the official JSON Schema of their version."),
    "schema": Rule(_E, "Schemas pass the meta-schema of JSON Schema 2020-12."),
    "example-invalid": Rule(_E, "Examples and defaults pass the schema that they stand for."),
    "example-missing": Rule(_W, "Schemas, messages and bodies have an example."),
    "description-missing": Rule(_W, "Operations, messages, parameters and schemas are described."),
    "additional-properties": Rule(_W, "Every object schema says `additionalProperties`."),
    "required-unknown": Rule(_E, "What is `required` is one of the `properties`."),
    "discriminator": Rule(_E, "A discriminator is a required property of every alternative."),
    "unique-id": Rule(_E, "Ids are unique, also as identifiers in generated code."),
    "operation-id-missing": Rule(_W, "Operations have an id, which generated names come from."),
    "parameter-undeclared": Rule(_E, "Every `{parameter}` of a path or address is declared."),
    "parameter-unused": Rule(_E, "Every declared path or address parameter is used."),
    "parameter-location": Rule(_E, "A parameter's location leads to a required property."),
    "correlation-location": Rule(_E, "A correlation id's location leads to a known property."),
    "binding-incomplete": Rule(_W, "AMQP bindings name exchange, type and queue."),
    "binding-conflict": Rule(_E, "An exchange or queue is described the same way everywhere."),
    "link-target": Rule(_E, "Links lead to operations and parameters that exist."),
    "cross-reference": Rule(_E, "`x-sends` and `x-streams` name operations that exist."),
    "message-ambiguous": Rule(_E, "Several messages of a channel can be told apart."),
    "problem-media-type": Rule(_W, "Errors are problems (RFC 9457) everywhere or nowhere."),
    "tag-undeclared": Rule(_W, "Tags of operations are declared in the document."),
    "component-unused": Rule(_W, "Components are used."),
    "sunset": Rule(_E, "`x-sunset` is a date, and what has one is deprecated."),
    "not-generated": Rule(_E, "contractkit has code for it."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken at a place."""

    rule: str
    location: Location
    problem: str
    mend: str

    @property
    def severity(self) -> Severity:
        """The rule's severity."""
        return RULES[self.rule].severity

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """By place, then by rule."""
        place = self.location
        return place.file, place.line, place.column, self.rule, self.problem
