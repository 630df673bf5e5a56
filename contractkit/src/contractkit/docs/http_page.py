"""What the page of an OpenAPI document shows beside the document's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

from contractkit.docs import samples
from contractkit.docs.example_request import ExampleRequest, body_example, example_request
from contractkit.docs.samples import Sample
from contractkit.docs.schema_view import SchemaIndex
from contractkit.docs.typescript_samples import TypeScriptSamples
from contractkit.location import Location
from contractkit.model.http import HttpContract, HttpOperation, Response


class HttpPage:
    """Reads groups, samples, examples and problems of one document."""

    def __init__(self, contract: HttpContract, book: SchemaIndex, *, typescript: bool) -> None:
        self._contract = contract
        self._book = book
        self._typescript = typescript
        self._server = contract.servers[0].rstrip("/") if contract.servers else ""
        base = "" if "//" in self._server else self._server
        self._requests: dict[str, ExampleRequest] = {
            each.operation_id: example_request(each, book, base) for each in contract.operations
        }

    def groups(self) -> Mapping[str, Sequence[HttpOperation]]:
        """Return the operations by their first tag, in the document's order of tags."""
        groups: dict[str, list[HttpOperation]] = {tag: [] for tag in self._contract.tags}
        for operation in self._contract.operations:
            tag = operation.tags[0] if operation.tags else "other"
            groups.setdefault(tag, []).append(operation)
        return {tag: operations for tag, operations in groups.items() if operations}

    def environment(self) -> str:
        """Return the shell's lines that name server and credentials."""
        kinds = {each.credential.kind for each in self._requests.values() if each.credential}
        origin = self._server if "//" in self._server else "http://localhost:8000"
        lines = [f'export ORIGIN="{origin}"']
        if kinds - {"basic"}:
            lines.append('export TOKEN="…"')
        if "basic" in kinds:
            lines.append('export USERNAME="…" PASSWORD="…"')
        return "\n".join(lines)

    def samples(self) -> Mapping[str, Sequence[Sample]]:
        """Return the programs of each operation."""
        typescript = TypeScriptSamples.of(self._contract, self._book.documents)
        found: dict[str, list[Sample]] = {}
        for name, request in self._requests.items():
            found[name] = [samples.curl(request), samples.python(request)]
            if self._typescript:
                found[name].append(typescript.client(request))
            if request.streams and request.operation.method == "GET":
                found[name].append(typescript.page(request))
        return found

    def answers(self) -> Mapping[str, Any]:
        """Return an example of each operation's first success, None where it has no body."""
        return {each.operation_id: self._answer(each) for each in self._contract.operations}

    def _answer(self, operation: HttpOperation) -> Any:
        for response in operation.successes:
            for media in response.content:
                if media.schema is not None:
                    return body_example(media, self._book)
        return None

    def requests(self) -> Mapping[str, Any]:
        """Return what the page's script needs to send a request of each operation."""
        return {name: self._request(request) for name, request in self._requests.items()}

    def _request(self, request: ExampleRequest) -> Mapping[str, Any]:
        return {
            "method": request.operation.method,
            "server": self._server if "//" in self._server else "",
            "path": f"{request.base}{request.operation.path}",
            "stream": request.streams,
            "type": request.media_type,
            "body": request.body,
            "credential": request.credential and [request.credential.kind, request.credential.name],
            "fields": [
                [
                    field.parameter.place,
                    field.parameter.name,
                    field.parameter.required,
                    field.text,
                    field.repeated and isinstance(field.value, list),
                ]
                for field in request.fields
            ],
        }

    def codes(self) -> Mapping[Location, Sequence[str]]:
        """Return the codes of problems that each response's examples show."""
        return {
            response.location: sorted({str(each["code"]) for each in self._examples(response)})
            for operation in self._contract.operations
            for response in operation.responses
        }

    def problems(self) -> Sequence[Mapping[str, Any]]:
        """Return the examples of problem responses, one per code."""
        known: dict[str, Mapping[str, Any]] = {}
        for operation in self._contract.operations:
            for response in operation.responses:
                for value in self._examples(response):
                    usual = {"title": value["code"], "status": response.status, "detail": ""}
                    known.setdefault(str(value["code"]), {**usual, **value})
        return [known[code] for code in sorted(known)]

    def _examples(self, response: Response) -> list[Mapping[str, Any]]:
        found = []
        documents = self._book.documents
        for media in response.content:
            if media.name != "application/problem+json":
                continue
            node = documents.at(media.location.file, media.location.pointer)
            for _, written in documents.children(documents.child(node, "examples")):
                example = documents.follow(written).value
                value = example.get("value") if isinstance(example, Mapping) else None
                if isinstance(value, Mapping) and "code" in value:
                    found.append(value)
        return found
