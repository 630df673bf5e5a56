"""A violation of a lint rule, and the catalogue of all rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contractkit.level import Level
from contractkit.location import Location


@dataclass(frozen=True, slots=True)
class Demand:
    """The requirement of a rule in one sentence, and the level of its violations."""

    level: Level
    text: str


_E, _W = Level.ERROR, Level.WARNING

RULES: Final[Mapping[str, Demand]] = {
    "unreadable": Demand(_E, "Files are well-formed and have what contractkit needs to read them."),
    "reference": Demand(_E, "Every `$ref` resolves to a place within the folder."),
    "specification": Demand(_E, "Documents pass the official JSON Schema of their version."),
    "schema": Demand(_E, "Schemas pass the meta-schema of JSON Schema 2020-12."),
    "keyword-misspelled": Demand(_W, "Keywords of schemas are spelled as JSON Schema has them."),
    "example-invalid": Demand(_E, "Examples and defaults pass the schema that they stand for."),
    "example-missing": Demand(_W, "Schemas, messages and bodies have an example."),
    "description-missing": Demand(
        _W, "Operations, messages, parameters and schemas are described."
    ),
    "additional-properties": Demand(_W, "Every object schema has `additionalProperties`."),
    "required-unknown": Demand(_E, "What is `required` is one of the `properties`."),
    "discriminator": Demand(_E, "A discriminator is a required property of every alternative."),
    "unique-id": Demand(_E, "Ids are unique, also as identifiers in generated code."),
    "operation-id-missing": Demand(_W, "Operations have an id, which generated names come from."),
    "parameter-undeclared": Demand(_E, "Every `{parameter}` of a path or address is declared."),
    "parameter-unused": Demand(_E, "Every declared path or address parameter is used."),
    "parameter-location": Demand(_E, "A parameter's location leads to a required property."),
    "correlation-location": Demand(_E, "A correlation id's location leads to a known property."),
    "binding-incomplete": Demand(_W, "AMQP bindings name exchange, type and queue."),
    "binding-conflict": Demand(_E, "An exchange or queue is described the same way everywhere."),
    "link-target": Demand(_E, "Links lead to operations and parameters that exist."),
    "cross-reference": Demand(_E, "`x-sends` and `x-streams` name operations that exist."),
    "message-ambiguous": Demand(_E, "Several messages of a channel can be distinguished."),
    "problem-media-type": Demand(_W, "Errors are problems (RFC 9457) everywhere or nowhere."),
    "tag-undeclared": Demand(_W, "Tags of operations are declared in the document."),
    "component-unused": Demand(_W, "Components are used."),
    "sunset": Demand(_E, "`x-sunset` is a date, and what has one is deprecated."),
    "not-generated": Demand(_E, "contractkit can generate code for it."),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation of a rule at a place."""

    rule: str
    location: Location
    problem: str
    mend: str

    @property
    def level(self) -> Level:
        """The rule's level."""
        return RULES[self.rule].level

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The sort key: by place, then by rule."""
        place = self.location
        return place.file, place.line, place.column, self.rule, self.problem
