"""An operation as the TypeScript client's templates show it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contractkit.generator.typescript_frames import FrameView
from contractkit.generator.typescript_headers import HeaderView
from contractkit.generator.typescript_parameters import ParameterView
from contractkit.model.http import HttpOperation


@dataclass(frozen=True, slots=True)
class OperationView:
    """What the client template shows of an operation."""

    operation: HttpOperation
    name: str
    type_name: str
    parameters: Sequence[ParameterView]
    body: str | None
    body_kind: str
    body_media_type: str
    body_required: bool
    result: str
    result_kind: str
    headers: Sequence[HeaderView]
    statuses: Sequence[str]
    envelope: bool
    path: str
    paged: bool
    hook: str
    schemes: Sequence[Sequence[str]] | None = None
    frames: Sequence[FrameView] = ()

    @property
    def unsuccessful(self) -> Sequence[str]:
        """The statuses whose body is the result although they are no success."""
        return [status for status in self.statuses if not status.startswith("2")]

    @property
    def asks(self) -> bool:
        """Whether a stream is asked for with more than a URL: another method, headers, a body."""
        told = bool(self.stream_headers) or self.body is not None or self.schemes is not None
        return told or self.operation.method != "GET"

    @property
    def stream_headers(self) -> Sequence[ParameterView]:
        """The headers of a stream but the one that resumes it."""
        return [item for item in self.of["header"] if item.wire.lower() != "last-event-id"]

    @property
    def optional(self) -> bool:
        """Whether the whole arguments object may be left out."""
        needed = any(parameter.required for parameter in self.parameters)
        return not needed and not (self.body and self.body_required)

    @property
    def plain(self) -> bool:
        """Whether a template says its URL: each parameter is a text, or a list that is repeated."""
        asked = [*self.of["path"], *self.of["query"]]
        within = set(re.findall(r"\{([^}]*)\}", self.operation.path))
        literal = re.sub(r"\{[^}]*\}", "", self.operation.path)
        return (
            within == {item.wire for item in self.of["path"]}
            and not re.search(r"[\s?{}]", literal)
            and all(item.style is None and item.separator is None for item in asked)
            and all(re.fullmatch(r"\w+", item.name, re.ASCII) for item in asked)
            and not any(re.search(r"[\s?&={}]", item.wire) for item in self.of["query"])
        )

    @property
    def template(self) -> str:
        """Its URL as the client's `expand` reads it: `/jobs/{jobId}?limit&user_id=userId`.

        Of what is not plain it tells no more than the path. Where a stream begins is a header's.
        """
        if not self.plain:
            return re.sub(r"\s", "%20", self.operation.path)
        names = {item.wire: item.name for item in self.of["path"]}
        path = re.sub(r"\{([^}]*)\}", lambda found: f"{{{names[found[1]]}}}", self.operation.path)
        asked = [
            item.wire if item.wire == item.name else f"{item.wire}={item.name}"
            for item in self.of["query"]
            if not (self.frames and item.wire == "last_event_id")
        ]
        return f"{path}?{'&'.join(asked)}" if asked else path

    @property
    def reader(self) -> str:
        """The function that reads the headers of its answers: `withLocation`."""
        return f"with{''.join(header.word for header in self.headers) or 'Status'}"

    @property
    def line(self) -> str:
        """What the client's table says of it: its URL, and marks."""
        marks = ["body"] if self.body else []
        if self.parameters and not marks and not re.search(r"[?{]", self.template):
            marks.append("given")
        if self.paged:
            marks.append("pages")
        return " ".join([self.template, *marks])

    @property
    def of(self) -> Mapping[str, Sequence[ParameterView]]:
        """The parameters by place."""
        return {
            place: [p for p in self.parameters if p.place == place]
            for place in ("path", "query", "header")
        }
