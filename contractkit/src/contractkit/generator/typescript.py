"""Writes the TypeScript package: types, a REST client on `fetch`, a resuming event stream."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contractkit.documents import Documents
from contractkit.generator.http_structured import structured
from contractkit.generator.media_kinds import kind_of, preferred
from contractkit.generator.naming import pascal, snake, unique, words
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.typescript_parameters import ParameterView, separator_of
from contractkit.generator.typescript_types import TypeScriptTypes
from contractkit.model.http import HttpContract, HttpOperation, Parameter, Response
from contractkit.model.schema import Schema
from contractkit.node import Node
from contractkit.options import Options

_WORDS = frozenset({
    "body", "given", "options", "arguments", "await", "break", "case", "catch", "class", "const",
    "continue", "debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends",
    "false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof",
    "interface", "let", "new", "null", "package", "private", "protected", "public", "return",
    "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while",
    "with", "yield", "undefined", "response", "part", "query", "models", "client",
})  # fmt: skip
"""Words that JavaScript or the generated functions need."""

_TAKEN = _WORDS | {"constructor", "authorization", "open", "frames", "transient", "wait", "fetch"}
_IGNORED_HEADERS = {"accept", "content-type", "authorization"}


@dataclass(frozen=True, slots=True)
class FrameView:
    """One kind of frame of a stream; `cursor` reads from `data` the position it stands for."""

    event: str
    type: str
    cursor: str | None = None
    withdraws: bool = False


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

    @property
    def withdraws(self) -> bool:
        """Whether the stream tells by a `drain` frame that the access was withdrawn."""
        return any(frame.withdraws for frame in self.frames)

    @property
    def optional(self) -> bool:
        """Whether the whole arguments object may be left out."""
        needed = any(parameter.required for parameter in self.parameters)
        return not needed and not (self.body and self.body_required)

    @property
    def of(self) -> Mapping[str, Sequence[ParameterView]]:
        """The parameters by place."""
        return {
            place: [p for p in self.parameters if p.place == place]
            for place in ("path", "query", "header")
        }


@dataclass(slots=True)
class TypeScriptCode:
    """What is written below `typescript/`."""

    contract: HttpContract
    operations: Sequence[HttpOperation]
    documents: Documents
    modules: SchemaModules
    int64: str
    react: bool

    def write(self, documents: Mapping[str, Any], renderer: Renderer) -> None:
        """Write the package; `documents` are the schemas as the models were made from."""
        types = TypeScriptTypes(documents, int64=self.int64, reserved=_exported(self.operations))
        writer = _Writer(types, self.modules)
        views = writer.views(self.operations)
        streams = [view for view in views if view.frames]
        styled = any(item.style not in {None, "json"} for view in views for item in view.parameters)
        name = "-".join(word.lower() for word in words(self.contract.title)) or "contract"
        files = ["index", "client", "problem", "models"]
        if streams:
            files += ["events", "shared", *(["react"] if self.react else [])]
        if styled:
            files.append("styles")
        common: dict[str, Any] = {
            "title": self.contract.title,
            "version": self.contract.version,
            "package": f"{name}-client",
            "license": _license(self.contract, self.documents),
            "operations": views,
            "streams": streams,
            "queries": [
                view
                for view in views
                if view.operation.method == "GET" and not view.frames and view.result != "undefined"
            ],
            "problem": writer.problem,
            "codes": _problem_codes(self.operations, self.documents),
            "keys": any(
                parameter.wire.lower() == "idempotency-key"
                for view in views
                for parameter in view.of["header"]
            ),
            "modules": files,
            "declarations": types.declarations(),
        }
        for file in ("package.json", "tsconfig.json", "README.md"):
            renderer.write(f"typescript/{file}.jinja", f"typescript/{file}", **common)
        for file in files:
            renderer.write_typescript(f"typescript/{file}.ts.jinja", "typescript", file, **common)


def plan_typescript(
    contract: HttpContract,
    operations: Sequence[HttpOperation],
    documents: Documents,
    modules: SchemaModules,
    options: Options,
) -> TypeScriptCode:
    """Return the client of a contract; it names every schema that its writing will need."""
    _Writer(TypeScriptTypes.unnamed(), modules).views(operations)
    return TypeScriptCode(
        contract, operations, documents, modules, options.typescript_int64, options.typescript_react
    )


def _hooks(operations: Sequence[HttpOperation]) -> dict[str, str]:
    """Return the React hook of each operation: `useJob` for `getJob`, its full name if taken."""
    names: dict[str, str] = {}
    for operation in operations:
        full = pascal(operation.operation_id)
        short = re.sub(r"^(Get|List|Stream)(?=[A-Z])", "", full)
        chosen = next(
            name
            for name in (f"use{short}", f"use{full}", f"use{full}Operation")
            if name not in names.values()
        )
        names[operation.operation_id] = chosen
    return names


def _license(contract: HttpContract, documents: Documents) -> str | None:
    """Return the contract's licence as package.json wants it: an SPDX identifier."""
    node = documents.child(documents.root(contract.location.file), "info", "license", "identifier")
    return None if node is None else str(node.value)


