"""Kinds of bodies: JSON as models, text as `str`, forms as arguments, all else as `bytes`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from contractkit.errors import UnsupportedError
from contractkit.generator.http_parameters import taken_names, with_limits
from contractkit.generator.http_views import BodyView, ParameterView, ReplyView
from contractkit.generator.naming import pascal, snake, unique
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.types import ModelImports, scalar_type
from contractkit.model.http import HttpOperation, MediaType, Response
from contractkit.model.schema import Schema

_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


def kind_of(media_type: str) -> str:
    """Return `json`, `form`, `text`, `stream` or `bytes` for a media type."""
    plain = media_type.partition(";")[0].strip().lower()
    if plain == "application/json" or plain.endswith("+json"):
        return "json"
    if plain in _FORMS:
        return "form"
    if plain == "text/event-stream":
        return "stream"
    if plain.startswith("text/") and plain not in {"text/xml", "text/*"}:
        return "text"
    return "bytes"


def preferred(content: Sequence[MediaType]) -> MediaType | None:
    """Return the representation to generate: JSON before forms, text and bytes."""
    order = ("json", "form", "text", "bytes", "stream")
    ranked = sorted(content, key=lambda media: order.index(kind_of(media.name)))
    return ranked[0] if ranked else None


def reply_of(
    operation: HttpOperation, response: Response, modules: SchemaModules, imports: ModelImports
) -> ReplyView:
    """Return the type of a response's body."""
    media = preferred(response.content)
    if media is None:
        return ReplyView(None, "json", "")
    kind = kind_of(media.name)
    if kind == "json":
        suggestion = f"{pascal(operation.operation_id)}{response.status.title()}Response"
        if media.schema is None:
            return ReplyView("Any", "json", media.name)
        name = modules.require(media.schema, suggestion, direction=Direction.RESPONSE)
        return ReplyView(imports.use(name), "json", media.name)
    exact = media.name if "*" not in media.name else "application/octet-stream"
    return ReplyView("str", "text", exact) if kind == "text" else ReplyView("bytes", "bytes", exact)


def request_body(
    operation: HttpOperation,
    modules: SchemaModules,
    imports: ModelImports,
    omissions: Omissions,
) -> BodyView | None:
    """Return the body that is one argument; None without, and for forms."""
    request = operation.request_body
    media = None if request is None else preferred(request.content)
    if request is None or media is None or kind_of(media.name) == "form":
        return None
    for other in request.content:
        if other is not media:
            error = UnsupportedError(
                other.location,
                f"{operation.operation_id} takes {media.name}; {other.name} has no code beside it.",
                "Give each kind of body an operation of its own, or do without.",
            )
            omissions.add(f"the body {other.name} of {operation.operation_id}", error)
    kind = kind_of(media.name)
    if kind == "json":
        suggestion = f"{pascal(operation.operation_id)}Request"
        if media.schema is None:
            return BodyView("json", "Any", request.required, media.name)
        name = modules.require(
            media.schema, suggestion, outgoing=False, direction=Direction.REQUEST
        )
        return BodyView("json", imports.use(name), request.required, media.name, name)
    document = {
        "requestBody": {
            "required": request.required,
            "content": {media.name: {"schema": {"type": "string"}}},
        }
    }
    plain = "str" if kind == "text" else "bytes"
    return BodyView("text" if kind == "text" else "bytes", plain, request.required, media.name,
                    document=document)  # fmt: skip


def form_views(
    operation: HttpOperation,
    known: Sequence[ParameterView],
    modules: SchemaModules,
    imports: ModelImports,
) -> list[ParameterView]:
    """Return the members of a form as arguments, files as UploadFile. Raises UnsupportedError."""
    request = operation.request_body
    media = None if request is None else preferred(request.content)
    if request is None or media is None or kind_of(media.name) != "form" or media.schema is None:
        return []
    schema = modules.resolve(media.schema)
    raw: Mapping[str, Any] = {} if isinstance(schema.raw, bool) else schema.raw
    properties = raw.get("properties")
    if not isinstance(properties, Mapping) or {"allOf", "oneOf", "anyOf"} & set(raw):
        raise UnsupportedError(
            media.location,
            f"The form of {operation.operation_id} names no members.",
            "Describe it as an object with `properties`.",
        )
    views: list[ParameterView] = []
    required = raw.get("required", ()) if request.required else ()
    for wire in properties:
        member = modules.resolve_within(schema, "properties", wire)
        if member is not None:
            taken = taken_names([*known, *views])
            name = unique(snake(wire), taken)
            views.append(_member(wire, name, member, wire in required, operation, modules, imports))
    return views


def _member(  # noqa: PLR0917 (what a member is made of)
    wire: str,
    name: str,
    schema: Schema,
    required: bool,
    operation: HttpOperation,
    modules: SchemaModules,
    imports: ModelImports,
) -> ParameterView:
    alias = "" if wire == name else f"alias={wire!r}"
    file = _file(schema, modules)
    if file is not None:
        annotation = file if required else f"{file} | None"
        return ParameterView(
            name,
            annotation,
            f"Annotated[{annotation}, File({alias})]",
            None if required else "None",
        )
    kind = scalar_type(schema, modules, imports, f"{pascal(operation.operation_id)}{pascal(wire)}")
    declared = ", ".join((kind.expression, *with_limits(kind)))
    if required:
        return ParameterView(name, kind.expression, f"Annotated[{declared}, Form({alias})]", None)
    inner = f"Annotated[{declared}]" if declared != kind.expression else declared
    annotation = f"{kind.expression} | None"
    return ParameterView(name, annotation, f"Annotated[{inner} | None, Form({alias})]", "None")


def _file(schema: Schema, modules: SchemaModules) -> str | None:
    """Return the type of an uploaded file or a list of them; None for anything else."""
    raw: Mapping[str, Any] = {} if isinstance(schema.raw, bool) else schema.raw
    if raw.get("type") == "array":
        items = modules.resolve_within(schema, "items")
        return None if items is None or _file(items, modules) is None else "list[UploadFile]"
    binary = raw.get("format") == "binary" or "contentMediaType" in raw
    untyped = not {"type", "$ref", "enum", "const", "anyOf", "oneOf", "allOf"} & set(raw)
    return "UploadFile" if untyped or (raw.get("type") == "string" and binary) else None
