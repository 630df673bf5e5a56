"""An OpenAPI document as operations with everything resolved but the schemas (OpenAPI 3.1, 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.location import Location
from contractkit.model.schema import Schema


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation; `place` is its `in`. Style and explode carry their defaults."""

    name: str
    place: str
    required: bool
    style: str
    explode: bool
    schema: Schema | None
    content: tuple["MediaType", ...]
    description: str
    deprecated: bool
    extensions: Mapping[str, Any]
    location: Location


@dataclass(frozen=True, slots=True)
class MediaType:
    """One representation; `item_schema` is OpenAPI 3.2's schema of a stream's items."""

    name: str
    schema: Schema | None
    item_schema: Schema | None
    extensions: Mapping[str, Any]
    location: Location


@dataclass(frozen=True, slots=True)
class Header:
    """A response header."""

    name: str
    required: bool
    schema: Schema | None
    description: str
    deprecated: bool
    location: Location


@dataclass(frozen=True, slots=True)
class Link:
    """A link from a response to another operation; `parameters` maps names to expressions."""

    name: str
    operation_id: str | None
    operation_reference: str | None
    parameters: Mapping[str, Any]
    description: str
    location: Location


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The body of a request."""

    required: bool
    content: tuple[MediaType, ...]
    description: str
    location: Location


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `status` is as written: three digits, `4XX` or `default`."""

    status: str
    description: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]
    links: tuple[Link, ...]
    location: Location

    @property
    def success(self) -> bool:
        """Whether the status is one of 2xx."""
        return self.status.startswith("2")


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A security scheme; `raw` is the object as written."""

    name: str
    kind: str
    raw: Mapping[str, Any]
    location: Location


@dataclass(frozen=True, slots=True)
class SecurityUse:
    """One scheme of an alternative, with the scopes it must carry."""

    scheme: SecurityScheme
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HttpOperation:
    """One operation. `security` lists alternatives; each holds all the schemes it needs.

    An empty `security` means that anybody may call it; an empty alternative, that it is optional.
    `servers` are the URLs of the operation or its path, empty when those of the document apply.
    Where the document gives no `operationId`, one is derived from method and path; see `named`.
    """

    operation_id: str
    method: str
    path: str
    tags: tuple[str, ...]
    summary: str
    description: str
    deprecated: bool
    sunset: str | None
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: tuple[Response, ...]
    security: tuple[tuple[SecurityUse, ...], ...]
    servers: tuple[str, ...]
    extensions: Mapping[str, Any]
    location: Location
    callbacks: tuple["HttpOperation", ...] = ()
    """Requests that we send; `path` is `name expression`, as in `paid {$request.body#/url}`."""
    named: bool = True
    """Whether the document gives the `operationId`."""

    @property
    def label(self) -> str:
        """The name in messages: the id if the document gives one, else `GET /orders`."""
        return self.operation_id if self.named else f"{self.method} {self.path}"

    @property
    def successes(self) -> tuple[Response, ...]:
        """The 2xx responses."""
        return tuple(response for response in self.responses if response.success)


@dataclass(frozen=True, slots=True)
class HttpContract:
    """An OpenAPI document. `schemas` are its named components."""

    title: str
    version: str
    dialect: str
    description: str
    servers: tuple[str, ...]
    tags: Mapping[str, str]
    operations: tuple[HttpOperation, ...]
    security_schemes: Mapping[str, SecurityScheme]
    schemas: Mapping[str, Schema]
    location: Location
    webhooks: tuple[HttpOperation, ...] = ()
    """Requests that we send on our own (webhooks); `path` is the webhook's name."""
