"""Plans one HTTP operation: what its method takes, returns and raises."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, TypeAlias

from contractkit.errors import UnsupportedError
from contractkit.generator.http_bodies import reply_of, request_body
from contractkit.generator.http_forms import Form
from contractkit.generator.http_parameters import parameter_views
from contractkit.generator.http_routes import route_of
from contractkit.generator.http_views import ErrorView, HeaderView, OperationView, ReplyView
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.shared_parts import shared_parts
from contractkit.generator.types import ModelImports, scalar_type, unfit
from contractkit.model.http import Header, HttpOperation, Response
from contractkit.model.media_kinds import kind_of, preferred
from contractkit.naming import function, http_header_name, pascal, unique

_Answer: TypeAlias = tuple[bool, ReplyView, Sequence[HeaderView], Sequence[ErrorView]]
"""Whether an answer has a type, its body and headers, and what is raised."""


class OperationPlan:
    """Makes the view of one operation, part by part."""

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
        self._name = pascal(operation.operation_id)
        self._success = self._best()
        self._stream = any(kind_of(media.name) == "stream" for media in self._success.content)
        self._answers, self._failures = self._sorted()
        if self._stream:
            self._answers = _without_streams(self._answers)

    def view(self) -> OperationView:
        """Return the view. Raises UnsupportedError by name and place."""
        operation, answers = self._operation, self._answers
        typed, reply, headers, errors = self._answer()
        envelope = typed and (bool(headers) or len(answers) > 1)
        class_name = f"{self._name}Reply"
        route = route_of(operation, self._omissions)
        parameters = parameter_views(
            operation, route, self._modules, self._imports, self._omissions
        )
        form = Form(operation, self._modules, self._imports, self._omissions)
        parameters += form.arguments(parameters)
        return OperationView(
            operation=operation,
            route=route,
            method_name=function(operation.operation_id),
            class_name=class_name,
            parameters=sorted(parameters, key=lambda view: view.default is not None),
            body=request_body(operation, self._modules, self._imports, self._omissions),
            form=form.view(),
            reply=reply,
            result=class_name if envelope else reply.type or "None",
            envelope=envelope,
            body_optional=any(not response.content for response in answers),
            reply_headers=headers,
            statuses=[int(response.status) for response in answers],
            default_status=int(self._success.status),
            stream=self._stream,
            typed=typed,
            errors=errors,
            scopes=self._scopes(),
            principal=self._principal(),
            problems=[r for r in operation.responses if r not in answers and not r.success],
            success_description=self._success.description,
            warnings=_warnings(operation),
            documented=[
                (response.status, self._documented(response)) for response in operation.responses
            ],
            shared=shared_parts(operation, route, self._modules),
        )

    def _answer(self) -> _Answer:
        """Return what is answered and raised.

        What a stream has beside it is typed if it can be; a handler may make any response there.
        """
        untyped: _Answer = False, ReplyView(None, "json", ""), [], []
        beside = [r for r in self._answers if r.status == self._success.status and r.content]
        if self._stream and not beside:
            return untyped
        try:
            return True, self._reply(self._answers), self._headers(self._answers), self._errors()
        except UnsupportedError:
            if self._stream:
                return untyped
            raise

    def _best(self) -> Response:
        """Return the first 2xx response; else `2XX`, `default`, a redirect or nothing at all."""
        responses = self._operation.responses
        for wanted in (
            [r for r in responses if r.success and r.status.isdecimal()],
            [r for r in responses if r.success],
            [r for r in responses if r.status == "default"],
            [r for r in responses if r.status.startswith(("1", "3"))],
        ):
            if wanted:
                found = wanted[0]
                return found if found.status.isdecimal() else replace(found, status="200")
        return Response("204", "Nothing.", (), (), (), self._operation.location)

    def _sorted(self) -> tuple[list[Response], list[Response]]:
        """Return what the method returns and what it raises; problems are the application's."""
        answers = [self._success]
        failures: list[Response] = []
        same = {self._body(self._success)}
        for response in self._operation.responses:
            if not response.status.isdecimal() or response.status == self._success.status:
                continue
            described = any(kind_of(media.name) == "json" for media in response.content)
            if response.success:
                answers.append(response)
                same.add(self._body(response))
            elif described and not any("problem" in media.name for media in response.content):
                target = answers if self._body(response) in same else failures
                target.append(response)
        order = list(self._operation.responses)
        rest = [r for r in answers[1:] if r in order]
        return [answers[0], *rest], failures

    def _body(self, response: Response) -> str | None:
        """Return which schema a response's body has, to compare it with others."""
        media = preferred(response.content)
        if media is None or media.schema is None:
            return None
        return self._modules.resolve(media.schema).location.reference

    def _reply(self, answers: Sequence[Response]) -> ReplyView:
        found = [
            reply_of(self._operation, response, self._modules, self._imports)
            for response in answers
        ]
        bodies = [reply for reply in found if reply.type is not None]
        if not bodies:
            return found[0]
        if len({reply.kind for reply in bodies}) > 1:
            raise UnsupportedError(
                self._operation.location,
                f"{self._operation.operation_id} answers with bodies of different kinds.",
                "Give its 2xx responses one kind of body, JSON, text or bytes.",
            )
        types = dict.fromkeys(str(reply.type) for reply in bodies)
        return replace(bodies[0], type=" | ".join(types))

    def _errors(self) -> list[ErrorView]:
        return [
            ErrorView(
                class_name=f"{self._name}{response.status}Error",
                status=int(response.status),
                reply=reply_of(self._operation, response, self._modules, self._imports),
                description=response.description,
                headers=self._headers([response]),
            )
            for response in self._failures
        ]

    def _headers(self, answers: Sequence[Response]) -> list[HeaderView]:
        found: dict[str, HeaderView] = {}
        names = list(dict.fromkeys(header.name for answer in answers for header in answer.headers))
        for name in names:
            same = [h for answer in answers for h in answer.headers if h.name == name]
            expression = self._header_type(same[0])
            required = len(same) == len(answers) and all(header.required for header in same)
            taken = ["body", "status", *(view.field for view in found.values())]
            found[name] = HeaderView(
                name=name,
                field=unique(http_header_name(name), taken),
                annotation=expression if required else f"{expression} | None",
                required=required,
            )
        return sorted(found.values(), key=lambda header: not header.required)

    def _header_type(self, header: Header) -> str:
        """Return the type of a header; a text, which is told, where none fits its schema."""
        try:
            return self._fitting(header)
        except UnsupportedError as error:
            subject = f"the type of the header {header.name} of {self._operation.operation_id}"
            self._omissions.add(f"{subject}, which is a text", error)
            return "str"

    def _fitting(self, header: Header) -> str:
        """Return the type that fits a header. Raises UnsupportedError where none does."""
        if header.schema is None:
            raise UnsupportedError(
                header.location, f"The header {header.name} has no schema.", "Give it one."
            )
        suggestion = f"{pascal(header.name)}Header"
        kind = scalar_type(header.schema, self._modules, self._imports, suggestion)
        if kind.single:
            raise unfit(header.schema)
        return kind.expression

    def _scopes(self) -> Sequence[str]:
        """Return the scopes of all alternatives; the `principal` decides what they are good for."""
        alternatives = [uses for uses in self._operation.security if uses]
        scopes = {tuple(sorted({s for use in uses for s in use.scopes})) for uses in alternatives}
        if len(scopes) > 1:
            error = UnsupportedError(
                self._operation.location,
                f"{self._operation.operation_id} has alternatives of security with different "
                "scopes; the code demands all of them.",
                "Give each alternative the same scopes.",
            )
            self._omissions.add(f"the alternatives of {self._operation.operation_id}", error)
        return sorted({scope for one in scopes for scope in one})

    def _principal(self) -> str:
        """Return whether credentials are needed: `none`, `optional` or `required`."""
        security = self._operation.security
        if not any(security):
            return "none"
        return "optional" if () in security else "required"

    def _documented(self, response: Response) -> dict[str, Any]:
        """Return a response as FastAPI's `responses` argument takes it."""
        found: dict[str, Any] = {"description": response.description}
        if response.headers:
            found["headers"] = {
                header.name: {
                    "description": header.description,
                    "required": header.required,
                    "schema": self._modules.resolve(header.schema).raw if header.schema else {},
                }
                for header in response.headers
            }
        for media in response.content:
            schema = media.item_schema or media.schema
            if schema is None or (response.success and media.item_schema is None):
                continue
            suggestion = f"{self._name}{response.status.title()}Response"
            name = self._modules.require(schema, suggestion).name
            reference = {"$ref": f"#/components/schemas/{name}"}
            key = "schema" if media.item_schema is None else "itemSchema"
            found.setdefault("content", {})[media.name] = {key: reference}
        return found


def _without_streams(answers: Sequence[Response]) -> list[Response]:
    """Return the answers that may be something else than a stream, without the stream."""
    kept = (
        replace(answer, content=tuple(m for m in answer.content if kind_of(m.name) != "stream"))
        for answer in answers
    )
    return [one for one, old in zip(kept, answers, strict=True) if one.content or not old.content]


def _warnings(operation: HttpOperation) -> list[tuple[str, str]]:
    """Return the headers that tell of an end: RFC 9745 `Deprecation`, RFC 8594 `Sunset`."""
    found: list[tuple[str, str]] = []
    since = operation.extensions.get("x-deprecated-since")
    if operation.deprecated and isinstance(since, str):
        found.append(("Deprecation", f"@{int(_day(since, operation).timestamp())}"))
    if operation.sunset is not None:
        found.append(("Sunset", format_datetime(_day(operation.sunset, operation), usegmt=True)))
    return found


def _day(text: str, operation: HttpOperation) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnsupportedError(
            operation.location, f"{text!r} is not a date.", "Write YYYY-MM-DD."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
