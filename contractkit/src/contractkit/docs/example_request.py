"""One request of an operation with example values: what samples show and "Try it" begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from contractkit.docs.schema_view import SchemaIndex
from contractkit.model.http import HttpOperation, MediaType, Parameter, SecurityUse
from contractkit.model.media_kinds import kind_of, preferred

_BEARER = {"oauth2", "openIdConnect"}


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter with an example value. `repeated` lists are written once per item."""

    parameter: Parameter
    value: Any

    @property
    def repeated(self) -> bool:
        """Whether a list is written once per item, as `explode` of a form asks for."""
        return self.parameter.explode and self.parameter.place == "query"

    @property
    def text(self) -> str:
        """The value in one text."""
        if isinstance(self.value, list):
            return ",".join(map(_text, self.value))
        return _text(self.value)


@dataclass(frozen=True, slots=True)
class Credential:
    """How a request tells who sends it: `bearer`, `basic`, or a `header`, `query`, `cookie`.

    `scheme` is the name of its security scheme.
    """

    kind: str
    scheme: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ExampleRequest:
    """A request with what is required and nothing else; `base` is a path that the server adds."""

    operation: HttpOperation
    base: str
    fields: tuple[Field, ...]
    media_type: str
    kind: str
    body: Any
    credential: Credential | None

    @property
    def needed(self) -> tuple[Field, ...]:
        """The fields that must be sent."""
        return tuple(each for each in self.fields if each.parameter.required)

    @property
    def path(self) -> str:
        """The path with example values, base included."""
        path = self.operation.path
        for field in self.fields:
            if field.parameter.place == "path":
                text = quote(field.text, safe=",")
                path = path.replace(f"{{{field.parameter.name}}}", text)
        return f"{self.base}{path}"

    @property
    def query(self) -> list[tuple[str, str]]:
        """The required parameters of the query."""
        pairs: list[tuple[str, str]] = []
        for field in self.needed:
            if field.parameter.place == "query":
                many = isinstance(field.value, list) and field.repeated
                values = map(_text, field.value) if many else (field.text,)
                pairs += [(field.parameter.name, value) for value in values]
        return pairs

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def headers(self) -> dict[str, str]:
        """The required headers, credentials aside."""
        found = {f.parameter.name: f.text for f in self.needed if f.parameter.place == "header"}
        if self.body is not None and self.kind not in {"json", "form"}:
            found["Content-Type"] = self.media_type
        return found

    @property
    def streams(self) -> bool:
        """Whether the answer is an event stream."""
        return streams(self.operation)


def streams(operation: HttpOperation) -> bool:
    """Whether an operation answers with server-sent events."""
    return any(
        kind_of(media.name) == "stream" for each in operation.successes for media in each.content
    )


def example_request(operation: HttpOperation, book: SchemaIndex, base: str) -> ExampleRequest:
    """Return the request of an operation."""
    request = operation.request_body
    media = None if request is None else preferred(request.content)
    fields = tuple(
        Field(parameter, _value(parameter, book))
        for parameter in operation.parameters
        if parameter.place in {"path", "query", "header", "cookie"}
    )
    return ExampleRequest(
        operation,
        base,
        fields,
        "" if media is None else media.name,
        "json" if media is None else kind_of(media.name),
        None if media is None else body_example(media, book),
        _credential(operation),
    )


def body_example(media: MediaType, book: SchemaIndex) -> Any:
    """Return an example of a representation: its own, else its schema's."""
    documents = book.documents
    node = documents.at(media.location.file, media.location.pointer)
    for _, written in documents.children(documents.child(node, "examples")):
        value = documents.follow(written).value
        for key in ("dataValue", "value"):
            if isinstance(value, Mapping) and key in value:
                return value[key]
    if isinstance(node.value, Mapping) and "example" in node.value:
        return node.value["example"]
    return None if media.schema is None else book.example(media.schema)


def _value(parameter: Parameter, book: SchemaIndex) -> Any:
    documents = book.documents
    node = documents.at(parameter.location.file, parameter.location.pointer)
    if isinstance(node.value, Mapping) and "example" in node.value:
        return node.value["example"]
    for _, written in documents.children(documents.child(node, "examples")):
        value = documents.follow(written).value
        if isinstance(value, Mapping) and "value" in value:
            return value["value"]
    value = None if parameter.schema is None else book.example(parameter.schema)
    return "text" if value is None else value


def _credential(operation: HttpOperation) -> Credential | None:
    """Return what a program shows: of the alternatives a header before a cookie."""
    found = [_shown(use) for uses in operation.security for use in uses[:1]]
    order = ("bearer", "basic", "header", "query", "cookie")
    return min(found, key=lambda each: order.index(each.kind), default=None)


def _shown(use: SecurityUse) -> Credential:
    raw, scheme = use.scheme.raw, use.scheme.name
    if use.scheme.kind in _BEARER:
        return Credential("bearer", scheme)
    if use.scheme.kind == "http":
        basic = str(raw.get("scheme", "")).lower() == "basic"
        return Credential("basic" if basic else "bearer", scheme)
    place = str(raw.get("in", "header"))
    kind = place if place in {"header", "query", "cookie"} else "header"
    return Credential(kind, scheme, str(raw.get("name", "Authorization")))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
