"""Media types and ranges (RFC 9110, 8.3 and 12.5.1), compared independently of their spelling."""

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)')
_JSON_TEXT = re.compile(r"application/json|[^/]+/[^/]+\+json")
_ASYNCAPI_SCHEMA = "application/vnd.aai.asyncapi"
_JSON_SCHEMA = "application/schema"
_OPENAPI_SCHEMA = "application/vnd.oai.openapi"


@dataclass(frozen=True, slots=True)
class MediaRange:
    """A media type, or a range such as `text/*` or `*/*`, with its parameters."""

    kind: str
    subtype: str
    parameters: frozenset[tuple[str, str]]

    @property
    def name(self) -> str:
        """Type and subtype."""
        return f"{self.kind}/{self.subtype}"

    @property
    def spelling(self) -> str:
        """The one spelling of all that mean the same, with the parameters in order."""
        return ";".join([self.name, *(f"{key}={value}" for key, value in sorted(self.parameters))])

    def covers(self, other: "MediaRange") -> bool:
        """Return whether every media type of the other range is in this one too."""
        return (
            self.kind in {"*", other.kind}
            and self.subtype in {"*", other.subtype}
            and self.parameters <= other.parameters
        )

    @property
    def precision(self) -> tuple[bool, bool, int]:
        """The sort key by precision; of several matching ranges, the most precise applies."""
        return self.kind != "*", self.subtype != "*", len(self.parameters)


def media_range(text: str) -> MediaRange:
    """Return a media type or range; names and charsets are compared without regard to case.

    JSON is always UTF-8 (RFC 8259, 8.1), so that its `charset=utf-8` is dropped.
    """
    name = text.partition(";")[0].strip().lower()
    kind, _, subtype = name.partition("/")
    parameters = set()
    for key, value in _PARAMETER.findall(text):
        key, value = key.lower(), re.sub(r"\\(.)", r"\1", value.strip('"'))  # noqa: PLW2901
        value = value.lower() if key == "charset" else value  # noqa: PLW2901
        if (key, value) != ("charset", "utf-8") or not _JSON_TEXT.fullmatch(name):
            parameters.add((key, value))
    return MediaRange(kind, subtype or "*", frozenset(parameters))


def is_json_schema(text: str) -> bool:
    """Return whether a `schemaFormat` is JSON Schema, alone or in OpenAPI's dialect."""
    return schema_language(text)[0] in {_JSON_SCHEMA, _OPENAPI_SCHEMA}


def schema_language(text: str) -> tuple[str, str]:
    """Return the name and version of a `schemaFormat`; JSON and YAML spellings are equal.

    AsyncAPI's own format is JSON Schema draft 7 with a few more keywords, in every version.
    """
    media = media_range(text)
    name = re.sub(r"\+(json|yaml)$", "", media.name)
    version = dict(media.parameters).get("version", "")
    if name == _ASYNCAPI_SCHEMA:
        return _JSON_SCHEMA, "draft-07"
    return name, version
