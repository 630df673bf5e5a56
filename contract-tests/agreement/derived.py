"""What FastAPI makes of the running code, and what its exporter is known to lose, loss by loss.

A loss that no longer changes anything fails its test, so the list only gets shorter.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from agreement.http_view import METHODS
from generated.models.common import Problem
from generated.models.stream import StreamFrame

Document = dict[str, Any]
Put = Callable[[Document, FastAPI], None]


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the exporter can't say; `put_back` restores it from the code, never from the spec."""

    name: str
    reason: str
    put_back: Put


def derive(app: FastAPI, losses: Iterable[Loss]) -> Document:
    """FastAPI's document of an application with these losses put back."""
    document = copy.deepcopy(app.openapi())
    for loss in losses:
        loss.put_back(document, app)
    return document


def _operations(document: Document) -> Iterable[Document]:
    for item in document["paths"].values():
        yield from (operation for method, operation in item.items() if method in METHODS)


def _components(document: Document, _: FastAPI) -> None:
    known = document.setdefault("components", {}).setdefault("schemas", {})
    used = str(document["paths"])
    for name, model in (("Problem", Problem), ("StreamFrame", StreamFrame)):
        if f"#/components/schemas/{name}'" in used and name not in known:
            schema = TypeAdapter(model).json_schema(
                mode="serialization", ref_template="#/components/schemas/{model}"
            )
            for below, definition in schema.pop("$defs", {}).items():
                known.setdefault(below, definition)
            known[name] = schema


def _null_parameters(document: Document, _: FastAPI) -> None:
    for operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            kept = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
            if len(kept) == 1 and len(schema["anyOf"]) > 1:
                del schema["anyOf"]
                schema.update(kept[0])


def _closed_maps(document: Document, _: FastAPI) -> None:
    def close(value: Any) -> None:
        if isinstance(value, dict):
            patterns = value.get("patternProperties")
            if isinstance(patterns, dict) and "additionalProperties" not in value:
                (pattern, member), *others = patterns.items()
                if not others:
                    del value["patternProperties"]
                    value["propertyNames"] = {"pattern": pattern}
                    value["additionalProperties"] = member
            for child in value.values():
                close(child)
        elif isinstance(value, list):
            for child in value:
                close(child)

    close(document)


def _security(document: Document, app: FastAPI) -> None:
    for route in api_routes(app):
        for method in route.methods:
            operation = document["paths"][route.path][method.lower()]
            operation["x-scopes"] = sorted(_scopes(route))
            operation["x-public"] = not _guarded(route)


def api_routes(app: FastAPI) -> list[APIRoute]:
    """The routes of the contract, those of included routers with it."""
    found = [context.original_route for context in iter_route_contexts(app.routes)]
    return [route for route in found if isinstance(route, APIRoute)]


def _dependants(dependant: Any) -> Iterable[Any]:
    for below in dependant.dependencies:
        yield below
        yield from _dependants(below)


def _scopes(route: APIRoute) -> set[str]:
    return {
        scope
        for dependant in _dependants(route.dependant)
        for scope in (dependant.own_oauth_scopes or ())
    }


def _guarded(route: APIRoute) -> bool:
    return any(dependant.name == "principal" for dependant in _dependants(route.dependant))


LOSSES = (
    Loss(
        "components",
        "schemas of responses are named by hand, so that FastAPI does not collect them",
        _components,
    ),
    Loss(
        "null-parameters",
        "an optional parameter is None in Python, but nobody can send null in a URL or header",
        _null_parameters,
    ),
    Loss(
        "closed-maps",
        "pydantic writes names of a map as patternProperties and leaves other names open",
        _closed_maps,
    ),
    Loss(
        "security",
        "the principal is a plain dependency, so that its scheme and scopes are not exported",
        _security,
    ),
)
