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
from contractkit.generator.model_names import PROTECTED
from contractkit.generator.object_members import ObjectMembers, layers_of, members_of, raw_of
from contractkit.generator.omissions import Omissions
from contractkit.generator.parameter_keywords import unchecked
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.text_shapes import kind_in, text_shape
from contractkit.generator.types import ModelImports, scalar_type, unfit
from contractkit.keywords import ASSERTIONS
from contractkit.model.http import HttpOperation, MediaType
from contractkit.model.media_kinds import kind_of
from contractkit.model.schema import Schema
from contractkit.naming import argument, pascal, unique

_OF_MODELS = {
    "model_computed_fields", "model_config", "model_construct", "model_copy", "model_extra",
    "model_fields", "model_fields_set", "model_json_schema", "model_parametrized_name",
    "model_post_init", "model_rebuild",
}  # fmt: skip
"""Names of Pydantic that no field can have; FastAPI makes a model of a form's members."""
_HELD = {"type", "properties", "required", "additionalProperties", "allOf"}
"""The keywords of a form that its members and its reading hold."""


class Form:
    """The form of an operation, which has no members where its body is anything else."""

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
        media = content[0] if len(content) == 1 else None
        self._media = media if media is not None and kind_of(media.name) == "form" else None
        self._always = request is not None and request.required
        written = None if self._media is None else self._media.schema
        self._layers = [] if written is None else layers_of(written, modules)
        self._members = ObjectMembers() if written is None else members_of(written, modules)

    def view(self) -> FormView | None:
        """Return what is to be held of the form as a whole; None where its members say it all."""
        for layer in self._layers:
            self._tell_unheld(layer)
        described = self._members.schemas
        required = [
            name for name in self._members.required if not self._always or name not in described
        ]
        closed = any(raw_of(layer).get("additionalProperties") is False for layer in self._layers)
        only, types = tuple(described) if closed else None, self._types()
        held = required or types or only is not None
        return FormView(tuple(required), only, types) if held else None

    def _types(self) -> dict[str, tuple[str, ...]]:
        """Return the media types that `encoding` gives the files."""
        said = {
            wire: str(self._encoding(wire).get("contentType", ""))
            for wire, member in self._members.schemas.items()
            if _file(member, self._modules) is not None
        }
        return {
            wire: tuple(each.strip().lower() for each in text.split(","))
            for wire, text in said.items()
            if text
        }

    def _tell_unheld(self, layer: Schema) -> None:
        raw = raw_of(layer)
        unheld = sorted(ASSERTIONS & raw.keys() - _HELD)
        if unheld or isinstance(raw.get("additionalProperties"), Mapping):
            names = ", ".join(unheld or ["additionalProperties"])
            error = UnsupportedError(
                layer.location, f"Nobody checks {names} of a form.", "Check it in the handler."
            )
            self._omissions.add(f"{names} of the form of {self._operation.operation_id}", error)

    def arguments(self, known: Sequence[ParameterView]) -> list[ParameterView]:
        """Return the members as arguments. Raises UnsupportedError."""
        if self._media is None:
            return []
        members = self._members.schemas
        chosen = any({"oneOf", "anyOf"} & raw_of(layer).keys() for layer in self._layers)
        written = [wire for layer in self._layers for wire in raw_of(layer).get("properties", {})]
        if not members or chosen or len(written) > len(set(written)):
            raise UnsupportedError(
                self._media.location,
                f"The form of {self._operation.operation_id} does not name its members once each.",
                "Describe it as an object with `properties`.",
            )
        views: list[ParameterView] = []
        for wire, member in members.items():
            name = argument(wire)
            kept = name in _OF_MODELS or name.startswith(PROTECTED)
            name = f"form_{name}" if kept else name
            name = unique(name, taken_names([*known, *views]))
            views.append(self._member(wire, name, member))
        return views

    def _member(self, wire: str, name: str, schema: Schema) -> ParameterView:
        required = self._always and wire in self._members.required
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
        if kind.single and split:
            raise unfit(schema)
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
        multipart = self._media is not None and self._media.name.startswith("multipart/")
        if not parts or (said is None and not multipart):
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
