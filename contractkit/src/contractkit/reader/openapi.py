"""Reads an OpenAPI 3.1 or 3.2 document (3.0 after its conversion) into the model."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping

from contractkit.documents import Documents
from contractkit.errors import UnsupportedError
from contractkit.location import escape
from contractkit.model.http import (
    Header,
    HttpContract,
    HttpOperation,
    Link,
    MediaType,
    Parameter,
    RequestBody,
    Response,
    SecurityScheme,
    SecurityUse,
)
from contractkit.model.schema import Schema
from contractkit.reader.fields import Fields
from contractkit.reader.servers import read_servers
from contractkit.reader.unread import Unread, UnreadPart

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
OTHERS = "additionalOperations"
"""Where a path item has operations of other methods (OpenAPI 3.2)."""
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def read_openapi(
    documents: Documents, file: str, unread: list[UnreadPart] | None = None
) -> HttpContract:
    """Return the contract of an OpenAPI document. Raises SpecError for a part that can't be read.

    With a list `unread`, operations that can't be read are appended to it instead.
    """
    root = Fields(documents, documents.root(file))
    if "swagger" in root.raw:
        raise UnsupportedError(
            root.at("swagger"),
            f"Swagger {root.raw['swagger']} is not read.",
            "Convert it to OpenAPI 3, for instance with `npx swagger2openapi` or the Swagger "
            "Editor's Edit > Convert to OpenAPI 3.",
        )
    dialect = root.raw.get("openapi")
    if isinstance(dialect, float):
        raise UnsupportedError(
            root.at("openapi"),
            f"The version {dialect} of OpenAPI is a number.",
            f"Write it as a text: `openapi: '{dialect}.0'`.",
        )
    if not isinstance(dialect, str) or not dialect.startswith(("3.1", "3.2")):
        raise UnsupportedError(
            root.at("openapi"),
            f"OpenAPI {dialect or 'without a version'} is not read.",
            "Write `openapi: 3.2.0` (or 3.1, 3.0) as the document's first line and follow it.",
        )
    return _OpenApiReader(documents, root, dialect, Unread(unread, file)).contract()


def _derived(method: str, path: str, taken: Collection[str]) -> str:
    """Return an operationId for an operation without one: `get_orders_order_id`."""
    name = "_".join((method, *re.findall(r"[A-Za-z0-9_]+", path)))
    numbered = (f"{name}_{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain((name,), numbered) if one not in taken)


def _places(item: Fields) -> Iterator[tuple[str, ...]]:
    """Yield where the operations of a path item stand, by method."""
    yield from ((method,) for method in METHODS if item.raw.get(method) is not None)
    yield from ((OTHERS, method) for method, node in item.nodes(OTHERS) if node.value is not None)


class _OpenApiReader:
    def __init__(self, documents: Documents, root: Fields, dialect: str, unread: Unread) -> None:
        self._unread = unread
        self._documents = documents
        self._root = root
        self._dialect = dialect
        self._schemes: dict[str, SecurityScheme] = {}
        for name, node in root.nodes("components", "securitySchemes"):
            with unread.part(f"the security scheme {name}"):
                fields = Fields(documents, node)
                kind = fields.text("type")
                self._schemes[name] = SecurityScheme(name, kind, fields.raw, fields.location)

    def contract(self) -> HttpContract:
        root = self._root
        info = self._unread.info(root)
        operations: dict[str, HttpOperation] = {}
        for path, node in root.nodes("paths"):
            with self._unread.part(f"the path {path}"):
                self._path(path, Fields(self._documents, node), operations)
        schemas: dict[str, Schema] = {}
        for name, node in root.nodes("components", "schemas"):
            if isinstance(node.value, Mapping | bool):
                schemas[name] = Schema(node.value, node.location)
        servers: tuple[str, ...] = ()
        with self._unread.part("the servers", coded=False):
            servers = read_servers(root)
        webhooks: tuple[HttpOperation, ...] = ()
        with self._unread.part("the webhooks"):
            webhooks = self._outgoing(root.objects("webhooks"))
        return HttpContract(
            title=info.text("title"),
            version=info.version(),
            dialect=self._dialect,
            description=info.text("description"),
            servers=servers,
            tags={
                fields.text("name"): fields.text("description")
                for _, fields in root.objects("tags")
            },
            operations=tuple(operations.values()),
            security_schemes=self._schemes,
            schemas=schemas,
            location=root.location,
            webhooks=webhooks,
        )

    def _path(self, path: str, item: Fields, operations: dict[str, HttpOperation]) -> None:
        """Read the operations of a path; refuse two with the same id."""
        for keys in _places(item):
            method = keys[-1]
            with self._unread.part(f"the operation {method.upper()} {path}"):
                fields = item.object(*keys)
                if fields is None:
                    continue
                name = _derived(method.lower(), path, operations.keys())
                operation = self._operation(path, method, item, fields, name)
                before = operations.setdefault(operation.operation_id, operation)
                if before is not operation:
                    raise fields.error(
                        "operationId",
                        f"The operationId {operation.operation_id!r} is also at {before.location}.",
                        "Give each operation its own.",
                    )

    def _outgoing(self, items: Iterator[tuple[str, Fields]]) -> tuple[HttpOperation, ...]:
        """Return the requests that we send; without an operationId they are named by their key."""
        return tuple(
            self._operation(key, keys[-1], item, fields, f"{keys[-1].upper()} {key}", named=True)
            for key, item in items
            for keys in _places(item)
            if (fields := item.object(*keys)) is not None
        )

    def _callbacks(self, fields: Fields) -> tuple[HttpOperation, ...]:
        return self._outgoing(
            (f"{name} {expression}", item)
            for name, callback in fields.objects("callbacks")
            for expression, item in callback.objects()
        )

    def _operation(
        self,
        path: str,
        method: str,
        item: Fields,
        fields: Fields,
        name: str,
        *,
        named: bool = False,
    ) -> HttpOperation:
        parameters: dict[tuple[str, str], Parameter] = {}
        for owner in (item, fields):
            for _, written in owner.objects("parameters"):
                parameter = self._parameter(written)
                parameters[parameter.place, parameter.name] = parameter
        body = fields.object("requestBody")
        return HttpOperation(
            operation_id=fields.text("operationId") or name,
            method=method.upper(),
            path=path,
            tags=fields.texts("tags"),
            summary=fields.text("summary"),
            description=fields.text("description"),
            deprecated=fields.flag("deprecated"),
            sunset=fields.optional_text("x-sunset"),
            parameters=tuple(parameters.values()),
            request_body=None if body is None else self._request_body(body),
            responses=tuple(
                self._response(status, response) for status, response in fields.objects("responses")
            ),
            security=self._security(fields),
            servers=read_servers(fields) or read_servers(item),
            extensions=fields.extensions,
            location=fields.location,
            callbacks=self._callbacks(fields),
            named=named or bool(fields.text("operationId")),
        )

    def _parameter(self, fields: Fields) -> Parameter:
        place = fields.text("in")
        style = fields.text("style", _STYLES.get(place, "form"))
        return Parameter(
            name=fields.text("name"),
            place=place,
            required=fields.flag("required"),
            style=style,
            explode=fields.flag("explode", style in {"form", "cookie"}),
            schema=fields.schema("schema"),
            content=self._content(fields),
            description=fields.text("description"),
            deprecated=fields.flag("deprecated"),
            extensions=fields.extensions,
            location=fields.location,
        )

    def _content(self, fields: Fields) -> tuple[MediaType, ...]:
        return tuple(
            MediaType(
                name=name,
                schema=media.schema("schema"),
                item_schema=media.schema("itemSchema"),
                extensions=media.extensions,
                location=media.location,
            )
            for name, media in fields.objects("content")
        )

    def _request_body(self, fields: Fields) -> RequestBody:
        return RequestBody(
            required=fields.flag("required"),
            content=self._content(fields),
            description=fields.text("description"),
            location=fields.location,
        )

    def _response(self, status: str, fields: Fields) -> Response:
        return Response(
            status=status,
            description=fields.text("description"),
            headers=tuple(
                Header(
                    name=name,
                    required=header.flag("required"),
                    schema=header.schema("schema"),
                    description=header.text("description"),
                    deprecated=header.flag("deprecated"),
                    location=header.location,
                )
                for name, header in fields.objects("headers")
            ),
            content=self._content(fields),
            links=tuple(
                Link(
                    name=name,
                    operation_id=link.optional_text("operationId"),
                    operation_reference=link.optional_text("operationRef"),
                    parameters=link.raw.get("parameters") or {},
                    description=link.text("description"),
                    location=link.location,
                )
                for name, link in fields.objects("links")
            ),
            location=fields.location,
        )

    def _security(self, fields: Fields) -> tuple[tuple[SecurityUse, ...], ...]:
        owner = fields if "security" in fields.raw else self._root
        alternatives: list[tuple[SecurityUse, ...]] = []
        for index, alternative in enumerate(owner.raw.get("security") or []):
            uses: list[SecurityUse] = []
            if not isinstance(alternative, Mapping):
                raise owner.error(
                    f"security/{index}", "A security requirement is not an object.", "Write a map."
                )
            for name, scopes in alternative.items():
                if name not in self._schemes:
                    raise owner.error(
                        f"security/{index}/{escape(name)}",
                        f"The security scheme {name!r} does not exist.",
                        "Define it below components/securitySchemes or correct the name.",
                    )
                uses.append(SecurityUse(self._schemes[name], tuple(scopes or ())))
            alternatives.append(tuple(uses))
        return tuple(alternatives)
