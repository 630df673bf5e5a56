"""Kinds of bodies: JSON as models, text as `str`, forms as arguments, all else as `bytes`."""

from collections.abc import Mapping, Sequence
from typing import Any

from contractkit.documents import at
from contractkit.errors import UnsupportedError
from contractkit.generator.http_parameters import taken_names, with_limits
from contractkit.generator.http_views import (
    BodyKindView,
    BodyView,
    ParameterView,
    PartView,
    ReplyView,
)
from contractkit.generator.null_values import is_null
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.schema_views import Direction
from contractkit.generator.text_shapes import Shape, kind_in, shape_of, text_shape
from contractkit.generator.types import ModelImports, scalar_type
from contractkit.keywords import ASSERTIONS
from contractkit.model.http import HttpOperation, MediaType, RequestBody, Response
from contractkit.model.media_kinds import kind_of, preferred
from contractkit.model.schema import Schema
from contractkit.naming import argument, pascal, unique


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
        if media.schema is None or is_null(media.schema, modules):
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
    """Return the body that is one argument; None without, and for forms alone."""
    request = operation.request_body
    if request is None or not request.content:
        return None
    if len(request.content) > 1:
        return _several(operation, request, modules, imports, omissions)
    media = request.content[0]
    kind = kind_of(media.name)
    if kind == "form":
        return None
    plain, model, shape = _body_type(media, operation, modules, imports, omissions)
    if kind == "json":
        return BodyView("json", plain, request.required, media.name, model)
    document = _document(request, {media.name: {"schema": {"type": "string"}}})
    return BodyView(
        "text" if kind == "text" else "bytes",
        plain,
        request.required,
        media.name,
        document=document,
        text=None if model is None else BodyKindView(media.name, "text", plain, model, shape),
    )


def _body_type(
    media: MediaType,
    operation: HttpOperation,
    modules: SchemaModules,
    imports: ModelImports,
    omissions: Omissions,
) -> tuple[str, TypeName | None, Shape]:
    """Return the type of a kind of body, its model where it has one, and what its texts mean."""
    kind = kind_of(media.name)
    if kind not in {"json", "form", "text"}:
        return "bytes", None, "string"
    if media.schema is None:
        return "str" if kind == "text" else "Any", None, "string"
    shape: Shape = "string"
    if kind == "text":
        read = _checked_text(media, media.schema, operation, modules, omissions)
        if read is None:
            return "str", None, "string"
        shape = read
    suggestion = f"{pascal(operation.operation_id)}Request"
    name = modules.require(media.schema, suggestion, outgoing=False, direction=Direction.REQUEST)
    plain = imports.use(name)
    nullable = _is_object_or_null(media.schema, modules)
    return f"{plain} | None" if nullable else plain, name, shape


def _is_object_or_null(schema: Schema, modules: SchemaModules) -> bool:
    """Return whether a schema takes null beside an object, which the object's class can't say."""
    raw = modules.resolve(schema).raw
    kinds = raw.get("type") if isinstance(raw, Mapping) else None
    return isinstance(kinds, list) and {"object", "null"} <= set(kinds)


def _checked_text(
    media: MediaType,
    schema: Schema,
    operation: HttpOperation,
    modules: SchemaModules,
    omissions: Omissions,
) -> str | None:
    """Return what a text means whose schema says more than that it is one; None for all others.

    What a schema of objects and lists says is told: no specification writes them as plain text.
    """
    raw = modules.resolve(schema).raw
    shape = text_shape(schema, modules)
    keywords = sorted(ASSERTIONS & raw.keys() - {"type"}) if isinstance(raw, Mapping) else []
    if isinstance(shape, str):
        return shape if keywords or shape != "string" else None
    if keywords:
        names = ", ".join(keywords)
        error = UnsupportedError(
            media.location,
            f"Nobody checks {names} of a body that is {media.name}.",
            "Check it in the handler, or send the value as JSON.",
        )
        omissions.add(f"{names} of the body of {operation.operation_id}", error)
    return None


