"""The headers of a message as arguments: which there are, their types, and what fills them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from contractkit.errors import UnsupportedError
from contractkit.generator.messaging_views import HeaderView
from contractkit.generator.models import ModelIndex
from contractkit.generator.object_members import members_of
from contractkit.generator.routing_parameters import RESERVED, stands_for
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.types import ModelImports, scalar_type
from contractkit.model.messaging import MessagingOperation
from contractkit.model.schema import Schema
from contractkit.naming import header_name, unique

_VERSION: Final = "x-contract-version"
_CELERY: Final = frozenset(
    {
        "lang", "task", "id", "root_id", "parent_id", "group", "eta", "expires", "retries",
        "timelimit", "argsrepr", "kwargsrepr", "origin", "ignore_result", _VERSION,
    }
)  # fmt: skip
"""The headers of a Celery message (protocol 2) that generated code sends."""


def constant_of(schema: Schema, name: str, modules: SchemaModules) -> Any:
    """Return the only value that a property may have, or None."""
    member = modules.resolve_within(modules.resolve(schema), "properties", name)
    return None if member is None else _constant(member)


def _constant(member: Schema) -> Any:
    if isinstance(member.raw, bool):
        return None
    enum = member.raw.get("enum")
    return member.raw.get("const", enum[0] if enum and len(enum) == 1 else None)


def carries_version(schema: Schema | None, modules: SchemaModules) -> bool:
    """Return whether the headers of a message may tell the version of the contract."""
    if schema is None:
        return True
    raw = modules.resolve(schema).raw
    if isinstance(raw, bool):
        return raw
    return _VERSION in raw.get("properties", {}) or raw.get("additionalProperties") is not False


def header_views(
    schema: Schema, name: TypeName, modules: SchemaModules, index: ModelIndex
) -> list[HeaderView]:
    """Return the headers as arguments; `name` is the model of them all."""
    members = members_of(schema, modules)
    views: list[HeaderView] = []
    for header in dict.fromkeys((*members.schemas, *members.required)):
        member = members.schemas.get(header, Schema(True, schema.location))
        attribute = index.attribute(name, header)
        if attribute is None or member.raw is False:
            continue
        taken = [*RESERVED, *(view.field for view in views)]
        field = header_name(header)
        constant = _constant(member)
        required = header in members.required
        read = f"headers.{attribute}"
        if not required and not _has_default(member, modules):
            read = f"None if {read} is MISSING else {read}"
        views.append(
            HeaderView(
                name=header,
                field=unique(f"{field}_header", taken) if field in taken else field,
                annotation=_annotation(member, modules),
                required=required,
                automatic=header == _VERSION or constant is not None,
                constant=constant,
                read=read,
            )
        )
    return views


def _has_default(member: Schema, modules: SchemaModules) -> bool:
    """Return whether the model fills in a header that is missing."""
    raw = member.raw
    return (
        isinstance(raw, Mapping)
        and "default" in raw
        and modules.passes(raw["default"], member.location)
    )


def sent_headers(
    operation: MessagingOperation, views: Sequence[HeaderView], modules: SchemaModules
) -> list[HeaderView]:
    """Return the headers that a sender gives; those that the address needs are required.

    Raises UnsupportedError when a message needs headers that no argument can give.
    """
    _require_senders(operation, views, modules)
    told = operation.channel.parameters
    return [
        replace(view, required=True) if any(stands_for(p, view) for p in told) else view
        for view in views
    ]


def _require_senders(
    operation: MessagingOperation, views: Sequence[HeaderView], modules: SchemaModules
) -> None:
    schema = operation.messages[0].headers
    if schema is None:
        return
    sent: AbstractSet[str] = {view.name for view in views}
    if operation.celery_task is not None:
        sent = _CELERY
    needed = [name for name in members_of(schema, modules).required if name not in sent]
    nothing = {_VERSION: ""} if carries_version(schema, modules) else {}
    if needed or (not sent and not modules.passes(nothing, schema.location)):
        raise UnsupportedError(
            schema.location,
            f"{operation.operation_id} can't send the headers that its message needs"
            f"{': ' + ', '.join(needed) if needed else ''}.",
            "Describe each of them below `properties` of the headers; a Celery task has Celery's.",
        )


def refuse_header_parameters(operation: MessagingOperation) -> None:
    """Raise UnsupportedError for a parameter that is a header, where each message has its own."""
    for parameter in operation.channel.parameters:
        if (parameter.source or "").startswith("$message.header#"):
            raise UnsupportedError(
                parameter.location,
                f"{parameter.name!r} is a header, and the messages have different headers.",
                "Let them share one headers schema, for instance through a message trait.",
            )


def _annotation(member: Schema, modules: SchemaModules) -> str:
    """Return the type of a header; Any for what is no text, number or boolean alone."""
    raw: Any = member.raw
    if isinstance(raw, bool) or raw.get("type") in ("object", "array"):
        return "Any"
    if _texts(raw.get("enum", [raw.get("const")])):
        return "str"
    if set(raw) & {"$ref", "oneOf", "anyOf", "allOf", "const", "enum"}:
        return "Any"
    try:
        expression = scalar_type(member, modules, ModelImports(""), "").expression
    except UnsupportedError:
        return "Any"
    nullable = isinstance(raw.get("type"), list) and "null" in raw["type"]
    return f"{expression} | None" if nullable else expression


def _texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
