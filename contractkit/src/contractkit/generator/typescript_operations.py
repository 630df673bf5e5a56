"""What the TypeScript client shows of an operation: arguments, body, result, headers, frames."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from contractkit.generator.http_structured import structured
from contractkit.generator.prose import comment
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.typescript_frames import FrameViews
from contractkit.generator.typescript_headers import header_views
from contractkit.generator.typescript_operation_view import OperationView
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
    hooks_of,
    method_names,
    stream_names,
)


class OperationViews:
    """Reads what the client shows of operations; finds the type of their problems on the way."""

    def __init__(
        self, types: TypeScriptTypes, modules: SchemaModules, *, typed_headers: bool = False
    ) -> None:
        self._types = types
        self._modules = modules
        self._frames = FrameViews(types, modules)
        self._typed_headers = typed_headers
        self.problem: str | None = None

    def views(self, operations: Sequence[HttpOperation]) -> list[OperationView]:
        """Return the views; names that mean something in JavaScript or are taken get a number."""
        hooks, names = hooks_of(operations), method_names(operations)
        streams, security = stream_names(operations), client_security(operations)
        found: list[OperationView] = []
        for each in operations:
            name = names[each.operation_id]
            view = self._view(each, name, hooks[each.operation_id])
            view = replace(view, schemes=security.of(each))
            stream = streams.get(each.operation_id)
            if stream is None:
                found.append(view)
                continue
            frames = self._frames.of(each)
            if stream != name:
                found.append(view)
                view = replace(
                    view, name=stream, type_name=pascal(stream), hook=f"{view.hook}Stream"
                )
            found.append(replace(view, frames=frames))
        return found

    def _view(self, operation: HttpOperation, name: str, hook: str) -> OperationView:
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
        headers = header_views(answers, self._modules, self._types.int64, typed=self._typed_headers)
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
            headers=headers,
            statuses=[answer.status for answer in answers],
            envelope=bool(headers) or len(answers) > 1,
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
                    description=comment(parameter.description),
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
