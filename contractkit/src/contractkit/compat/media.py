"""Media types and ranges by what they mean (RFC 9110, 8.3 and 12.5.1), however they are written."""

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)')
_JSON_TEXT = re.compile(r"application/json|[^/]+/[^/]+\+json")
_ASYNCAPI_SCHEMA = "application/vnd.aai.asyncapi"
_JSON_SCHEMA = "application/schema"
_OPENAPI_SCHEMA = "application/vnd.oai.openapi"


@dataclass(frozen=True, slots=True)
class MediaRange:
    """A media type, or a range as `text/*` or `*/*`, with its parameters."""

    kind: str
    subtype: str
    parameters: frozenset[tuple[str, str]]

    @property
    def name(self) -> str:
        """Type and subtype."""
        return f"{self.kind}/{self.subtype}"

    def covers(self, other: "MediaRange") -> bool:
        """Whether all that the other names is named by this one, too."""
        return (
            self.kind in {"*", other.kind}
            and self.subtype in {"*", other.subtype}
            and self.parameters <= other.parameters
        )

    @property
    def precision(self) -> tuple[bool, bool, int]:
        """How precise it is; of several that fit, the most precise one counts."""
        return self.kind != "*", self.subtype != "*", len(self.parameters)


def media_range(text: str) -> MediaRange:
    """Return a media type or range; names and charsets are compared without regard to case.

    JSON is UTF-8 always (RFC 8259, 8.1), so that `charset=utf-8` says nothing of it.
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
    """Whether a `schemaFormat` is JSON Schema, by itself or as OpenAPI's."""
    return schema_language(text)[0] in {_JSON_SCHEMA, _OPENAPI_SCHEMA}


def schema_language(text: str) -> tuple[str, str]:
    """Return name and version of a `schemaFormat`; it does not matter whether it is JSON or YAML.

    AsyncAPI's own format is JSON Schema draft 7 with a few words more, in every version.
    """
    media = media_range(text)
    name = re.sub(r"\+(json|yaml)$", "", media.name)
    version = dict(media.parameters).get("version", "")
    if name == _ASYNCAPI_SCHEMA:
        return _JSON_SCHEMA, "draft-07"
    return name, version
