"""Documents of a wanted size: schemas in layers that refer to the next layer, and their changes."""

import copy
import random
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Size:
    """How large a document is. Each schema refers to `fan_out` others, `depth` layers deep."""

    schemas: int
    operations: int
    fan_out: int
    depth: int
    changes: int
    seed: int = 1


def document(size: Size) -> dict[str, Any]:
    """An OpenAPI document of that size."""
    source = random.Random(size.seed)
    layers = _layers(size)
    schemas: dict[str, Any] = {}
    for level, names in enumerate(layers):
        below = layers[level + 1] if level + 1 < len(layers) else []
        for number, name in enumerate(names):
            schemas[name] = _schema(source, number, below, size.fan_out)
    paths = {}
    for number in range(size.operations):
        roots = [layers[0][(number * 2 + side) % len(layers[0])] for side in range(2)]
        paths[f"/things{number}"] = {"post": _operation(number, *roots)}
    info = {"title": "growth", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _layers(size: Size) -> list[list[str]]:
    """The names by layer, evenly spread."""
    count = max(size.schemas // size.depth, 1)
    return [[f"L{level}S{n}" for n in range(count)] for level in range(size.depth)]


def _schema(source: random.Random, number: int, below: list[str], fan_out: int) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": {"type": "integer", "minimum": 1},
        "name": {"type": "string", "maxLength": 80, "description": "What people call it."},
        "state": {"type": "string", "enum": ["new", "ready", "gone"]},
        "at": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}},
    }
    references = fan_out if below else 0
    for index in range(references):
        target = below[(number * fan_out + index) % len(below)]
        reference = {"$ref": f"#/components/schemas/{target}"}
        wrapped = [reference, {"type": "array", "items": reference}]
        properties[f"p{index}"] = reference if index < 2 else source.choice(wrapped)
    required = ["id", *(f"p{index}" for index in range(min(references, 2)))]
    return {"type": "object", "properties": properties, "required": required}


def _operation(number: int, request: str, response: str) -> dict[str, Any]:
    def content(name: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

    return {
        "operationId": f"use{number}",
        "requestBody": {"required": True, "content": content(request)},
        "responses": {"200": {"description": "Done.", "content": content(response)}},
    }


def changed(whole: dict[str, Any], size: Size) -> dict[str, Any]:
    """The document with `changes` schemas changed, in all layers, each in one of six ways."""
    made = copy.deepcopy(whole)
    made["info"]["version"] = "2.0.0"
    schemas = made["components"]["schemas"]
    names = random.Random(size.seed + 1).sample(sorted(schemas), min(size.changes, len(schemas)))
    for number, name in enumerate(names):
        _change(schemas[name], number % 6)
    return made


def _change(schema: dict[str, Any], kind: int) -> None:
    properties = schema["properties"]
    match kind:
        case 0:
            properties["state"]["enum"].append("paused")
        case 1:
            properties["name"]["maxLength"] = 40
        case 2:
            schema["required"].append("at")
        case 3:
            properties["more"] = {"type": "string"}
        case 4:
            properties["id"] = {"type": ["integer", "null"], "minimum": 1}
        case _:
            properties["tags"]["items"]["pattern"] = "^[a-z][a-z0-9-]*[a-z0-9]$"