def _problem_codes(operations: Sequence[HttpOperation], documents: Documents) -> list[str]:
    """Return the codes of problems that the contract's examples show, in alphabetical order."""
    codes: set[str] = set()
    for operation in operations:
        for response in operation.responses:
            for media in response.content:
                if "problem" in media.name:
                    node = documents.at(media.location.file, media.location.pointer)
                    codes |= set(_codes_of(node, documents))
    return sorted(codes)


def _codes_of(media: Node, documents: Documents) -> Iterator[str]:
    for _, written in documents.children(documents.child(media, "examples")):
        example = documents.follow(written)
        for key in ("value", "dataValue"):
            node = documents.child(example, key, "code")
            if node is not None and isinstance(node.value, str):
                yield node.value


class _Writer:
    def __init__(self, types: TypeScriptTypes, modules: SchemaModules) -> None:
        self._types = types
        self._modules = modules
        self._names: set[str] = set(_TAKEN)
        self.problem: str | None = None

    def views(self, operations: Sequence[HttpOperation]) -> list[OperationView]:
        """Return the views; names that mean something in JavaScript or are taken get a number."""
        hooks = _hooks(operations)
        return [self._view(operation, hooks) for operation in operations]

    def _view(self, operation: HttpOperation, hooks: Mapping[str, str]) -> OperationView:
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
            header.name: (header.name, _camel(header.name), header.required)
            for answer in answers
            for header in answer.headers
            if header.name.lower() != "set-cookie"
        }
        body, body_kind, media_type = self._request(operation)
        name = unique(_camel(operation.operation_id), self._names)
        self._names.add(name)
        parameters = self._parameters(operation)
        written = {p.wire: _part(p, stream) for p in parameters if p.place == "path"}
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
            headers=_unique_fields(headers.values()),
            statuses=[answer.status for answer in answers],
            envelope=bool(headers) or len(answers) > 1,
            frames=self._frames(operation) if stream else (),
            path=_template(operation.path, written),
            paged=self._paged(operation, answers),
            hook=hooks[operation.operation_id],
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
        for parameter in operation.parameters:
            if parameter.place == "cookie":
                continue
            if parameter.place == "header" and parameter.name.lower() in _IGNORED_HEADERS:
                continue
            name = _camel(parameter.name)
            if name in _WORDS or any(view.name == name for view in views):
                name = unique(f"{name}{parameter.place.title()}", [view.name for view in views])
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
                )
            )
        return views

    def _parameter_type(self, parameter: Parameter) -> str:
        if parameter.schema is None:
            return "string"
        resolved = self._modules.resolve(parameter.schema)
        expression = self._types.expression(_inlined(resolved, self._modules), "")
        return expression if expression != "unknown" else "string"

    def _frames(self, operation: HttpOperation) -> list[FrameView]:
        found: list[FrameView] = []
        for media in operation.successes[0].content:
            schema = media.item_schema or media.schema
            if kind_of(media.name) != "stream":
                continue
            if schema is None:
                found.append(FrameView("message", "string"))
                continue
            item = self._modules.resolve(schema)
            raw: Any = {} if isinstance(item.raw, bool) else item.raw
            branches = [
                self._modules.resolve_within(item, "oneOf", str(index))
                for index in range(len(raw.get("oneOf", ())))
            ] or [item]
            name = pascal(operation.operation_id)
            found += [self._frame(branch, name) for branch in branches if branch is not None]
        return list({frame.event: frame for frame in reversed(found)}.values())[::-1]

    def _frame(self, schema: Schema, operation: str) -> FrameView:
        raw: Any = {} if isinstance(schema.raw, bool) else schema.raw
        properties = raw.get("properties", {})
        if "data" not in properties:
            name = self._modules.require(schema, f"{operation}Event", outgoing=False)
            return FrameView("message", f"models.{self._types.names[name]}")
        member = properties.get("event", {})
        event = str(member.get("const", "message") if isinstance(member, Mapping) else "message")
        data = self._modules.resolve_within(schema, "properties", "data", "contentSchema")
        if data is None:
            data = self._modules.resolve_within(schema, "properties", "data")
            plain = data is None or isinstance(data.raw, bool) or data.raw.get("type") == "string"
            if data is None or plain:
                return FrameView(event, "string")
        name = self._modules.require(data, f"{operation}{pascal(event)}Data", outgoing=False)
        typed = f"models.{self._types.names[name]}"
        return FrameView(event, typed, self._cursor(data), self._withdraws(data))

    def _withdraws(self, data: Schema) -> bool:
        reason = self._modules.resolve_within(data, "properties", "reason")
        return (
            reason is not None
            and not isinstance(reason.raw, bool)
            and "access_withdrawn" in reason.raw.get("enum", ())
        )

    def _cursor(self, data: Schema) -> str | None:
        """Return where the position is: `snapshot.last_event_id`, or `to` of a fresh stream."""
        snapshot = self._modules.resolve_within(data, "properties", "snapshot")
        if snapshot and self._modules.resolve_within(snapshot, "properties", "last_event_id"):
            return "data.snapshot.last_event_id"
        status = self._modules.resolve_within(data, "properties", "status")
        fresh = (
            status and not isinstance(status.raw, bool) and "fresh" in status.raw.get("enum", ())
        )
        if fresh and self._modules.resolve_within(data, "properties", "to"):
            return 'data.status === "fresh" ? data.to : undefined'
        return None


