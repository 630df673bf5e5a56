"""Kinds of bodies: JSON as models, text as `str`, all else but forms as `bytes`."""

from collections.abc import Mapping
from typing import Any

from contractkit.errors import UnsupportedError
from contractkit.generator.http_forms import holds_file
from contractkit.generator.http_views import BodyKindView, BodyView, ReplyView
from contractkit.generator.null_values import is_null
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.schema_views import Direction
from contractkit.generator.text_shapes import Shape, shape_of, text_shape
from contractkit.generator.types import ModelImports
from contractkit.keywords import ASSERTIONS
from contractkit.model.http import HttpOperation, MediaType, RequestBody, Response
from contractkit.model.media_kinds import kind_of, preferred
from contractkit.model.schema import Schema
from contractkit.naming import pascal


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
        closed = media.schema is not None and not modules.passes(None, media.schema.location)
        strict = closed and not request.required
        return BodyView("json", plain, request.required, media.name, model, never_null=strict)
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
            if kind == "stream" or (kind == "form" and holds_file(media, modules)):
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
