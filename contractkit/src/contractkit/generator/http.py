"""Prepares what the templates of the HTTP interfaces and routers show."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from contractkit.errors import UnsupportedError
from contractkit.generator.http_parameters import parameter_views
from contractkit.generator.http_views import HeaderView, OperationView
from contractkit.generator.naming import http_header_name, pascal, snake, unique
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.types import ModelImports, scalar_type
from contractkit.model.http import HttpContract, HttpOperation, MediaType, Response

_STREAM = "text/event-stream"


def write_http(contract: HttpContract, modules: SchemaModules, renderer: Renderer) -> None:
    """Write one module per tag and the table of operations below `http/`."""
    groups: dict[str, list[HttpOperation]] = {}
    for operation in contract.operations:
        groups.setdefault(operation.tags[0] if operation.tags else "default", []).append(operation)
    everything: list[OperationView] = []
    renderer.write("http/init.py.jinja", "http/__init__.py")
    renderer.write("http/route.py.jinja", "http/route.py")
    renderer.write("http/text.py.jinja", "http/text.py")
    for tag, operations in groups.items():
        imports = ModelImports("..models")
        views = [_operation(operation, modules, imports) for operation in operations]
        everything += views
        renderer.write(
            "http/tag.py.jinja",
            f"http/{snake(tag)}.py",
            tag=tag,
            description=contract.tags.get(tag, ""),
            class_name=f"{pascal(tag)}Api",
            builder=f"build_{snake(tag).rstrip('_')}_router",
            operations=views,
            imports=imports,
            adapters=_adapters(views),
        )
    renderer.write("http/responses.py.jinja", "http/responses.py", operations=everything)
    renderer.write("http/operations.py.jinja", "http/operations.py", operations=everything)


def refuse_http(contract: HttpContract, modules: SchemaModules) -> None:
    """Raise UnsupportedError for the first operation that has no generated code."""
    for operation in contract.operations:
        _operation(operation, modules, ModelImports(""))


def _adapters(views: Sequence[OperationView]) -> dict[str, str]:
    return {view.adapter: view.reply_body for view in views if view.adapter and view.reply_body}


def _operation(
    operation: HttpOperation, modules: SchemaModules, imports: ModelImports
) -> OperationView:
    location = operation.location
    if not operation.successes:
        raise UnsupportedError(
            location,
            f"{operation.operation_id} has no 2xx response.",
            "Say what it answers when all goes well.",
        )
    success = operation.successes[0]
    stream = any(media.name == _STREAM for media in success.content)
    answers = [
        response
        for response in operation.responses
        if response.status.isdecimal()
        and (response.success or any(_is_json(media.name) for media in response.content))
        and not any("problem" in media.name for media in response.content)
    ]
    body_type = None if stream else _body(operation, answers, modules, imports)
    headers = [] if stream else _headers(answers, modules, imports)
    reply = not stream and (bool(headers) or len(answers) > 1)
    class_name = f"{pascal(operation.operation_id)}Reply"
    result = "Response" if stream else class_name if reply else body_type or "None"
    request, required, media_type = _request(operation, modules, imports)
    scopes, public = _scopes(operation)
    return OperationView(
        operation=operation,
        method_name=snake(operation.operation_id),
        class_name=class_name,
        parameters=parameter_views(operation, modules, imports),
        body=request,
        body_required=required,
        body_media_type=media_type,
        result=result,
        reply=reply,
        reply_body=body_type,
        body_optional=any(not response.content for response in answers),
        reply_headers=headers,
        statuses=[int(response.status) for response in answers],
        default_status=int(success.status),
        stream=stream,
        adapter=f"_{snake(body_type).upper()}" if body_type and not stream else None,
        scopes=scopes,
        public=public,
        problems=[r for r in operation.responses if r not in answers and not r.success],
        success=success,
        warnings=_warnings(operation),
        documented=[
            (response.status, _documented(operation, response, modules))
            for response in operation.responses
        ],
    )


def _documented(
    operation: HttpOperation, response: Response, modules: SchemaModules
) -> dict[str, Any]:
    """Return a response as FastAPI's `responses` argument takes it."""
    found: dict[str, Any] = {"description": response.description}
    if response.headers:
        found["headers"] = {
            header.name: {
                "description": header.description,
                "required": header.required,
                "schema": modules.resolve(header.schema).raw if header.schema else {},
            }
            for header in response.headers
        }
    for media in response.content:
        schema = media.item_schema or media.schema
        if schema is None or (response.success and media.item_schema is None):
            continue
        suggestion = f"{pascal(operation.operation_id)}{response.status}Response"
        reference = {"$ref": f"#/components/schemas/{modules.require(schema, suggestion).name}"}
        key = "schema" if media.item_schema is None else "itemSchema"
        found.setdefault("content", {})[media.name] = {key: reference}
    return found


