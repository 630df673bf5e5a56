"""What an OpenAPI document promises of each operation, in a form that compares; prose stays in."""

from typing import Any

from agreement.canonical import canonical, resolve

METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace", "query")


def operations(document: dict[str, Any]) -> dict[str, Any]:
    """Everything that clients may rely on, by operationId."""
    return {
        operation["operationId"]: _operation(operation, f"{method.upper()} {path}", document)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def _operation(operation: dict[str, Any], place: str, document: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = {
        "place": place,
        "tags": operation.get("tags", []),
        "summary": operation.get("summary"),
        "description": operation.get("description"),
        "deprecated": operation.get("deprecated", False),
        "parameters": {},
        "responses": {
            status: _response(_follow(response, document), document)
            for status, response in operation["responses"].items()
        },
    }
    view |= _security(operation, document)
    for reference in operation.get("parameters", ()):
        parameter = _follow(reference, document)
        view["parameters"][f"{parameter['in']} {parameter['name']}"] = {
            "required": parameter.get("required", False),
            "description": parameter.get("description"),
            "schema": canonical(parameter["schema"], document),
        }
    if "requestBody" in operation:
        body = _follow(operation["requestBody"], document)
        view["body"] = {
            "required": body.get("required", False),
            "content": _content(body["content"], document),
        }
    return view


def _security(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Who may call: whether anybody may, else the scopes, which every alternative must ask for."""
    if "x-scopes" in operation:
        return {"public": operation["x-public"], "scopes": operation["x-scopes"]}
    alternatives = operation.get("security", document.get("security", []))
    scopes = {
        tuple(sorted(scope for scheme in alternative.values() for scope in scheme))
        for alternative in alternatives
    }
    if len(scopes) > 1:
        raise ValueError(f"{operation['operationId']}: the alternatives ask for different scopes")
    return {"public": not alternatives, "scopes": list(scopes.pop()) if scopes else []}


def _response(response: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name: _follow(header, document) for name, header in response.get("headers", {}).items()
    }
    return {
        "description": response["description"],
        "content": _content(response.get("content", {}), document),
        "headers": {
            name: {
                "required": header.get("required", False),
                "schema": canonical(header["schema"], document),
            }
            for name, header in headers.items()
        },
    }


def _content(content: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return {
        media: {
            key: canonical(description[key], document)
            for key in ("schema", "itemSchema")
            if key in description
        }
        for media, description in content.items()
    }


def _follow(value: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return resolve(document, value["$ref"]) if "$ref" in value else value
