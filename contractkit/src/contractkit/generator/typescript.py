"""Writes the TypeScript package: types, a REST client on `fetch`, a resuming event stream."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.generator.naming import pascal, snake, words
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.typescript_types import TypeScriptTypes
from contractkit.model.http import HttpContract, HttpOperation, Parameter, Response
from contractkit.model.schema import Schema

_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter: its wire name and place, its property in the arguments object."""

    wire: str
    place: str
    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class FrameView:
    """One kind of frame of a stream; `cursor` reads from `data` the position it stands for."""

    event: str
    type: str
    cursor: str | None
    withdraws: bool


@dataclass(frozen=True, slots=True)
class OperationView:
    """What the client template shows of an operation."""

    operation: HttpOperation
    name: str
    type_name: str
    parameters: Sequence[ParameterView]
    body: str | None
    body_required: bool
    result: str
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


def write_typescript(
    contract: HttpContract,
    documents: Documents,
    schemas: Mapping[str, Any],
    modules: SchemaModules,
    renderer: Renderer,
) -> None:
    """Write `typescript/`; `schemas` are the schema modules as the models were made from."""
    types = TypeScriptTypes(schemas)
    writer = _Writer(types, modules)
    hooks = _hooks(contract)
    views = [writer.view(operation, hooks) for operation in contract.operations]
    streams = [view for view in views if view.frames]
    name = "-".join(word.lower() for word in words(contract.title))
    files = ["index", "client", "problem", "models"]
    if streams:
        files += ["events", "shared", "react"]
    common: dict[str, Any] = {
        "title": contract.title,
        "version": contract.version,
        "package": f"{name}-client",
        "license": _license(contract, documents),
        "operations": views,
        "streams": streams,
        "queries": [
            view
            for view in views
            if view.operation.method == "GET" and not view.frames and view.result != "undefined"
        ],
        "problem": writer.problem,
        "codes": _problem_codes(contract, documents),
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


def _hooks(contract: HttpContract) -> dict[str, str]:
    """Return the React hook of each operation: `useJob` for `getJob`, its full name if taken."""
    names: dict[str, str] = {}
    for operation in contract.operations:
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


def _problem_codes(contract: HttpContract, documents: Documents) -> list[str]:
    """Return the codes of problems that the contract's examples show, in alphabetical order."""
    codes: set[str] = set()
    for operation in contract.operations:
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
        self.problem: str | None = None

    def view(self, operation: HttpOperation, hooks: Mapping[str, str]) -> OperationView:
        stream = any(media.name == _STREAM for media in operation.successes[0].content)
        answers = [
            response
            for response in operation.responses
            if response.status.isdecimal()
            and not any("problem" in media.name for media in response.content)
            and (response.success or response.content)
        ]
        self._find_problem(operation)
        bodies = list(dict.fromkeys(self._body(operation, answer) for answer in answers))
        headers = {
            header.name: (header.name, _camel(header.name), header.required)
            for answer in answers
            for header in answer.headers
            if header.name.lower() != "set-cookie"
        }
        request = operation.request_body
        body: str | None = None
        if request is not None:
            schema = request.content[0].schema
            body = self._type(schema, f"{pascal(operation.operation_id)}Request")
        return OperationView(
            operation=operation,
            name=_camel(operation.operation_id),
            type_name=pascal(operation.operation_id),
            parameters=self._parameters(operation),
            body=body,
            body_required=request is not None and request.required,
            result=" | ".join(bodies),
            headers=list(headers.values()),
            statuses=[answer.status for answer in answers],
            envelope=bool(headers) or len(answers) > 1,
            frames=self._frames(operation) if stream else (),
            path=re.sub(
                r"\{([^}]*)\}", lambda match: f"${{part({_camel(match[1])})}}", operation.path
            ),
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

    def _type(self, schema: Schema | None, suggestion: str) -> str:
        if schema is None:
            return "unknown"
        name = self._modules.require(schema, suggestion, outgoing=False)
        return f"models.{self._types.names[name]}"

    def _body(self, operation: HttpOperation, response: Response) -> str:
        if not response.content:
            return "undefined"
        suggestion = f"{pascal(operation.operation_id)}{response.status}Response"
        media = response.content[0]
        return self._type(media.item_schema or media.schema, suggestion)

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
            name = _camel(parameter.name)
            if name == "body" or any(view.name == name for view in views):
                name += parameter.place.title()
            views.append(
                ParameterView(
                    wire=parameter.name,
                    place=parameter.place,
                    name=name,
                    type=self._parameter_type(parameter),
                    required=parameter.required,
                    description=parameter.description,
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
            if media.name != _STREAM or media.item_schema is None:
                continue
            item = self._modules.resolve(media.item_schema)
            raw: Any = {} if isinstance(item.raw, bool) else item.raw
            branches = [
                self._modules.resolve_within(item, "oneOf", str(index))
                for index in range(len(raw.get("oneOf", ())))
            ] or [item]
            found += [self._frame(branch) for branch in branches if branch is not None]
        return found

    def _frame(self, schema: Schema) -> FrameView:
        raw: Any = {} if isinstance(schema.raw, bool) else schema.raw
        properties = raw.get("properties", {})
        data = self._modules.resolve_within(schema, "properties", "data", "contentSchema")
        name: TypeName | None = None
        if data is not None:
            name = self._modules.require(data, "", outgoing=False)
        return FrameView(
            event=str(properties.get("event", {}).get("const", "message")),
            type="string" if name is None else f"models.{self._types.names[name]}",
            cursor=None if data is None else self._cursor(data),
            withdraws=data is not None and self._withdraws(data),
        )

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


def _inlined(schema: Schema, modules: SchemaModules) -> Any:
    """Return a scalar or array schema with its items resolved, for a type in place."""
    if isinstance(schema.raw, bool):
        return schema.raw
    items = modules.resolve_within(schema, "items")
    return dict(schema.raw) | ({} if items is None else {"items": _inlined(items, modules)})


def _camel(name: str) -> str:
    first, *rest = snake(name).rstrip("_").split("_")
    return first + "".join(word.title() for word in rest)