def _is_json(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip()
    return plain == "application/json" or plain.endswith("+json")


def _json_schema(
    content: Sequence[MediaType], modules: SchemaModules, suggestion: str, *, outgoing: bool
) -> tuple[TypeName, str] | None:
    for media in content:
        if not _is_json(media.name) or media.schema is None:
            raise UnsupportedError(
                media.location,
                f"{media.name} has no generated code here.",
                "Use application/json (or …+json) with a schema; streams: text/event-stream.",
            )
        return modules.require(media.schema, suggestion, outgoing=outgoing), media.name
    return None


def _body(
    operation: HttpOperation,
    answers: Sequence[Response],
    modules: SchemaModules,
    imports: ModelImports,
) -> str | None:
    names: list[str] = []
    for response in answers:
        suggestion = f"{pascal(operation.operation_id)}{response.status}Response"
        found = _json_schema(response.content, modules, suggestion, outgoing=True)
        if found is not None and imports.use(found[0]) not in names:
            names.append(imports.use(found[0]))
    if len(names) > 1:
        raise UnsupportedError(
            operation.location,
            f"{operation.operation_id} answers with {len(names)} kinds of bodies.",
            "Give its non-problem responses the same schema, if need be a oneOf.",
        )
    return names[0] if names else None


def _headers(
    answers: Sequence[Response], modules: SchemaModules, imports: ModelImports
) -> list[HeaderView]:
    found: dict[str, HeaderView] = {}
    names = list(dict.fromkeys(header.name for answer in answers for header in answer.headers))
    for name in names:
        same = [header for answer in answers for header in answer.headers if header.name == name]
        header = same[0]
        if header.schema is None:
            raise UnsupportedError(
                header.location, f"The header {name} has no schema.", "Give it one."
            )
        kind = scalar_type(header.schema, modules, imports, f"{pascal(name)}Header")
        required = len(same) == len(answers) and all(header.required for header in same)
        taken = ["body", "status", *(view.field for view in found.values())]
        found[name] = HeaderView(
            name=name,
            field=unique(http_header_name(name), taken),
            annotation=kind.expression if required else f"{kind.expression} | None",
            required=required,
        )
    return sorted(found.values(), key=lambda header: not header.required)


def _request(
    operation: HttpOperation, modules: SchemaModules, imports: ModelImports
) -> tuple[str | None, bool, str]:
    if operation.request_body is None:
        return None, False, ""
    suggestion = f"{pascal(operation.operation_id)}Request"
    found = _json_schema(operation.request_body.content, modules, suggestion, outgoing=False)
    if found is None:
        return None, False, ""
    return imports.use(found[0]), operation.request_body.required, found[1]


def _scopes(operation: HttpOperation) -> tuple[Sequence[str], bool]:
    if not operation.security:
        return (), True
    scopes = {tuple(sorted({s for use in uses for s in use.scopes})) for uses in operation.security}
    if () in operation.security or len(scopes) > 1:
        raise UnsupportedError(
            operation.location,
            f"{operation.operation_id} has alternatives of security with different scopes.",
            "Give each alternative the same scopes; optional security has no generated code.",
        )
    return scopes.pop(), False


def _warnings(operation: HttpOperation) -> list[tuple[str, str]]:
    """Return the headers that tell of an end: RFC 9745 `Deprecation`, RFC 8594 `Sunset`."""
    found: list[tuple[str, str]] = []
    since = operation.extensions.get("x-deprecated-since")
    if operation.deprecated and isinstance(since, str):
        found.append(("Deprecation", f"@{int(_day(since).timestamp())}"))
    if operation.sunset is not None:
        found.append(("Sunset", format_datetime(_day(operation.sunset), usegmt=True)))
    return found


def _day(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
