"""Visits every schema of a contract once, with its place."""

from collections.abc import Iterable, Iterator, Mapping

from contractkit.documents import Documents, Node
from contractkit.errors import SpecError
from contractkit.keywords import DEFINITIONS, LISTS, MAPS, ONE
from contractkit.model.contract import Contract
from contractkit.model.http import HttpOperation
from contractkit.model.schema import Schema, of


def roots(contract: Contract) -> Iterator[Schema]:
    """Yield the schemas that the two documents name or use."""
    http, messaging = contract.http, contract.messaging
    if http is not None:
        yield from http.schemas.values()
        for operation in _with_callbacks((*http.operations, *http.webhooks)):
            contents = [response.content for response in operation.responses]
            for parameter in operation.parameters:
                yield from [parameter.schema] if parameter.schema else []
                contents.append(parameter.content)
            if operation.request_body is not None:
                contents.append(operation.request_body.content)
            for media in (media for content in contents for media in content):
                yield from (s for s in (media.schema, media.item_schema) if s is not None)
            for response in operation.responses:
                yield from (h.schema for h in response.headers if h.schema is not None)
    if messaging is not None:
        yield from messaging.schemas.values()
        for channel in messaging.channels:
            yield from (p.schema for p in channel.parameters if p.schema is not None)
            for message in channel.messages:
                yield from (s for s in (message.payload, message.headers) if s is not None)


def _with_callbacks(operations: Iterable[HttpOperation]) -> Iterator[HttpOperation]:
    for operation in operations:
        yield operation
        yield from _with_callbacks(operation.callbacks)


def every_schema(contract: Contract) -> list[Schema]:
    """Return all schemas: roots, their parts and targets, and whole files of definitions."""
    documents = contract.documents
    found: dict[str, Schema] = {}
    pending = [of(documents, schema) for schema in roots(contract)]
    libraries: set[str] = set()
    while pending:
        node = pending.pop()
        if node.location.reference in found or not isinstance(node.value, Mapping | bool):
            continue
        found[node.location.reference] = Schema(node.value, node.location)
        pending += _below(documents, node)
        if node.location.file not in libraries:
            libraries.add(node.location.file)
            root = documents.root(node.location.file)
            if isinstance(root.value, Mapping) and not {"openapi", "asyncapi"} & set(root.value):
                for key in DEFINITIONS:
                    pending += [c for _, c in documents.children(documents.child(root, key))]
    return sorted(found.values(), key=lambda schema: schema.location)


def _below(documents: Documents, node: Node) -> Iterator[Node]:
    if not isinstance(node.value, Mapping):
        return
    try:
        target = documents.target(node)
    except SpecError:
        target = None
    if target is not None:
        yield target
    for key in ONE:
        child = documents.child(node, key)
        if child is not None and isinstance(child.value, Mapping):
            yield child
    for key in (*LISTS, *MAPS, *DEFINITIONS, "dependencies"):
        holder = documents.child(node, key)
        wanted = list if key in LISTS else Mapping
        if holder is not None and isinstance(holder.value, wanted):
            for _, child in documents.children(holder):
                yield child