def _inlined(schema: Schema, modules: SchemaModules, depth: int = 3) -> Any:
    """Return a schema with what it refers to in place, for a type without a name."""
    if isinstance(schema.raw, bool) or depth == 0:
        return {}
    if schema.raw.get("type") == "object" or "properties" in schema.raw or "$ref" in schema.raw:
        return {"type": "object"}
    result = {
        key: schema.raw[key] for key in ("type", "enum", "const", "format") if key in schema.raw
    }
    items = modules.resolve_within(schema, "items")
    if items is not None:
        result["items"] = _inlined(items, modules, depth - 1)
    for key in ("anyOf", "oneOf", "allOf"):
        parts = schema.raw.get(key)
        if isinstance(parts, list) and parts:
            found = [modules.resolve_within(schema, key, str(i)) for i in range(len(parts))]
            result[key] = [_inlined(p, modules, depth - 1) for p in found if p is not None]
    return result


def _exported(operations: Sequence[HttpOperation]) -> set[str]:
    """Return the names of everything beside the models that the package exports."""
    found = {
        "Client", "ClientOptions", "CallOptions", "ProblemCode", "ProblemError", "problemOf",
        "isTransient", "StreamOptions", "StreamState", "StreamEnd", "StreamControl", "RawFrame",
        "NotAnEventStreamError",
    }  # fmt: skip
    for operation in operations:
        name = pascal(_camel(operation.operation_id))
        found |= {f"{name}{part}" for part in ("Arguments", "Reply", "Frame", "Handlers")}
        found |= {_camel(operation.operation_id), f"listen{name}"}
    return found


def _default_answer(operation: HttpOperation) -> Response:
    """Return the answer of an operation that names no 2xx status."""
    for response in operation.responses:
        if response.success or response.status == "default":
            return replace(response, status="200")
    return Response("204", "", (), (), (), operation.location)


def _unique_fields(headers: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    for wire, name, required in headers:
        taken = ["status", "body", *(field for _, field, _ in found)]
        found.append((wire, unique(name, taken), required))
    return found


def _part(parameter: ParameterView, stream: bool) -> str:
    """Return the expression of a path parameter's text."""
    if parameter.style is not None:
        return parameter.expression
    return (
        f"encodeURIComponent(String(given.{parameter.name}))"
        if stream
        else (f"part({parameter.name})")
    )


def _template(path: str, expressions: Mapping[str, str]) -> str:
    """Return a path as the inside of a template literal."""
    parts = re.split(r"\{([^}]*)\}", path)
    text = [
        f"${{{expressions.get(part, f'part({json.dumps(part)})')}}}"
        if index % 2
        else _literal(part)
        for index, part in enumerate(parts)
    ]
    return "".join(text)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def _camel(name: str) -> str:
    first, *rest = snake(name).rstrip("_").split("_")
    return first + "".join(word.title() for word in rest)
