"""Forms: their members as arguments, texts as their types, objects as JSON, files as uploads."""

from collections.abc import Mapping, Sequence
from typing import Any

from contractkit.documents import at
from contractkit.errors import UnsupportedError
from contractkit.generator.http_parameters import (
    annotated,
    separator_of,
    taken_names,
    tell_refused,
    tell_unchecked,
)
from contractkit.generator.http_structured import default_of
from contractkit.generator.http_views import FormView, ParameterView, PartView, TextView
from contractkit.generator.omissions import Omissions
from contractkit.generator.parameter_keywords import unchecked
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.text_shapes import kind_in, text_shape
from contractkit.generator.types import ModelImports, scalar_type
from contractkit.keywords import ASSERTIONS
from contractkit.model.http import HttpOperation, MediaType
from contractkit.model.media_kinds import kind_of
from contractkit.model.schema import Schema
from contractkit.naming import argument, pascal, unique

_HELD = {"type", "properties", "required", "additionalProperties"}
"""The keywords of a form that its members and its reading hold."""


class Form:
    """The form of an operation; `schema` is None where its body is anything else."""

    def __init__(
        self,
        operation: HttpOperation,
        modules: SchemaModules,
        imports: ModelImports,
        omissions: Omissions,
    ) -> None:
        self._operation = operation
        self._modules = modules
        self._imports = imports
        self._omissions = omissions
        request = operation.request_body
        content = () if request is None else request.content
        self._media = content[0] if len(content) == 1 else None
        form = self._media is not None and kind_of(self._media.name) == "form"
        written = self._media.schema if self._media is not None and form else None
        self._multipart = self._media is not None and self._media.name.startswith("multipart/")
        self.schema = None if written is None else modules.resolve(written)
        self._always = request is not None and request.required

    @property
    def _raw(self) -> Mapping[str, Any]:
        raw = None if self.schema is None else self.schema.raw
        return raw if isinstance(raw, Mapping) else {}

    def view(self) -> FormView | None:
        """Return what is to be held of the form as a whole; None where its members say it all."""
        if self.schema is None:
            return None
        further = self._raw.get("additionalProperties", True)
        unheld = ASSERTIONS & self._raw.keys() - _HELD
        if unheld or isinstance(further, Mapping):
            names = ", ".join(sorted(unheld) or ["additionalProperties"])
            error = UnsupportedError(
                self.schema.location,
                f"Nobody checks {names} of a form.",
                "Check it in the handler.",
            )
            self._omissions.add(f"{names} of the form of {self._operation.operation_id}", error)
        required = () if self._always else tuple(self._raw.get("required", ()))
        only = tuple(self._raw["properties"]) if further is False else None
        return FormView(required, only) if required or only is not None else None

    def arguments(self, known: Sequence[ParameterView]) -> list[ParameterView]:
        """Return the members as arguments. Raises UnsupportedError."""
        if self.schema is None:
            return []
        properties = self._raw.get("properties")
        if not isinstance(properties, Mapping) or {"allOf", "oneOf", "anyOf"} & self._raw.keys():
            raise UnsupportedError(
                self.schema.location,
                f"The form of {self._operation.operation_id} names no members.",
                "Describe it as an object with `properties`.",
            )
        views: list[ParameterView] = []
        for wire in properties:
            member = self._modules.resolve_within(self.schema, "properties", wire)
            if member is not None:
                name = unique(argument(wire), taken_names([*known, *views]))
                views.append(self._member(wire, name, member))
        return views

    def _member(self, wire: str, name: str, schema: Schema) -> ParameterView:
        required = self._always and wire in self._raw.get("required", ())
        alias = [] if wire == name else [f"alias={wire!r}"]
        if self._is_json(wire, schema):
            return self._part(wire, name, schema, alias, required)
        file = _file(schema, self._modules)
        if file is not None:
            annotation = file if required else f"{file} | None"
            declared = f"Annotated[{annotation}, File({', '.join(alias)})]"
            return ParameterView(name, annotation, declared, None if required else "None")
        return self._text(wire, name, schema, alias, required)

    def _text(
        self, wire: str, name: str, schema: Schema, alias: list[str], required: bool
    ) -> ParameterView:
        style, explode = self._style(wire)
        joined = kind_in(schema, self._modules) == "array" and not explode
        split = [f"split_at({separator_of(style)!r})"] if joined else []
        strong = unchecked(schema, self._modules)
        shape = text_shape(schema, self._modules) if strong else None
        if shape is not None:
            default, accepted = default_of(schema, self._modules)
            if not accepted:
                tell_refused(wire, schema.location, default, self._operation, self._omissions)
                default = None
            read = TextView(shape, split)
            return self._part(wire, name, schema, alias, required, read, default)
        kind = scalar_type(schema, self._modules, self._imports, self._suggestion(wire))
        if kind.refused is not None:
            tell_refused(wire, schema.location, kind.refused, self._operation, self._omissions)
        if strong:
            tell_unchecked(
                wire, schema, schema.location, self._operation, self._modules, self._omissions
            )
        annotation, declared, default = annotated(kind, split, "Form", alias, required=required)
        return ParameterView(name, annotation, declared, default)

    def _part(  # noqa: PLR0917 (what a part is made of)
        self,
        wire: str,
        name: str,
        schema: Schema,
        alias: list[str],
        required: bool,
        text: TextView | None = None,
        default: Any = None,
    ) -> ParameterView:
        """Return a member whose type is that of its schema, and which is checked by it."""
        model = self._modules.require(
            schema, self._suggestion(wire), outgoing=False, direction=Direction.REQUEST
        )
        kind = self._imports.use(model)
        each = kind_in(schema, self._modules) == "array"
        if default is not None and not required:
            alias = [f"default_factory=lambda: {default!r}", "validate_default=True", *alias]
        always = required or default is not None
        return ParameterView(
            name,
            kind if always else f"{kind} | None",
            "",
            None if always else "None",
            part=PartView(f"Form({', '.join(alias)})", kind, model, each, always, text),
        )

    def _suggestion(self, wire: str) -> str:
        return f"{pascal(self._operation.operation_id)}{pascal(wire)}"

    def _encoding(self, wire: str) -> Mapping[str, Any]:
        place = self._operation.location if self._media is None else self._media.location
        written = at(self._modules.documents, place).dig("encoding", wire)
        return written.value if written is not None and isinstance(written.value, Mapping) else {}

    def _style(self, wire: str) -> tuple[str, bool]:
        """Return how a list travels; exploded by default."""
        encoding = self._encoding(wire)
        style = str(encoding.get("style", "form"))
        return style, encoding.get("explode", style == "form") is not False

    def _is_json(self, wire: str, schema: Schema) -> bool:
        """Return whether a part is JSON: said so, or in multipart an object or a list of parts.

        Raises UnsupportedError where `encoding` says that such a part is no JSON.
        """
        kind = kind_in(schema, self._modules)
        items = self._modules.resolve_within(schema, "items") if kind == "array" else None
        parts = kind == "object" or (
            items is not None and kind_in(items, self._modules) in {"object", "array"}
        )
        encoding = self._encoding(wire)
        said = encoding.get("contentType")
        if not parts or (said is None and not self._multipart):
            return False
        if kind_of(str(said or "application/json")) != "json" or (
            {"style", "explode", "allowReserved"} & encoding.keys()
        ):
            raise UnsupportedError(
                schema.location,
                f"The encoding of {wire!r}, which has parts of its own, is not JSON.",
                "Leave its `encoding` out, or send the part as text or a file.",
            )
        return True


def holds_file(media: MediaType, modules: SchemaModules) -> bool:
    """Return whether a member of a form is a file."""
    if media.schema is None:
        return False
    schema = modules.resolve(media.schema)
    properties = {} if isinstance(schema.raw, bool) else schema.raw.get("properties", {})
    members = [modules.resolve_within(schema, "properties", name) for name in properties]
    return any(member is not None and _file(member, modules) is not None for member in members)


def _file(schema: Schema, modules: SchemaModules) -> str | None:
    """Return the type of an uploaded file or a list of them; None for anything else."""
    raw: Mapping[str, Any] = {} if isinstance(schema.raw, bool) else schema.raw
    if raw.get("type") == "array":
        items = modules.resolve_within(schema, "items")
        return None if items is None or _file(items, modules) is None else "list[UploadFile]"
    binary = raw.get("format") == "binary" or "contentMediaType" in raw
    untyped = not {"type", "$ref", "enum", "const", "anyOf", "oneOf", "allOf"} & set(raw)
    return "UploadFile" if untyped or (raw.get("type") == "string" and binary) else None
