"""How to mend a violation of each rule, for `explain` and the documentation."""

from collections.abc import Mapping
from typing import Final

MENDS: Final[Mapping[str, str]] = {
    "unreadable": (
        "Correct the syntax, or the member that the message names; the rest of the file "
        "is read afterwards."
    ),
    "reference": (
        "Correct the path or the pointer. A path is relative to the file it stands in, "
        "and stays within the folder."
    ),
    "specification": (
        "Compare the place with the specification of the document's version; members that"
        " it does not know begin with `x-`."
    ),
    "schema": "Correct the keyword: its name, the type of its value, or both.",
    "keyword-misspelled": (
        "Write the keyword that the message names, or begin a name of your own with `x-`: JSON "
        "Schema ignores what it does not know."
    ),
    "example-invalid": "Correct the example, or the schema when the example is right.",
    "example-missing": (
        "Add `examples: [...]` to the schema, `example` beside it, or `examples` to the message."
    ),
    "description-missing": (
        "Say in a sentence what it means, in `description` (for an operation, `summary` will do)."
    ),
    "additional-properties": (
        "Write `additionalProperties: true` if others may come, `false` if not. Without "
        "it, JSON Schema means `true`."
    ),
    "required-unknown": ("Add the property below `properties`, or correct the name in `required`."),
    "discriminator": (
        "Require the property in every alternative, and let `mapping` lead to schemas that exist."
    ),
    "unique-id": (
        "Give one of the two another `operationId` or name; generated code spells both "
        "the same way."
    ),
    "operation-id-missing": (
        "Write an `operationId`. Without one, names in code change when the path does."
    ),
    "parameter-undeclared": (
        "Declare it: `in: path` in OpenAPI, below the channel's `parameters` in AsyncAPI."
    ),
    "parameter-unused": "Remove the declaration, or put `{name}` into the path or address.",
    "parameter-location": (
        "Let `location` lead to a property that the payload requires, as `$message.payload#/id`."
    ),
    "correlation-location": "Let `location` lead to a property or header of the message.",
    "binding-incomplete": (
        "Write the exchange's name and type, or the queue's name, into the channel's AMQP binding."
    ),
    "binding-conflict": (
        "Describe the exchange or queue once and refer to it, or make both descriptions equal."
    ),
    "link-target": "Correct the `operationId` or the parameter's name in the link.",
    "cross-reference": "Name an operation of the AsyncAPI document.",
    "message-ambiguous": (
        "Give each payload a required property with a `const` of its own, or each message"
        " a name and a type."
    ),
    "problem-media-type": (
        "Answer with `application/problem+json`, or with it nowhere in the document."
    ),
    "tag-undeclared": "Add the tag to the document's `tags`, with a description.",
    "component-unused": "Remove the component, or refer to it.",
    "sunset": ("Write the date as YYYY-MM-DD and mark what ends as `deprecated: true`."),
    "not-generated": (
        "Do what the message says. If the part may be without code, let it pass by a "
        "comment; `generate` leaves it out by name."
    ),
}
