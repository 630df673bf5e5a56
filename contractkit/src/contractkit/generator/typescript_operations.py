"""What the TypeScript client shows of an operation: arguments, body, result, headers, frames."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contractkit.generator.http_structured import structured
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.typescript_frames import FrameView, FrameViews
from contractkit.generator.typescript_parameters import (
    ParameterView,
    inlined,
    part_of,
    separator_of,
    template,
)
from contractkit.generator.typescript_security import client_security
from contractkit.generator.typescript_types import TypeScriptTypes
from contractkit.model.http import HttpOperation, Parameter, Response
from contractkit.model.media_kinds import kind_of, preferred
from contractkit.model.schema import Schema
from contractkit.naming import pascal
from contractkit.typescript_names import (
    argument_names,
    camel,
    hooks_of,
    method_names,
    unique_fields,
)


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
    headers: Sequence[tuple[str, str, bool]]
    statuses: Sequence[str]
    envelope: bool
    frames: Sequence[FrameView]
    path: str
    paged: bool
    hook: str
    schemes: Sequence[str] | None = None

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
        fields = (f"{pascal(name)}{'' if must else 'IfAny'}" for _, name, must in self.headers)
        return f"with{''.join(fields) or 'Status'}"

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


class OperationViews:
    """Reads what the client shows of operations; finds the type of their problems on the way."""

    def __init__(self, types: TypeScriptTypes, modules: SchemaModules) -> None:
        self._types = types
        self._modules = modules
        self._frames = FrameViews(types, modules)
        self.problem: str | None = None

    def views(self, operations: Sequence[HttpOperation]) -> list[OperationView]:
        """Return the views; names that mean something in JavaScript or are taken get a number."""
        hooks, names = hooks_of(operations), method_names(operations)
        security = client_security(operations)
        return [
            replace(
                self._view(each, names[each.operation_id], hooks[each.operation_id]),
                schemes=security.of(each),
            )
            for each in operations
        ]

    def _view(self, operation: HttpOperation, name: str, hook: str) -> OperationView:
        content = operation.successes[0].content if operation.successes else ()
        stream = any(kind_of(media.name) == "stream" for media in content)
        answers = [r for r in operation.responses if r.status.isdecimal() and r.success]
        bodies = {self._body(operation, answer)[0] for answer in answers}
        answers += [
            r
            for r in operation.responses
            if r.status.isdecimal()
            and not r.success
            and r.content
            and not any("problem" in media.name for media in r.content)
            and self._body(operation, r)[0] in bodies
        ]
        if not answers:
            answers = [_default_answer(operation)]
        self._find_problem(operation)
        replies = [self._body(operation, answer) for answer in answers]
        headers = {
            header.name: (header.name, camel(header.name), header.required)
            for answer in answers
            for header in answer.headers
            if header.name.lower() != "set-cookie"
        }
        body, body_kind, media_type = self._request(operation)
        parameters = self._parameters(operation)
        written = {p.wire: part_of(p) for p in parameters if p.place == "path"}
        return OperationView(
            operation=operation,
            name=name,
            type_name=pascal(name),
            parameters=parameters,
            body=body,
            body_kind=body_kind,
            body_media_type=media_type,
            body_required=operation.request_body is not None and operation.request_body.required,
            result=" | ".join(dict.fromkeys(reply[0] for reply in replies)),
            result_kind=next((kind for text, kind in replies if text != "undefined"), "json"),
            headers=unique_fields(headers.values()),
            statuses=[answer.status for answer in answers],
            envelope=bool(headers) or len(answers) > 1,
            frames=self._frames.of(operation) if stream else (),
            path=template(operation.path, written),
            paged=self._paged(operation, answers),
            hook=hook,
        )

    def _paged(self, operation: HttpOperation, answers: Sequence[Response]) -> bool:
        """Tell whether it answers with pages: `items`, and a `next_cursor` for `cursor`."""
        if not any(
            item.name == "cursor" and item.place == "query" for item in operation.parameters
        ):
            return False
        schemas = [
            self._modules.resolve(media.schema)
            for answer in answers
            for media in answer.content
            if media.schema
        ]
        return bool(schemas) and all(
            self._modules.resolve_within(schema, "properties", name) is not None
            for schema in schemas
            for name in ("items", "next_cursor")
        )

    def _request(self, operation: HttpOperation) -> tuple[str | None, str, str]:
        """Return the type of the request's body, its kind and its media type."""
        request = operation.request_body
        media = None if request is None else preferred(request.content)
        if media is None:
            return None, "json", ""
        kind = kind_of(media.name)
        if kind == "json":
            suggestion = f"{pascal(operation.operation_id)}Request"
            return self._type(media.schema, suggestion, Direction.REQUEST), kind, media.name
        if kind == "form":
            form = "FormData" if media.name.startswith("multipart") else "URLSearchParams"
            return form, kind, ""
        if kind == "text":
            return "string", kind, media.name
        return "Blob | ArrayBuffer | Uint8Array<ArrayBuffer>", "bytes", media.name

    def _type(
        self, schema: Schema | None, suggestion: str, direction: Direction = Direction.BOTH
    ) -> str:
        if schema is None:
            return "unknown"
        name = self._modules.require(schema, suggestion, outgoing=False, direction=direction)
        return f"models.{self._types.names[name]}"

    def _body(self, operation: HttpOperation, response: Response) -> tuple[str, str]:
        """Return the type of a response's body and its kind."""
        media = preferred(response.content)
        if media is None:
            return "undefined", "json"
        kind = kind_of(media.name)
        if kind == "text":
            return "string", kind
        if kind == "bytes":
            return "Blob", kind
        suggestion = f"{pascal(operation.operation_id)}{response.status.title()}Response"
        schema = media.item_schema or media.schema
        direction = Direction.BOTH if media.item_schema else Direction.RESPONSE
        return self._type(schema, suggestion, direction), "json"

    def _find_problem(self, operation: HttpOperation) -> None:
        for response in operation.responses:
            for media in response.content:
                if "problem" in media.name and self.problem is None and media.schema:
                    self.problem = self._type(media.schema, "Problem")

    def _parameters(self, operation: HttpOperation) -> list[ParameterView]:
        views: list[ParameterView] = []
        names = argument_names(operation)
        for parameter in operation.parameters:
            name = names.get((parameter.place, parameter.name))
            if name is None:
                continue
            style, kind, schema = structured(parameter, self._modules) or (None, "text", None)
            expression = (
                self._parameter_type(parameter)
                if style is None
                else self._type(
                    schema,
                    f"{pascal(operation.operation_id)}{pascal(parameter.name)}",
                    Direction.REQUEST,
                )
            )
            views.append(
                ParameterView(
                    wire=parameter.name,
                    place=parameter.place,
                    name=name,
                    type=expression,
                    required=parameter.required or parameter.place == "path",
                    description=" ".join(parameter.description.replace("*/", "* /").split()),
                    separator=separator_of(parameter, expression),
                    style=style,
                    explode=parameter.explode,
                    kind=kind,
                    json=self._json(expression),
                )
            )
        return views

    def _json(self, expression: str) -> str:
        """Return how a value of a type is written as JSON, the value's place in braces."""
        names = json.dumps(re.findall(r"\bmodels\.(\w+)", expression))
        number = self._types.int64 == "number"
        return "JSON.stringify({})" if number else f"stringify({{}}, {names})"

    def _parameter_type(self, parameter: Parameter) -> str:
        if parameter.schema is None:
            return "string"
        resolved = self._modules.resolve(parameter.schema)
        expression = self._types.expression(inlined(resolved, self._modules), "")
        return expression if expression != "unknown" else "string"


def _default_answer(operation: HttpOperation) -> Response:
    """Return the answer of an operation that names no 2xx status."""
    for response in operation.responses:
        if response.success or response.status == "default":
            return replace(response, status="200")
    return Response("204", "", (), (), (), operation.location)