def _document(request: RequestBody, content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": request.required, "content": content}}


def _several(
    operation: HttpOperation,
    request: RequestBody,
    modules: SchemaModules,
    imports: ModelImports,
    omissions: Omissions,
) -> BodyView:
    """Return a body of several kinds; one that can't stand beside others is left out by name."""
    kinds: list[BodyKindView] = []
    for media in request.content:
        kind = kind_of(media.name)
        with omissions.leave_out(f"the body {media.name} of {operation.operation_id}"):
            if kind == "stream" or (kind == "form" and _holds_file(media, modules)):
                raise UnsupportedError(
                    media.location,
                    f"{media.name} with files or streams has no code beside other kinds of bodies.",
                    "Give it an operation of its own.",
                )
            form = kind == "form" and media.schema is not None
            plain, model, read = _body_type(media, operation, modules, imports, omissions)
            shape = shape_of(media.schema, modules) if form and media.schema else read
            name = media.name.partition(";")[0].strip().lower()
            kinds.append(BodyKindView(name, kind, plain, model, shape))
    if not kinds:
        raise UnsupportedError(
            request.location,
            f"No kind of body of {operation.operation_id} has code.",
            "Add JSON, text or bytes.",
        )
    types = dict.fromkeys(kind.type for kind in kinds)
    return BodyView(
        "several",
        "Any" if "Any" in types else " | ".join(types),
        request.required,
        kinds[0].media_type,
        document=_document(request, {kind.media_type: {"schema": {}} for kind in kinds}),
        kinds=tuple(kinds),
    )


def _holds_file(media: MediaType, modules: SchemaModules) -> bool:
    if media.schema is None:
        return False
    schema = modules.resolve(media.schema)
    properties = {} if isinstance(schema.raw, bool) else schema.raw.get("properties", {})
    members = [modules.resolve_within(schema, "properties", name) for name in properties]
    return any(member is not None and _file(member, modules) is not None for member in members)


def form_views(
    operation: HttpOperation,
    known: Sequence[ParameterView],
    modules: SchemaModules,
    imports: ModelImports,
) -> list[ParameterView]:
    """Return the members of a form as arguments, files as UploadFile. Raises UnsupportedError."""
    request = operation.request_body
    if request is None or len(request.content) != 1:
        return []
    media = request.content[0]
    if kind_of(media.name) != "form" or media.schema is None:
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
            name = unique(argument(wire), taken)
            if media.name.startswith("multipart/") and _is_json(member, modules):
                suggestion = f"{pascal(operation.operation_id)}{pascal(wire)}"
                _require_json(wire, media, modules)
                views.append(
                    _part(wire, name, member, suggestion, wire in required, modules, imports)
                )
                continue
            views.append(_member(wire, name, member, wire in required, operation, modules, imports))
    return views


def _is_json(schema: Schema, modules: SchemaModules) -> bool:
    """Return whether a part is JSON by default: an object, or a list of objects or lists."""
    kind = kind_in(schema, modules)
    items = modules.resolve_within(schema, "items") if kind == "array" else None
    return kind == "object" or (
        items is not None and kind_in(items, modules) in {"object", "array"}
    )


def _require_json(wire: str, media: MediaType, modules: SchemaModules) -> None:
    """Raise UnsupportedError where `encoding` says that a part is no JSON."""
    written = at(modules.documents, media.location).dig("encoding", wire)
    encoding = written.value if written is not None and isinstance(written.value, dict) else {}
    if kind_of(str(encoding.get("contentType", "application/json"))) != "json" or (
        {"style", "explode", "allowReserved"} & encoding.keys()
    ):
        raise UnsupportedError(
            media.location,
            f"The encoding of {wire!r}, which has parts of its own, is not JSON.",
            "Leave its `encoding` out, or send the part as text or a file.",
        )


def _part(  # noqa: PLR0917 (what a part is made of)
    wire: str,
    name: str,
    schema: Schema,
    suggestion: str,
    required: bool,
    modules: SchemaModules,
    imports: ModelImports,
) -> ParameterView:
    model = modules.require(schema, suggestion, outgoing=False, direction=Direction.REQUEST)
    kind = imports.use(model)
    alias = "" if wire == name else f"alias={wire!r}"
    each = kind_in(schema, modules) == "array"
    return ParameterView(
        name,
        kind if required else f"{kind} | None",
        "",
        None if required else "None",
        part=PartView(f"Form({alias})", kind, model, each),
    )


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
    if required:
        declared = ", ".join(with_limits(kind))
        return ParameterView(name, kind.expression, f"Annotated[{declared}, Form({alias})]", None)
    annotation = f"{kind.expression} | None"
    declared = f"Annotated[{kind.annotated} | None, Form({alias})]"
    return ParameterView(name, annotation, declared, "None")


def _file(schema: Schema, modules: SchemaModules) -> str | None:
    """Return the type of an uploaded file or a list of them; None for anything else."""
    raw: Mapping[str, Any] = {} if isinstance(schema.raw, bool) else schema.raw
    if raw.get("type") == "array":
        items = modules.resolve_within(schema, "items")
        return None if items is None or _file(items, modules) is None else "list[UploadFile]"
    binary = raw.get("format") == "binary" or "contentMediaType" in raw
    untyped = not {"type", "$ref", "enum", "const", "anyOf", "oneOf", "allOf"} & set(raw)
    return "UploadFile" if untyped or (raw.get("type") == "string" and binary) else None
