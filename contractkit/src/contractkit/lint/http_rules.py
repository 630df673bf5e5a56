"""Rules for OpenAPI documents."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from contractkit.lint.violation import Violation
from contractkit.location import Location
from contractkit.model.contract import Contract
from contractkit.model.http import HttpContract, HttpOperation
from contractkit.naming import snake

_PARAMETER = re.compile(r"\{([^}]*)\}")


def check_http(contract: Contract, http: HttpContract) -> Iterator[Violation]:
    """Yield the violations of the operations."""
    by_id = {operation.operation_id: operation for operation in http.operations}
    taken: dict[str, HttpOperation] = {}
    problems = any(
        "problem" in media.name
        for operation in http.operations
        for response in operation.responses
        for media in response.content
    )
    for operation in http.operations:
        yield from _identity(operation, taken)
        yield from _parameters(operation)
        yield from _links(operation, by_id)
        yield from check_sunset(operation.deprecated, operation.sunset, operation.location)
        for tag in operation.tags:
            if tag not in http.tags:
                yield Violation(
                    "tag-undeclared",
                    operation.location,
                    f"The tag {tag!r} of {operation.label} is not declared.",
                    "Add it to the document's `tags`, with a description.",
                )
        if problems:
            yield from _problems(operation)
        yield from _sends(contract, operation)


def _identity(operation: HttpOperation, taken: dict[str, HttpOperation]) -> Iterator[Violation]:
    name = snake(operation.operation_id)
    other = taken.setdefault(name, operation)
    if other is not operation:
        yield Violation(
            "unique-id",
            operation.location,
            f"{operation.operation_id!r} is {name!r} in code, as {other.operation_id!r} is.",
            "Give one of them another operationId.",
        )
    if not operation.named:
        yield Violation(
            "operation-id-missing",
            operation.location,
            f"{operation.label} has no operationId; generated code calls it {name}.",
            f"Write `operationId: {name}`, or a better one.",
        )
    if not operation.description and not operation.summary:
        yield Violation(
            "description-missing",
            operation.location,
            f"{operation.label} is not described.",
            "Add a summary and a description.",
        )


def _parameters(operation: HttpOperation) -> Iterator[Violation]:
    used = set(_PARAMETER.findall(operation.path))
    declared = {p.name: p for p in operation.parameters if p.place == "path"}
    for name in sorted(used - declared.keys()):
        yield Violation(
            "parameter-undeclared",
            operation.location,
            f"The path has {{{name}}}, which is not declared.",
            "Add a parameter with `in: path`.",
        )
    for name in sorted(declared.keys() - used):
        yield Violation(
            "parameter-unused",
            declared[name].location,
            f"The path {operation.path} has no {{{name}}}.",
            "Remove the parameter or put it into the path.",
        )
    for parameter in operation.parameters:
        if not parameter.description:
            yield Violation(
                "description-missing",
                parameter.location,
                f"The parameter {parameter.name!r} is not described.",
                "Say what it means.",
            )


def _links(operation: HttpOperation, by_id: Mapping[str, HttpOperation]) -> Iterator[Violation]:
    for response in operation.responses:
        for link in response.links:
            if link.operation_id is None:
                continue
            target = by_id.get(link.operation_id)
            if target is None:
                yield Violation(
                    "link-target",
                    link.location,
                    f"The link leads to {link.operation_id!r}, which does not exist.",
                    "Correct the operationId.",
                )
                continue
            names = {p.name for p in target.parameters}
            names |= {f"{p.place}.{p.name}" for p in target.parameters}
            for name in link.parameters:
                if name not in names:
                    yield Violation(
                        "link-target",
                        link.location,
                        f"{link.operation_id} has no parameter {name!r}.",
                        "Correct the name.",
                    )


def _problems(operation: HttpOperation) -> Iterator[Violation]:
    for response in operation.responses:
        kinds = [media.name for media in response.content]
        error = response.status.startswith("4") and kinds
        if error and not any("problem" in kind for kind in kinds):
            yield Violation(
                "problem-media-type",
                response.location,
                f"{operation.operation_id} answers {response.status} with {', '.join(kinds)}.",
                "Use application/problem+json, as other errors of the document do.",
            )


def _sends(contract: Contract, operation: HttpOperation) -> Iterator[Violation]:
    messaging = contract.messaging
    sends = operation.extensions.get("x-sends", ())
    if messaging is None or not isinstance(sends, list):
        return
    known = {o.operation_id for o in messaging.operations}
    for index, name in enumerate(sends):
        if name not in known:
            source = contract.documents.source(operation.location.file)
            yield Violation(
                "cross-reference",
                source.locate(f"{operation.location.pointer}/x-sends/{index}"),
                f"The AsyncAPI document has no operation {name!r}.",
                f"Name one of {', '.join(sorted(known))}.",
            )


def check_sunset(deprecated: bool, sunset: str | None, place: Location) -> Iterator[Violation]:
    """Yield the violations of an `x-sunset`."""
    if sunset is None:
        return
    try:
        date.fromisoformat(sunset[:10])
    except ValueError:
        yield Violation("sunset", place, f"x-sunset {sunset!r} is not a date.", "Write YYYY-MM-DD.")
    if not deprecated:
        yield Violation(
            "sunset", place, "It has an x-sunset but is not deprecated.", "Mark it deprecated."
        )
