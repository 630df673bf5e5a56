"""What the HTTP templates show of one operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.generator.schema_modules import TypeName
from contractkit.model.http import HttpOperation, Response


@dataclass(frozen=True, slots=True)
class StructureView:
    """How a parameter of several parts is read; `style` is OpenAPI's, or `json`.

    `default` is JSON data, None without; `refused` is a default that fails its schema.
    """

    wire: str
    place: str
    style: str
    explode: bool
    shape: Any
    required: bool
    type: str
    model: TypeName
    others: Sequence[str] = ()
    default: Any = None
    refused: Any = None

    @property
    def annotation(self) -> str:
        """The type of the argument: with None where a request may leave it out."""
        always = self.required or self.default is not None
        return self.type if always else f"{self.type} | None"

    def declared(self, check: str | None) -> str:
        """Return the annotation of the endpoint's argument; `check` is beside the model."""
        kind = self.type if check is None else f"Annotated[{self.type}, {check}]"
        parts = [self.wire, self.place, self.style, self.explode, self.shape]
        if self.others:
            parts.append(self.others)
        wire = ", ".join(map(repr, parts))
        told = f"required={self.required}"
        if not self.required and self.default is not None:
            told += f", default={self.default!r}"
        read = f"parameter(TypeAdapter({kind}), Wire({wire}), {told})"
        return f"Annotated[{self.annotation}, Depends({read})]"

    @property
    def document(self) -> dict[str, Any]:
        """The parameter as FastAPI's document shows it, which can't know it itself."""
        found = {"name": self.wire, "in": self.place, "required": self.required}
        if self.style == "json":
            return {**found, "content": {"application/json": {"schema": {}}}}
        kind = "object" if isinstance(self.shape, dict) else "array"
        kind = self.shape if isinstance(self.shape, str) else kind
        schema = {} if kind == "any" else {"type": kind}
        if self.default is not None:
            schema["default"] = self.default
        return {**found, "style": self.style, "explode": self.explode, "schema": schema}


@dataclass(frozen=True, slots=True)
class TextView:
    """How the texts of a member of a form are read; `split` reads a list out of one."""

    shape: Any
    split: Sequence[str]


@dataclass(frozen=True, slots=True)
class FormView:
    """What is held of a form as a whole: what it has if it is there, and what alone it may have.

    `types` are the media types that its files may have, by member.
    """

    required: tuple[str, ...]
    only: tuple[str, ...] | None
    types: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PartView:
    """A member of a form that passes its schema: JSON, or what `text` says.

    `each` member of a list is a text of its own; `always` says that there is a value.
    """

    field: str
    type: str
    model: TypeName
    each: bool
    always: bool
    text: TextView | None = None

    def declared(self, check: str | None) -> str:
        """Return the annotation of the endpoint's argument; `check` is beside the model."""
        kind = self.type if check is None else f"Annotated[{self.type}, {check}]"
        plain = "Any" if not self.each else "list[Any]" if self.always else "list[Any] | None"
        if self.text is None:
            read = f"json_part(TypeAdapter({kind}), each={self.each})"
            return f"Annotated[{plain}, {self.field}, {read}]"
        read = f"text_member(TypeAdapter({kind}), {self.text.shape!r})"
        return f"Annotated[{', '.join((plain, self.field, read, *self.text.split))}]"


@dataclass(frozen=True, slots=True)
class Route:
    """The path that is routed, and what it calls the parameters of the contract's path."""

    path: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One keyword argument of an operation's method."""

    name: str
    annotation: str
    declared: str
    default: str | None
    structure: StructureView | None = None
    part: PartView | None = None
    text_in_path: bool = False
    """Whether it stands in the path and may hold any text."""


@dataclass(frozen=True, slots=True)
class HeaderView:
    """One field of a reply that becomes a response header."""

    name: str
    field: str
    annotation: str
    required: bool


@dataclass(frozen=True, slots=True)
class BodyKindView:
    """One of several kinds of a request's body; `shape` is of the members of a form."""

    media_type: str
    kind: str
    type: str
    model: TypeName | None
    shape: Any

    def declared(self, check: str | None) -> str:
        """Return what reads it; `check` is beside the model."""
        kind = self.type if check is None else f"Annotated[{self.type}, {check}]"
        typed = f"TypeAdapter({kind})" if self.model is not None else "None"
        return f"BodyKind({self.media_type!r}, {self.kind!r}, {typed}, {self.shape!r})"


@dataclass(frozen=True, slots=True)
class BodyView:
    """A request's body that is one argument; `kind` is `json`, `text`, `bytes` or `several`.

    `text` is how a text is read whose schema says more than its type; `never_null` that a JSON body
    may be left out and is not null.
    """

    kind: str
    type: str
    required: bool
    media_type: str
    model: TypeName | None = None
    document: dict[str, Any] | None = None
    kinds: tuple[BodyKindView, ...] = ()
    text: BodyKindView | None = None
    never_null: bool = False


@dataclass(frozen=True, slots=True)
class ReplyView:
    """What is answered; `type` is None for no body, `kind` is `json`, `text` or `bytes`."""

    type: str | None
    kind: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An answer with a body of its own that the method raises; `kind` as of ReplyView."""

    class_name: str
    status: int
    reply: ReplyView
    description: str
    headers: Sequence[HeaderView]


@dataclass(frozen=True, slots=True)
class OperationView:
    """Everything that the templates show of one operation."""

    operation: HttpOperation
    route: Route
    method_name: str
    class_name: str
    parameters: Sequence[ParameterView]
    body: BodyView | None
    form: FormView | None
    reply: ReplyView
    result: str
    envelope: bool
    body_optional: bool
    reply_headers: Sequence[HeaderView]
    statuses: Sequence[int]
    default_status: int
    stream: bool
    """Whether the method makes a response of its own, if it is not `typed`, or may make one."""
    typed: bool
    errors: Sequence[ErrorView]
    scopes: Sequence[str]
    principal: str
    problems: Sequence[Response]
    success_description: str
    warnings: Sequence[tuple[str, str]]
    documented: Sequence[tuple[str, dict[str, Any]]]
    shared: Mapping[str, str]
    """The patterns of parts of its path that hold several parameters."""

    @property
    def returned(self) -> str:
        """What the method returns: a response of its own for a stream."""
        if not self.stream:
            return self.result
        return f"Response | {self.result}" if self.typed else "Response"

    @property
    def public(self) -> bool:
        """Whether the operation needs no credentials."""
        return self.principal == "none"

    @property
    def succeeding(self) -> Sequence[int]:
        """The statuses of the 2xx responses."""
        written = [r.status for r in self.operation.successes if r.status.isdecimal()]
        return [int(status) for status in written] or [self.default_status]

    @property
    def arguments(self) -> Sequence[str]:
        """The arguments of the call of the interface's method."""
        first = [] if self.public else ["principal"]
        named = [f"{view.name}={view.name}" for view in self.parameters]
        body = ["body=body"] if self.body else []
        kind = ["content_type=content_type"] if self.body and self.body.kinds else []
        return [*first, *named, *body, *kind]

    @property
    def document(self) -> dict[str, Any]:
        """What FastAPI's document of the operation has beside what FastAPI finds itself."""
        structures = [view.structure.document for view in self.parameters if view.structure]
        found = dict((self.body.document if self.body else None) or {})
        return found | ({"parameters": structures} if structures else {})

    @property
    def permission(self) -> str | None:
        """The scopes in one text, or None."""
        return " ".join(self.scopes) or None
