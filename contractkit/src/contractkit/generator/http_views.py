"""What the HTTP templates show of one operation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.generator.schema_modules import TypeName
from contractkit.model.http import HttpOperation, Response


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One keyword argument of an operation's method."""

    name: str
    annotation: str
    declared: str
    default: str | None


@dataclass(frozen=True, slots=True)
class HeaderView:
    """One field of a reply that becomes a response header."""

    name: str
    field: str
    annotation: str
    required: bool


@dataclass(frozen=True, slots=True)
class BodyView:
    """A request's body that is one argument; `kind` is `json`, `text` or `bytes`."""

    kind: str
    type: str
    required: bool
    media_type: str
    model: TypeName | None = None
    document: dict[str, Any] | None = None


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


@dataclass(frozen=True, slots=True)
class OperationView:
    """Everything that the templates show of one operation."""

    operation: HttpOperation
    method_name: str
    class_name: str
    parameters: Sequence[ParameterView]
    body: BodyView | None
    reply: ReplyView
    result: str
    envelope: bool
    body_optional: bool
    reply_headers: Sequence[HeaderView]
    statuses: Sequence[int]
    default_status: int
    stream: bool
    errors: Sequence[ErrorView]
    scopes: Sequence[str]
    principal: str
    problems: Sequence[Response]
    success_description: str
    warnings: Sequence[tuple[str, str]]
    documented: Sequence[tuple[str, dict[str, Any]]]

    @property
    def public(self) -> bool:
        """Whether nobody needs to say who he is."""
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
        return [*first, *named, *(["body=body"] if self.body else [])]

    @property
    def permission(self) -> str | None:
        """The scopes in one text, or None."""
        return " ".join(self.scopes) or None
