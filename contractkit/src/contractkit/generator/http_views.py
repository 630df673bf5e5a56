"""What the HTTP templates show of one operation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
class OperationView:
    """Everything that the templates show of one operation."""

    operation: HttpOperation
    method_name: str
    class_name: str
    parameters: Sequence[ParameterView]
    body: str | None
    body_required: bool
    body_media_type: str
    result: str
    reply: bool
    reply_body: str | None
    body_optional: bool
    reply_headers: Sequence[HeaderView]
    statuses: Sequence[int]
    default_status: int
    stream: bool
    adapter: str | None
    scopes: Sequence[str]
    public: bool
    problems: Sequence[Response]
    success: Response
    warnings: Sequence[tuple[str, str]]
    documented: Sequence[tuple[str, dict[str, Any]]]

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
